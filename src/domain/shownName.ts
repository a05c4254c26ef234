/** Longer ones say no more, and push everything else out of a title. */
const longest = 200;

/**
 * A name that somebody else gave, as one line of a title: without line breaks and other control characters, and without
 * the marks that turn the direction of what stands beside them.
 */
export function shownName(name: string): string {
  const line = name
    .slice(0, 4 * longest)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\p{Bidi_Control}\u{FEFF}\u{FFF9}-\u{FFFB}\u{E0000}-\u{E007F}]/gu, '')
    .trim();
  const letters = Array.from(line);
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : line;
}
