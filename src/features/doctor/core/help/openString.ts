/** The text literal around a place, found without a syntax tree: while somebody types, there is none. */
export interface OpenString {
  /** What stands between the quotes; up to the cursor where the literal is not closed on its line. */
  readonly from: number;
  readonly to: number;
  /** Closes the literal and all brackets around it, where they are not closed by the time of the cursor. */
  readonly closing: string;
  /** The white space before the line on which the outermost open bracket stands. */
  readonly indent: string;
  readonly isClosed: boolean;
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A statement begins here, whatever brackets were left open above. */
const statementStart = /(?:@|(?:async[ \t]|def|class|from|import|if|for|while|with|try|return)\b)/y;

interface Bracket {
  readonly sign: string;
  readonly at: number;
}

/** @returns undefined where the cursor is in no plain literal of one line: in code, a comment, bytes, or an f-string */
export function openString(text: string, cursor: number): OpenString | undefined {
  const brackets: Bracket[] = [];
  let at = 0;
  let startsLine = true;
  while (at < cursor) {
    const sign = text.charAt(at);
    if (startsLine && sign !== ' ' && sign !== '\t') {
      startsLine = false;
      statementStart.lastIndex = at;
      if (brackets.length > 0 && statementStart.test(text) && isAtIndent(text, at, brackets))
        brackets.length = 0;
    }
    if (sign === '\n') startsLine = true;
    if (sign === '#') at = endOfLine(text, at);
    else if (sign === '"' || sign === "'") {
      const end = endOfString(text, at);
      if (end.to >= cursor || (end.at > cursor - 1 && !end.isClosed))
        return stringAt(text, at, cursor, end, brackets);
      at = end.at;
    } else {
      if (sign in closers) brackets.push({ sign, at });
      else if (/[)\]}]/.test(sign)) brackets.pop();
      at++;
    }
  }
  return undefined;
}

/** A keyword deeper than the bracket's own line may be an item of it: `(\n    for x in …`. */
function isAtIndent(text: string, at: number, brackets: readonly Bracket[]): boolean {
  const own = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return own.length <= indentOf(text, brackets[0]?.at ?? at).length;
}

interface End {
  /** Behind the literal, with its quotes. */
  readonly at: number;
  /** The end of what stands between the quotes. */
  readonly to: number;
  readonly quote: string;
  readonly isClosed: boolean;
}

function endOfString(text: string, at: number): End {
  const sign = text.charAt(at);
  const quote = text.startsWith(sign.repeat(3), at) ? sign.repeat(3) : sign;
  let end = at + quote.length;
  while (end < text.length) {
    if (text.startsWith(quote, end)) return { at: end + quote.length, to: end, quote, isClosed: true };
    if (quote.length === 1 && text.charAt(end) === '\n') break;
    end += text.charAt(end) === '\\' ? 2 : 1;
  }
  return { at: Math.min(end, text.length), to: Math.min(end, text.length), quote, isClosed: false };
}

function stringAt(
  text: string,
  at: number,
  cursor: number,
  { to, quote, isClosed }: End,
  brackets: readonly Bracket[],
): OpenString | undefined {
  const from = at + quote.length;
  let letters = at;
  while (at - letters < 3 && /[a-zA-Z]/.test(text.charAt(letters - 1))) letters--;
  if (cursor < from || quote.length > 1 || /[^rRuU]/.test(text.slice(letters, at))) return undefined;
  if (text.slice(from, cursor).includes('\\')) return undefined;
  const first = brackets[0]?.at ?? at;
  const close = brackets.map(({ sign }) => closers[sign]).reverse();
  return {
    from,
    to: isClosed ? to : cursor,
    closing: quote + close.join(''),
    indent: indentOf(text, first),
    isClosed,
  };
}

function indentOf(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  let end = start;
  while (text.charAt(end) === ' ' || text.charAt(end) === '\t') end++;
  return text.slice(start, end);
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
