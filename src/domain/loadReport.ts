import type { ContainerPoint, LoadEnd, LoadError, LoadPlan, LoadPoint, LoadTotals } from './load.ts';
import { amountWords, throughput } from './load.ts';
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatShare,
  plural,
} from '../shared/format.ts';

/** A finished test as it is exported. It holds no header, as one of them may be a key. */
export interface LoadReport {
  readonly app: string;
  readonly environment: string;
  readonly endpoint: string;
  readonly request: { readonly method: string; readonly url: string; readonly bodyBytes: number };
  readonly plan: LoadPlan;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly end: LoadEnd;
  readonly totals: LoadTotals;
  readonly points: readonly LoadPoint[];
  readonly containers: readonly ContainerPoint[];
  readonly cost: LoadCost;
}

export interface LoadCost {
  /** Estimate; absent where a price is unknown. */
  readonly usd?: number;
  readonly containerSeconds: number;
  /** How it was estimated, in a sentence. */
  readonly basis: string;
}

/** One line of the comparison of two runs. */
export interface Measure {
  readonly name: string;
  readonly value: string;
  /** '' without a run before. */
  readonly before: string;
  /** E.g. `12% faster`; '' where there is nothing to compare. */
  readonly change: string;
  readonly verdict: 'better' | 'worse' | 'same';
}

interface Definition {
  readonly name: string;
  readonly read: (totals: LoadTotals) => number | undefined;
  readonly format: (value: number) => string;
  /** Words for a larger and for a smaller value. */
  readonly words: readonly [string, string];
  readonly higherIsBetter: boolean;
}

const latency = (name: string, read: (totals: LoadTotals) => number): Definition => ({
  name,
  read: (totals) => (totals.ok > 0 ? read(totals) : undefined),
  format: (value) => formatDuration(value, 3),
  words: ['slower', 'faster'],
  higherIsBetter: false,
});

const definitions: readonly Definition[] = [
  {
    name: 'Throughput',
    read: (totals) => (totals.elapsed > 0 ? throughput(totals) : undefined),
    format: (value) => `${formatNumber(value)} requests/s`,
    words: ['more', 'less'],
    higherIsBetter: true,
  },
  {
    name: 'Succeeded',
    read: (totals) => (totals.ok + totals.failed > 0 ? totals.ok / (totals.ok + totals.failed) : undefined),
    format: formatShare,
    words: ['more', 'less'],
    higherIsBetter: true,
  },
  latency('Latency p50', (totals) => totals.latency.p50),
  latency('Latency p90', (totals) => totals.latency.p90),
  latency('Latency p95', (totals) => totals.latency.p95),
  latency('Latency p99', (totals) => totals.latency.p99),
  latency('Latency max', (totals) => totals.latency.max),
  latency('First byte p50', (totals) => totals.firstByte.p50),
  latency('First byte p95', (totals) => totals.firstByte.p95),
];

/** Smaller differences are not worth a word. */
const leastChange = 0.005;

/** The figures of a run beside those of the run before. */
export function measures(totals: LoadTotals, before?: LoadTotals): Measure[] {
  return definitions.map((definition) =>
    measure(definition, definition.read(totals), before && definition.read(before)),
  );
}

function measure(
  { name, format, words, higherIsBetter }: Definition,
  value: number | undefined,
  before: number | undefined,
): Measure {
  const shown = {
    name,
    value: value === undefined ? '–' : format(value),
    before: before === undefined ? '' : format(before),
  };
  if (value === undefined || !before) return { ...shown, change: '', verdict: 'same' };
  const change = value / before - 1;
  if (Math.abs(change) < leastChange) return { ...shown, change: 'same', verdict: 'same' };
  const word = words[change > 0 ? 0 : 1];
  return {
    ...shown,
    change: `${formatPercent(Math.abs(change))} ${word}`,
    verdict: change > 0 === higherIsBetter ? 'better' : 'worse',
  };
}

const kindWords: Readonly<Record<LoadError['kind'], string>> = {
  http: 'HTTP',
  answer: 'Error within HTTP',
  timeout: 'Timeout',
  refused: 'Connection refused',
  reset: 'Connection closed',
  name: 'Host name not found',
  certificate: 'Certificate rejected',
  redirects: 'Redirect not followed',
  other: 'Other failure',
};

export function errorWords({ kind, status }: Pick<LoadError, 'kind' | 'status'>): string {
  return status > 0 ? `${kindWords[kind]} ${status}` : kindWords[kind];
}

/** `200 requests, 10 at a time`. */
export function planWords({ amount, concurrency }: Pick<LoadPlan, 'amount' | 'concurrency'>): string {
  return `${amountWords(amount)}, ${concurrency} at a time`;
}

/** Why the run is over, where that is more than "it is done". */
export function endWords(end: LoadEnd, { limitSeconds }: LoadPlan): string {
  switch (end) {
    case 'done':
      return 'Finished';
    case 'stopped':
      return 'Stopped by you';
    case 'timeLimit':
      return `Stopped at the time limit of ${formatDuration(limitSeconds * 1000)}`;
    case 'costLimit':
      return 'Stopped at the cost limit';
    case 'unreachable':
      return 'Stopped: no responses';
    case 'failed':
      return 'Failed';
  }
}

/** The run as text for an issue or a chat, with tables. */
export function asMarkdown(report: LoadReport, before?: LoadReport): string {
  const { totals, plan } = report;
  const rows = measures(totals, before?.totals);
  const counts = [
    `${formatCount(totals.ok)} succeeded`,
    `${formatCount(totals.failed)} failed`,
    ...(totals.unfinished > 0 ? [`${formatCount(totals.unfinished)} were still open at the end`] : []),
    ...(totals.polls > 0 ? [`${plural(totals.polls, 'long poll')} followed`] : []),
  ];
  return [
    `### Load test of ${report.app}: ${report.endpoint} (${report.environment})`,
    '',
    `\`${report.request.method} ${report.request.url}\`, ${planWords(plan)}, ${new Date(report.startedAt).toISOString()}`,
    '',
    `${endWords(report.end, plan)} after ${formatDuration(totals.elapsed)}: ${counts.join(', ')}.`,
    '',
    ...(before
      ? table(
          ['Measure', 'This run', 'Previous run', 'Change'],
          rows.map((row) => [row.name, row.value, row.before, row.change]),
        )
      : table(
          ['Measure', 'Value'],
          rows.map((row) => [row.name, row.value]),
        )),
    ...(totals.errors.length > 0
      ? [
          '',
          ...table(
            ['Error', 'Count', 'First message'],
            totals.errors.map((error) => [errorWords(error), String(error.count), error.first]),
          ),
        ]
      : []),
    '',
    report.cost.basis,
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function cell(text: string): string {
  return (
    text
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/[\\|`<]/g, '\\$&')
      .trim() || '–'
  );
}
