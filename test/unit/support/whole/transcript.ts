/** What the user sees and does, and what comes of it, as lines in their order. */

/** What the user does at the next question: a button, part of a label, a text; a function does more; undefined leaves. */
export type Answer = string | readonly string[] | ((shown: never) => unknown) | undefined;

const lines: string[] = [];
const answers: Answer[] = [];
const replacements = new Map<string, string>();

/** Names what is another at each run, e.g. a folder. */
export function named(value: string, name: string): void {
  replacements.set(value, name);
}

export function tell(...words: readonly string[]): void {
  for (const each of words.join(' ').split('\n')) {
    let line = each;
    for (const [value, name] of replacements) line = line.replaceAll(value, name);
    lines.push(line);
  }
}

export function willAnswer(given: readonly Answer[]): void {
  answers.push(...given);
}

export function nextAnswer(): Answer {
  return answers.shift();
}

let underWay = 0;

/** What the editor is still doing, e.g. reading a file: what comes of it belongs to what was done before. */
export async function busy<T>(work: PromiseLike<T>): Promise<T> {
  underWay++;
  try {
    return await work;
  } finally {
    underWay--;
  }
}

/** Grows with each line, and with what the editor still does. */
export function stirrings(): number {
  return underWay > 0 ? Number.NaN : lines.length;
}

/** Whether the user still waits to be asked. */
export function isWaiting(): boolean {
  return answers.length > 0;
}

/** What was told since the last time. @throws when a question was expected that nobody asked */
export function taken(): string[] {
  if (answers.length > 0) throw new Error(`Not asked for: ${answers.splice(0).map(String).join(', ')}`);
  return lines.splice(0);
}

export function emptied(): void {
  lines.length = 0;
  answers.length = 0;
  replacements.clear();
}
