import type { AppDetails } from '../../../../domain/app.ts';
import type { Rates } from '../../../../domain/cost.ts';
import type { Markdown } from '../../../../shared/text.ts';
import { commandLink, joinMarkdown, markdownText, text } from '../../../../shared/text.ts';
import { formatUsdPerHour, gpuChoiceText, priceNote } from '../../../../domain/priceText.ts';
import { plural, spokenAge } from '../../../../shared/format.ts';
import { isTimeZone } from './cronWords.ts';
import type { Hovered } from './hover.ts';
import type { UnitFacts } from './unitFacts.ts';

/** An app of the name that the file gives it, as it was last read. */
export interface DeployedNow {
  readonly environment: string;
  readonly version: number | undefined;
  /** Unix milliseconds. */
  readonly deployedAt: number | undefined;
  /** What the command is given that opens it. */
  readonly rowId: string;
  /** Absent where its functions were not read. */
  readonly details?: AppDetails | undefined;
}

export interface HoverWorld {
  readonly rates: Rates;
  readonly now: number;
  /** The zone of the user's machine. */
  readonly localZone: string;
  /** Where an app of this name is deployed; undefined where nothing was read in this window. */
  readonly deployed: (app: string) => readonly DeployedNow[] | undefined;
  /** Opens the page of an app. */
  readonly command: string;
}

/** What is shown over a place of a file. */
export function hoverText(hovered: Hovered, world: HoverWorld): Markdown {
  switch (hovered.kind) {
    case 'cron':
      return paragraphs(cronParts(hovered, world));
    case 'period':
      return paragraphs([
        hovered.words === undefined
          ? markdownText`Only running the file would tell how often this is.`
          : markdownText`**${hovered.words}**, counted from each deploy. When it runs next depends on when the app was deployed.`,
      ]);
    case 'unit':
      return paragraphs([...priceParts(hovered.facts, world.rates), ...deployedParts(hovered.facts, world)]);
  }
}

const paragraphs = (parts: readonly Markdown[]): Markdown => joinMarkdown(parts, '\n\n');

function cronParts({ zone, help }: Extract<Hovered, { kind: 'cron' }>, world: HoverWorld): Markdown[] {
  const { sentence, trouble, note, next } = help;
  if (sentence === undefined) return [markdownText`${trouble ?? ''}`];
  const head = markdownText`**${sentence}** (${zone ?? 'time zone set by the code'})`;
  const times =
    next.length > 0 ? timesTable(next, zone ?? 'UTC', world.localZone) : markdownText`${noTimes(zone, note)}`;
  return [head, times, ...(note ? [markdownText`${note}`] : [])];
}

function noTimes(zone: string | undefined, note: string | undefined): string {
  if (zone === undefined) return 'Only running the file would tell the time zone, and so when it runs next.';
  if (!isTimeZone(zone))
    return `The time zone ${zone} is not known here, so nobody can tell when it runs next.`;
  return note ? 'When it runs next is not known here.' : 'No such day comes: it never runs.';
}

/** The next times in the zone of the cron, and in the user's own where that is another. */
function timesTable(next: readonly number[], zone: string, localZone: string): Markdown {
  if (zone === localZone)
    return joinMarkdown([markdownText`Next: `, joined(next.map((time) => timeIn(zone, time)))], '');
  const rows = next.map((time) => markdownText`| ${timeIn(zone, time)} | ${timeIn(localZone, time)} |`);
  const head = markdownText`| Next in ${zone} | In ${localZone} |`;
  return joinMarkdown([head, markdownText`| --- | --- |`, ...rows], '\n');
}

const joined = (words: readonly string[]) =>
  joinMarkdown(
    words.map((each) => markdownText`${each}`),
    ' · ',
  );

/** `Mon, Nov 30, 2026, 09:00` */
function timeIn(timeZone: string, time: number): string {
  return new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).format(time);
}

function priceParts(facts: UnitFacts, rates: Rates): Markdown[] {
  const { gpus, cores, memoryGib, restUsd, surcharges } = facts;
  const ofGpu = gpus?.length === 1 ? gpus[0]?.usd : gpus?.length === 0 ? 0 : undefined;
  const sum = ofGpu === undefined || restUsd === undefined ? undefined : ofGpu + restUsd;
  const head =
    sum === undefined
      ? markdownText`Price of one container:`
      : markdownText`**${surcharges.length > 0 ? 'More than ' : ''}${formatUsdPerHour(sum)}** while one container runs:`;
  const rest =
    cores === undefined || memoryGib === undefined
      ? 'Cores or memory set by the code'
      : `${plural(round(cores), 'core')} and ${round(memoryGib)} GiB`;
  const lines = [gpuWords(gpus), `${rest}: ${formatUsdPerHour(restUsd)}`];
  const list = joinMarkdown(
    lines.filter(Boolean).map((line) => markdownText`- ${line}`),
    '\n',
  );
  const more = surcharges.map((name) => `${name}=`).join(' and ');
  return [
    head,
    list,
    ...(more ? [markdownText`${more} ${surcharges.length > 1 ? 'add' : 'adds'} to this price.`] : []),
    markdownText`${priceNote(rates)}. Modal charges for more cores and memory where a container uses more.`,
  ];
}

function gpuWords(gpus: UnitFacts['gpus']): string {
  if (gpus === undefined) return `${gpuChoiceText(undefined)}: price unknown`;
  return gpus.map(({ name, usd }) => `${name}: ${formatUsdPerHour(usd)}`).join(' or ');
}

const round = (value: number) => Number(value.toFixed(3));

/** More environments than these have the same app rarely. */
const mostShown = 3;

function deployedParts({ app, tag }: UnitFacts, { deployed, now, command }: HoverWorld): Markdown[] {
  if (app === undefined) return [];
  const found = deployed(app);
  if (found === undefined)
    return [markdownText`Where it is deployed is not known: not all apps were read in this window yet.`];
  if (found.length === 0) return [markdownText`${app} was not deployed when the apps were last read.`];
  return found.slice(0, mostShown).map(({ environment, version, deployedAt, rowId, details }) => {
    const which = version === undefined ? 'version unknown' : `v${version}`;
    const known =
      tag === undefined || details === undefined ? undefined : details.functions.some((fn) => fn.tag === tag);
    const without = known === false ? ', without this' : '';
    const link = commandLink(text`Open ${app}`, command, rowId);
    return markdownText`Deployed in ${environment}: ${which}, ${spokenAge(deployedAt, now)}${without} · ${link}`;
  });
}
