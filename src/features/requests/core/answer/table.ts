import { ownValue } from '../../../../shared/ownValue.ts';
import type { Json, JsonRecord } from './json.ts';
import { isRecord, jsonText, numberOf } from './json.ts';
import type { JsonPath } from '../../../../shared/json/jsonText.ts';
import { valueAt } from '../../../../shared/json/jsonText.ts';

export interface TableOrder {
  readonly column: string;
  readonly descending: boolean;
}

export interface TablePage {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
}

const mostColumns = 40;
const longestCell = 200;

/** Where lists of objects lie: the root, or the fields of the root and of what is in it. The longest comes first. */
export function tablePaths(root: Json): JsonPath[] {
  const found: { path: JsonPath; length: number }[] = [];
  const look = (value: Json, path: JsonPath) => {
    if (isTable(value)) found.push({ path, length: value.length });
    else if (isRecord(value) && path.length < 2)
      for (const [key, item] of Object.entries(value)) look(item, [...path, key]);
  };
  look(root, []);
  return found.sort((a, b) => b.length - a.length).map(({ path }) => path);
}

export const tableName = (path: JsonPath) => (path.length === 0 ? 'Answer' : path.join('.'));

/** Some rows of a list of objects, in the order of a column or as they came. */
export function tablePage(root: Json, path: JsonPath, count: number, order?: TableOrder): TablePage {
  const value = valueAt(root, path) ?? null;
  const items = isTable(value) ? value : [];
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))].slice(0, mostColumns);
  const sorted = order
    ? items.toSorted((a, b) => compare(ownValue(a, order.column), ownValue(b, order.column), order))
    : items;
  return {
    columns,
    rows: sorted.slice(0, count).map((item) => columns.map((column) => cell(ownValue(item, column)))),
    total: items.length,
  };
}

function isTable(value: Json): value is JsonRecord[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return '–';
  const text = jsonText(value);
  return text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
}

/** Numbers by size, everything else by its text; what is missing comes last in either direction. */
function compare(a: Json | undefined, b: Json | undefined, { descending }: TableOrder): number {
  const [noA, noB] = [a ?? null, b ?? null].map((value) => Number(value === null));
  if (noA || noB) return (noA ?? 0) - (noB ?? 0);
  const [sizeA, sizeB] = [numberOf(a), numberOf(b)];
  const bySize = sizeA !== undefined && sizeB !== undefined && sizeA !== sizeB;
  // Integers that a program cannot tell apart differ in their digits.
  const order = bySize ? sizeA - sizeB : cell(a).localeCompare(cell(b), 'en', { numeric: true });
  return descending ? -order : order;
}
