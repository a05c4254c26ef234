/** Of the upper and lower edge of a panel, in characters. */
const edgeLength = 40;

/**
 * The CLI is told that its terminal is very wide, so that it never breaks an address in two; its panels are then as
 * wide. This takes their padding away and nothing else.
 */
export function withoutPadding(line: string): string {
  if (/^[╭╰].*[╮╯]\s*$/.test(line)) return line.replace(/─{9,}(?=[╮╯])/, (edge) => edge.slice(0, edgeLength));
  return /^│.*│\s*$/.test(line) ? line.replace(/\s*│\s*$/, '') : line;
}
