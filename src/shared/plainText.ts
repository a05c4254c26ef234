/** Control characters, line separators, halves of characters, and marks that turn the direction of other text. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Words of others as they may stand in one line: nothing invisible that acts on the text around it, and no more than fits. */
export function oneLine(text: string, most: number): string {
  const start = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return start.replace(unprintable, ' ').replace(/ {2,}/g, ' ').trim();
}

/** Whether a text has characters that a terminal or a program would act on instead of taking them. */
export function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Words of others as a sentence that another one can follow. */
export function sentence(words: string): string {
  const trimmed = words.trimEnd();
  return trimmed === '' || /[.!?…:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
