/** Of the upper and lower edge of a panel, in characters. */
const edgeLength = 40;

/**
 * The CLI is told that its terminal is very wide, so that it never breaks an address in two; its panels are then as
 * wide. This takes their padding away and nothing else.
 */
export function withoutPadding(line: string): string {
  const text = line.trimEnd();
  if (/^[╭╰].*[╮╯]$/.test(text)) return withShortEdge(text) + line.slice(text.length);
  return /^│.*│$/.test(text) ? text.slice(0, -1).trimEnd() : line;
}

function withShortEdge(text: string): string {
  const end = text.length - 1;
  let start = end;
  while (text[start - 1] === '─') start--;
  return text.slice(0, Math.min(end, start + edgeLength)) + text.slice(end);
}
