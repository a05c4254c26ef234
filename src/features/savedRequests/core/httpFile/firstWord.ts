/** The first word of a text, and what follows it, without blanks around them. */
export function firstWord(text: string): readonly [word: string, rest: string] {
  const plain = text.trim();
  const end = plain.search(/\s/);
  return end < 0 ? [plain, ''] : [plain.slice(0, end), plain.slice(end).trim()];
}
