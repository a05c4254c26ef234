/** More of one import than this is not looked at. */
const longest = 4000;

/** All names in the imports of a text, cheaply: some may be of comments or texts, none is missing. */
export function importWords(text: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { index } of text.matchAll(
    /^[ \t\f]*(?:lazy[ \t]+)?(?:from|import)\b|[;:][ \t]*(?:from|import)\b/gm,
  )) {
    const start = text.slice(index, index + longest);
    const feed = start.indexOf('\n', 1);
    const line = feed < 0 ? start : start.slice(0, feed);
    const open = line.indexOf('(');
    const close = open < 0 ? -1 : start.indexOf(')', open);
    const end = open >= 0 ? close : line.endsWith('\\') ? start.indexOf('\n\n') : line.length;
    for (const [word] of start.slice(0, end < 0 ? longest : end).matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu))
      words.add(word);
  }
  return words;
}
