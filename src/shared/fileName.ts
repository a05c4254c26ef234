/** Names that others give to files, as they may be shown and used. */

/** Control characters, and those that turn, hide or break the text around them. */
const unseen =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\uffff\u{e0000}-\u{e0fff}]/gu;

/** A text with a mark in the place of what nobody can see. */
export function visible(text: string): string {
  return text.replaceAll(unseen, '\ufffd');
}

/** What file systems read as a path, a stream or a pattern. */
const meaning = /[/\\:*?"<>|\ufffd]/g;
/** Windows opens these devices whatever ending they have. */
const device =
  /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?=\s*(?:\.|$))/i;
/** Most file systems take 255 bytes. */
const mostBytes = 200;

/**
 * The name of a file that a server proposes: one that every file system takes, in one folder, not hidden, and with
 * nothing in it that looks like something else.
 * @returns undefined when nothing is left of it
 */
export function safeFileName(proposed: string): string | undefined {
  const last = visible(proposed.slice(0, 4096)).split(/[/\\]/).at(-1) ?? '';
  const plain = trimmed(last.replaceAll(meaning, '_'));
  if (plain === '' || /^_+$/.test(plain)) return undefined;
  const short = trimmed(shortened(plain));
  return device.test(short) ? `_${short}` : short;
}

/** A dot first hides a file; Windows drops dots and blanks at the end. */
function trimmed(name: string): string {
  let start = 0;
  let end = name.length;
  while (start < end && /[.\s]/.test(name.charAt(start))) start++;
  while (end > start && /[.\s]/.test(name.charAt(end - 1))) end--;
  return name.slice(start, end);
}

/** The ending stays, since it says what the file is. */
function shortened(name: string): string {
  if (new TextEncoder().encode(name).length <= mostBytes) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  let base = '';
  let left = mostBytes - new TextEncoder().encode(ending).length;
  for (const character of name) {
    left -= new TextEncoder().encode(character).length;
    if (left < 0) break;
    base += character;
  }
  return base + ending;
}
