/**
 * Escape sequences of terminals: CSI, OSC with a terminator, and the short ones. Every
 * part is bounded or disjoint from the next, so the work is linear in the text.
 */
const escapes =
  /\u009b[0-?]*[ -/]*[@-~]?|\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|[ -/]{0,4}[0-~])?/g;

export function hasAnsi(text: string): boolean {
  return text.includes('\u001b') || text.includes('\u009b');
}

/** The text as it reads without colours. */
export function plainText(text: string): string {
  return hasAnsi(text) ? text.replace(escapes, '') : text;
}

/** The text without escape sequences, in parts, each with the sequence that stands before it ('' = none). */
export function* escapeParts(text: string): Generator<{ readonly escape: string; readonly text: string }> {
  let at = 0;
  let escape = '';
  for (const match of text.matchAll(escapes)) {
    if (escape || match.index > at) yield { escape, text: text.slice(at, match.index) };
    [escape] = match;
    at = match.index + escape.length;
  }
  if (escape || at < text.length) yield { escape, text: text.slice(at) };
}

/** A row with more colours than this is shown without any: it is noise, and each colour costs an element. */
const mostEscapes = 300;

/** The text with its colours, unless there are so many that they would be a burden to draw. */
export function drawableAnsi(text: string): string {
  const count = text.match(/[\u001b\u009b]/g)?.length ?? 0;
  return count > mostEscapes ? plainText(text) : text;
}

/** Characters that would hide or reorder what is shown: controls, bidi marks, zero-width ones, lone surrogates. */
const invisible =
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Shows what could not be seen, e.g. `\x00` or `\u202e`. Escape sequences stay as they are. */
export function visibleText(text: string): string {
  return text.replace(invisible, (character) => {
    const hex = character.charCodeAt(0).toString(16);
    return hex.length > 2 ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`;
  });
}
