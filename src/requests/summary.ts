import type { Sample } from '../domain/catalog.ts';
import type { SummaryBlock } from '../domain/summary.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const mostRows = 200;
const mostColumns = 8;

/**
 * Turns a JSON answer into cards, tables and texts.
 * @param sample names the values worth a card; without one the flat values of the answer are taken
 * @returns no blocks for an answer that is not a JSON object
 */
export function summarize(body: string, sample?: Sample): SummaryBlock[] {
  const json = parseObject(body);
  if (!json) return [];
  const cards = sample?.expect ? highlightCards(json, sample) : flatCards(json);
  const entries = Object.entries(json);
  const tables = entries.flatMap(([key, value]) => tableOf(title(key), value));
  const texts = entries.flatMap(([key, value]) => textOf(title(key), value));
  return [...(cards.length > 0 ? [{ kind: 'cards' as const, items: cards }] : []), ...tables, ...texts];
}

function parseObject(body: string): Record<string, Json> | undefined {
  try {
    const json = JSON.parse(body) as Json;
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
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

function flatCards(json: Record<string, Json>): { label: string; value: string }[] {
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
    if (typeof current !== 'object' || current === null) return undefined;
    if (step.includes('=')) current = findInList(current, step);
    else if (Array.isArray(current)) current = current[Number(step)];
    else current = current[step];
  }
  return current;
}

function findInList(list: Json, step: string): Json | undefined {
  const [key = '', wanted] = step.split('=');
  if (!Array.isArray(list)) return undefined;
  return list.find(
    (item) =>
      typeof item === 'object' && item !== null && !Array.isArray(item) && words(item[key]) === wanted,
  );
}

/** A list of objects becomes a table of their flat fields; fields that are empty everywhere are left out. */
function tableOf(name: string, value: Json): SummaryBlock[] {
  if (!Array.isArray(value) || value.length === 0) return [];
  const items = value.filter(
    (item): item is Record<string, Json> => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
  if (items.length !== value.length) return [];
  const keys = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const columns = keys
    .filter((key) => items.some((item) => isScalar(item[key]) && item[key] !== null))
    .slice(0, mostColumns);
  if (columns.length === 0) return [];
  const rows = items.slice(0, mostRows).map((item) => columns.map((column) => words(item[column])));
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

function textOf(name: string, value: Json): SummaryBlock[] {
  return typeof value === 'string' && value.length > 60 ? [{ kind: 'text', title: name, text: value }] : [];
}

function isScalar(value: Json | undefined): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function words(value: Json | undefined): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number')
    return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(5)));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function title(key: string): string {
  const spaced = key.replaceAll('_', ' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
