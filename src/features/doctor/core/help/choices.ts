import type { Rates } from '../../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../../domain/cost.ts';
import type { GpuType } from '../../../../domain/gpu.ts';
import { gpuTypes, mostGpus, parseGpu } from '../../../../domain/gpu.ts';
import { plural } from '../../../../shared/format.ts';
import { formatUsdPerHour, priceNote } from '../../../../domain/priceText.ts';

/** One thing that may stand in a text literal. */
export interface Choice {
  readonly name: string;
  /** A few words beside it. */
  readonly detail: string;
  /** A sentence more. */
  readonly note?: string;
}

/** Spellings beside the types' own names, with what they stand for. */
const otherSpellings: readonly (readonly [name: string, note: string])[] = [
  ['H100!', 'An H100 and never an H200, which Modal may give for H100 at the price of an H100.'],
  ['A100', 'A100 with 40 GB, or with 80 GB at the same price where Modal has none of 40 GB.'],
  ['B200+', 'A B200 or a B300, at the price of a B200. The code must run on both.'],
];

/** Types of GPUs; behind `H100:` how many of them. @param typed what stands before the cursor */
export function gpuChoices(typed: string, rates: Rates): Choice[] {
  const [name = '', ...counts] = typed.split(':');
  if (counts.length > 0) return countChoices(name.trim(), rates);
  return [
    ...gpuTypes.map((type) => gpuChoice(type.name, rates)),
    ...otherSpellings.map(([spelling, note]) => gpuChoice(spelling, rates, note)),
  ].flatMap((choice) => choice ?? []);
}

function countChoices(name: string, rates: Rates): Choice[] {
  const type = parseGpu(name)?.type;
  if (!type) return [];
  const counts = Array.from({ length: mostGpus(type) }, (_, at) => at + 1);
  return counts.flatMap((count) => gpuChoice(`${name}:${count}`, rates) ?? []);
}

function gpuChoice(name: string, rates: Rates, note = ''): Choice | undefined {
  const request = parseGpu(name);
  if (!request) return undefined;
  const { type, count } = request;
  const most = name.includes(':') ? '' : mostWords(type);
  return {
    name,
    detail: `${memoryWords(type.memoryGb, count)} · ${formatUsdPerHour(gpuUsdPerHour(name, rates))}`,
    note: [note, most, `${priceNote(rates)}.`].filter(Boolean).join(' '),
  };
}

/** Types whose limit Modal's guide to GPUs does not name. */
const limitUnknown = new Set(['RTX-PRO-6000', 'B300']);

function mostWords(type: GpuType): string {
  if (limitUnknown.has(type.name)) return 'How many of them fit into one container is not documented.';
  return `At most ${mostGpus(type)} in one container, as in "${type.name}:2".`;
}

const memoryWords = (gigabytes: number, count: number) =>
  count === 1 ? `${gigabytes} GB` : `${plural(count, 'GPU')}, ${count} × ${gigabytes} GB`;

const broad = 'Costs 1.5 times the price without a region.';
const narrow = 'Costs 1.75 times the price without a region.';
/** The guide has regions that it calls neither broad nor narrow. */
const unknownPrice = 'Costs more than without a region; how much more is not known here.';

/** Regions as Modal's guide to region selection lists them, with what is in them. */
const regions: readonly (readonly [name: string, place: string, note: string])[] = [
  ['us', 'United States', broad],
  ['us-east', 'United States, east', narrow],
  ['us-central', 'United States, centre', narrow],
  ['us-south', 'United States, south', narrow],
  ['us-west', 'United States, west', narrow],
  ['eu', 'European Economic Area', broad],
  ['eu-west', 'Western Europe', narrow],
  ['eu-north', 'Northern Europe', narrow],
  ['eu-south', 'Southern Europe', narrow],
  ['ap', 'Asia and Pacific', broad],
  ['ap-northeast', 'North-east Asia', narrow],
  ['ap-southeast', 'South-east Asia', narrow],
  ['ap-south', 'South Asia', narrow],
  ['ap-melbourne', 'Melbourne', narrow],
  ['jp', 'Japan', unknownPrice],
  ['au', 'Australia', unknownPrice],
  ['uk', 'United Kingdom', unknownPrice],
  ['ca', 'Canada', unknownPrice],
  ['me', 'Middle East', unknownPrice],
  ['sa', 'South America', unknownPrice],
  ['af', 'Africa', unknownPrice],
  ['mx', 'Mexico', unknownPrice],
];

export const regionChoices: readonly Choice[] = regions.map(([name, detail, note]) => ({
  name,
  detail,
  note,
}));

export const routingRegionChoices: readonly Choice[] = [
  { name: 'us-east', detail: 'where requests go without routing_region' },
  ...['us-west', 'ca-central', 'eu-west', 'ap-south'].map((name) => ({
    name,
    detail: 'requests are routed through it',
  })),
];

export const cloudChoices: readonly Choice[] = [
  { name: 'auto', detail: 'whichever has room, as without cloud' },
  { name: 'aws', detail: 'Amazon Web Services' },
  { name: 'gcp', detail: 'Google Cloud' },
  { name: 'oci', detail: 'Oracle Cloud' },
];
