import type { Sample } from '../../../domain/catalog.ts';
import type { SummaryBlock } from '../../../domain/summary.ts';
import { ownValue } from '../../../shared/ownValue.ts';
import { imageOf } from './answer/images.ts';
import type { Json, JsonRecord } from './answer/json.ts';
import { isContainer, isRecord, jsonText } from './answer/json.ts';
import { parseKeepingNumbers } from './keepNumbers.ts';
import { formatSize } from '../../../shared/format.ts';

type TableBlock = Extract<SummaryBlock, { kind: 'table' }>;

const mostRows = 200;
/** Longer values are texts to read, not figures to glance at. */
const longestCard = 60;
const mostColumns = 8;
/** Of each, all rows are looked at. */
const mostKeys = 200;
/** What is longer is read in the other tabs. */
const longestText = 64 * 1024;
const longestCell = 1000;

/**
 * Turns a JSON answer into cards, tables and texts.
 * @param sample names the values worth a card; without one the flat values of the answer are taken
 * @returns no blocks for an answer that is not a JSON object
 */
export function summarize(body: string, sample?: Sample): SummaryBlock[] {
  return summarizeJson(parse(body), sample);
}

/** The same of what is parsed already. */
export function summarizeJson(json: Json | undefined, sample?: Sample): SummaryBlock[] {
  return isRecord(json) ? blocksOf(json, sample) : [];
}

function blocksOf(json: JsonRecord, sample?: Sample): SummaryBlock[] {
  const named = sample?.expect ? highlightCards(json, sample) : flatCards(json);
  const cards = named.filter(({ value }) => value.length <= longestCard);
  const quoted = named.filter(({ value }) => value.length > longestCard);
  const entries = Object.entries(json);
  const tables = entries.flatMap(([key, value]) => tableOf(title(key), value));
  // What is quoted under the manifest's label is not said again under its own.
  const texts = entries.flatMap(([key, value]) =>
    quoted.some((item) => item.value === value) ? [] : textOf(title(key), value),
  );
  // What was asked for is usually the longest list; lists of one only describe the request.
  tables.sort((a, b) => Number(a.rows.length === 1) - Number(b.rows.length === 1));
  return [
    ...(cards.length > 0 ? [{ kind: 'cards' as const, items: cards }] : []),
    ...quoted.flatMap(({ label, value }) => textOf(label, value)),
    ...tables,
    ...texts,
  ];
}

function parse(body: string): Json | undefined {
  try {
    return parseKeepingNumbers(body) as Json;
  } catch {
    return undefined;
  }
}

function highlightCards(json: Json, sample: Sample): { label: string; value: string }[] {
  return (sample.expect?.highlights ?? []).flatMap(({ label, path }) => {
    const value = readPath(json, path);
    return value === undefined ? [] : { label, value: words(value) };
  });
}

function flatCards(json: JsonRecord): { label: string; value: string }[] {
  return Object.entries(json)
    .filter(([, value]) => isScalar(value) && words(value).length <= 60)
    .slice(0, 8)
    .map(([key, value]) => ({ label: title(key), value: words(value) }));
}

/**
 * Reads `ratios[key=current].value`, `items[0].name` or `sentiment.label`.
 * @returns undefined when the answer has no such place
 */
export function readPath(json: Json, path: string): Json | undefined {
  let current: Json | undefined = json;
  for (const step of path.match(/[^.[\]]+=[^\]]+|[^.[\]]+/g) ?? []) {
    if (!isContainer(current)) return undefined;
    if (step.includes('=')) current = findInList(current, step);
    else if (Array.isArray(current)) current = current[Number(step)];
    else current = ownValue(current, step);
  }
  return current;
}

function findInList(list: Json, step: string): Json | undefined {
  const [key = '', wanted] = step.split('=');
  if (!Array.isArray(list)) return undefined;
  return list.find((item) => isRecord(item) && words(ownValue(item, key)) === wanted);
}

/** A list of objects becomes a table of their flat fields; fields that are empty everywhere are left out. */
function tableOf(name: string, value: Json): TableBlock[] {
  if (!Array.isArray(value) || value.length === 0) return [];
  const items = value.filter(isRecord);
  if (items.length !== value.length) return [];
  const columns = columnsOf(items.slice(0, mostRows));
  if (columns.length === 0) return [];
  const rows = items.slice(0, mostRows).map((item) => columns.map((column) => cell(ownValue(item, column))));
  return [
    {
      kind: 'table',
      title: name,
      columns: columns.map(title),
      rows,
      more: Math.max(0, items.length - mostRows),
    },
  ];
}

/** Columns that tell something: not empty everywhere, no digests, and no key where there is a label. */
function columnsOf(items: readonly JsonRecord[]): string[] {
  const keys = [...new Set(items.flatMap((item) => Object.keys(item)))].slice(0, mostKeys);
  const shown = keys.filter((key) => {
    const values = items.map((item) => ownValue(item, key));
    const told = values.filter((value) => isScalar(value) && value !== null);
    return (
      told.length > 0 && !told.every((value) => typeof value === 'string' && /^[0-9a-f]{32,}$/.test(value))
    );
  });
  return shown.filter((key) => key !== 'key' || !shown.includes('label')).slice(0, mostColumns);
}

function textOf(name: string, value: Json): SummaryBlock[] {
  // Pictures have a tab of their own.
  if (typeof value !== 'string' || value.length <= longestCard || imageOf(value)) return [];
  const rest =
    value.length > longestText
      ? `\n\n… cut after ${formatSize(longestText)} of ${formatSize(value.length)}; see the Raw tab for all of it.`
      : '';
  return [{ kind: 'text', title: name, text: `${value.slice(0, longestText)}${rest}` }];
}

function cell(value: Json | undefined): string {
  const text = words(value);
  return text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
}

function isScalar(value: Json | undefined): boolean {
  return value !== undefined && !isContainer(value);
}

/** Digits as they came: years, seeds and ids are numbers too. */
function words(value: Json | undefined): string {
  if (value === undefined || value === null) return '–';
  return jsonText(value);
}

function title(key: string): string {
  const spaced = key.replaceAll('_', ' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
