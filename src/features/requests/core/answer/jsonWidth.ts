/** How many fields a JSON text has, found out before it is parsed: reading a million of them holds the editor for seconds. */
import { stringEnd } from '../jsonStrings.ts';

export const mostMembers = 200_000;
/** Names of one object are kept in a table of its own, which costs far more than those of rows of one shape. */
export const mostKeys = 10_000;

const quote = 0x22;
const brace = 0x7b;
const endBrace = 0x7d;

/** Whether a text has more fields than can be read and shown at once. Looks no further than it must. */
export function isTooWide(text: string): boolean {
  const open: number[] = [];
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === brace) open.push(0);
    else if (sign === endBrace) open.pop();
    else if (sign === quote) {
      const end = stringEnd(text, at);
      at = end - 1;
      if (!isName(text, end)) continue;
      const keys = (open.pop() ?? 0) + 1;
      open.push(keys);
      if (++members > mostMembers || keys > mostKeys) return true;
    }
  }
  return false;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (/[ \t\r\n]/.test(text.charAt(at))) at++;
  return text.charAt(at) === ':';
}
