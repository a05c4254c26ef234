import type { NumberText } from '../keepNumbers.ts';
import { isNumberText } from '../keepNumbers.ts';

/** JSON as it was parsed. Numbers that a program would print otherwise are their text. */
export type Json = null | boolean | number | NumberText | string | Json[] | { [key: string]: Json };

export type JsonRecord = Record<string, Json>;

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumberText(value);
}

/** Whether a value has others in it. */
export function isContainer(value: Json | undefined): value is Json[] | JsonRecord {
  return Array.isArray(value) || isRecord(value);
}

/** A number for calculating and sorting; undefined for what is none. */
export function numberOf(value: Json | undefined): number | undefined {
  if (isNumberText(value)) return Number(value.rawJSON);
  return typeof value === 'number' ? value : undefined;
}

/** A value in short: texts as they are, the rest as JSON writes it. */
export function jsonText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
