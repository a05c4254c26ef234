import { words } from './words.ts';

/** The choices in an order that never changes, with what stands there although it is none of them at the end. */
export function withValue(choices: readonly string[], value: string): string[] {
  return [...new Set([...choices, value])];
}

/** What a list calls the choice of nothing. */
export function emptyWords(value: string, on: boolean): string {
  return value === '' && on ? words.empty : words.notSent;
}
