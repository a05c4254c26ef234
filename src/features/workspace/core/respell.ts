/**
 * The grammar does not know some forms that Python does. They are replaced by others of the same length, so that
 * positions stay true. Inside texts this does no harm: a text is always read from the file, not from the tree.
 */

/** Forms that many files have: `1.` by `10`, a bare `yield` by `None`, `for a, *b in` by `for a,  b in`. */
export function respellCommon(text: string): string {
  return withoutStars(text)
    .replace(/(?<![\w.])\d[\d_]*\.(?![\w.])/g, (number) => `${number.slice(0, -1)}0`)
    .replace(/\byield(?=[ \t]*(?:[)\]};#\r\n]|$))/g, 'None ')
    .replace(/\bas[ \t]+\([ \t]*[A-Za-z_][\w \t,]*\)(?=[ \t]*[:,)])/g, (target) =>
      'as '.padEnd(target.length, '_'),
    );
}

/** Forms that few files have, for a text that the parser stumbled over: decorators of any expression, lists of patterns … */
export function respellRare(text: string): string {
  const respelled = text
    .replace(/\f/g, ' ')
    .replace(/^([ \t]*)lazy(?=[ \t]+(?:from|import)\b)/gm, '$10;  ')
    .replace(/\b(?:t|T)(?=[rR]?["'])|(?<=\b[rR])[tT](?=["'])/g, 'f')
    .replace(/\bin[ \t]+\*(?=[ \t]*[\w([])/g, (clause) => `${clause.slice(0, -1)} `)
    .replace(/(?<=[\w)\]])\[[ \t]*\*(?=[ \t]*[\w(])/g, (clause) => `${clause.slice(0, -1)} `)
    .replace(/\blambda\b[^:\n]{1,200}/g, (head) => head.replace(/,[ \t]*\/(?=[ \t]*(?:,|$))/, blank));
  return withNamesFor(respelled);
}

const blank = (text: string) => ' '.repeat(text.length);

/** Blanks the stars between a `for` and the next `in` of its line. */
function withoutStars(text: string): string {
  let result = '';
  let from: number | undefined;
  let done = 0;
  for (const { 0: word, index } of text.matchAll(/\b(?:for|in)\b|[\n:]/g)) {
    if (word === 'for') from ??= index;
    else if (word !== 'in') from = undefined;
    else if (from !== undefined) {
      const clause = text.slice(from, index).replace(/\*(?=\s*[A-Za-z_])/g, ' ');
      result += text.slice(done, from) + clause;
      done = index;
      from = undefined;
    }
  }
  return result + text.slice(done);
}

const starts = /^[ \t]*(?:@|(?:match|case)(?=[ \t([{"'])|(?:async[ \t]+)?with\b)/gm;
/** What the grammar takes behind `@`, with the end of the line or the arguments still to come. */
const plainDecorator = /^@[ \t]*[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*[ \t]*/;

/** Puts one name in the place of decorators, patterns and targets that the grammar does not take. */
function withNamesFor(text: string): string {
  let result = '';
  let done = 0;
  for (const { 0: head, index } of text.matchAll(starts)) {
    const from = index + head.search(/\S/);
    if (from < done) continue;
    const line = logicalLine(text, from);
    const change = head.endsWith('@')
      ? decoratorName(text, from, line.end)
      : head.endsWith('with')
        ? targetNames(text, from, line.colon)
        : patternName(text, index + head.length, line.colon);
    if (!change) continue;
    result += text.slice(done, change.from) + change.by;
    done = change.from + change.by.length;
  }
  return result + text.slice(done);
}

interface Change {
  readonly from: number;
  readonly by: string;
}

function decoratorName(text: string, from: number, end: number): Change | undefined {
  const written = text.slice(from, end);
  const name = plainDecorator.exec(written)?.[0] ?? '';
  const rest = written.slice(name.length);
  const isPlain =
    name !== '' && (rest === '' || (rest.startsWith('(') && closing(text, from + name.length) === end));
  return isPlain ? undefined : { from: from + 1, by: '_'.repeat(end - from - 1) };
}

/** A subject or a pattern becomes one name, with the guard of a `case`. */
function patternName(text: string, from: number, colon: number | undefined): Change | undefined {
  const written = colon === undefined ? '' : text.slice(from, colon);
  return written.trim() && !/^[ \t]*=/.test(written)
    ? { from, by: ` ${'_'.repeat(written.length - 1)}` }
    : undefined;
}

/** `with a as (b, c.d):` */
function targetNames(text: string, from: number, colon: number | undefined): Change | undefined {
  if (colon === undefined) return undefined;
  let written = text
    .slice(from, colon)
    .replace(/\bas[ \t]+[A-Za-z_]\w*(?:\.\w+)+/g, (target) => `as ${'_'.repeat(target.length - 3)}`);
  for (const { 0: word, index } of [...written.matchAll(/\bas[ \t]*(?=[([])/g)]) {
    const open = index + word.length;
    const end = closing(written, open);
    if (end !== undefined)
      written = `${written.slice(0, open)} ${'_'.repeat(end - open - 1)}${written.slice(end)}`;
  }
  return { from, by: written };
}

/** Where the bracket at a place is closed: behind the closing one. */
function closing(text: string, open: number): number | undefined {
  const { end, closed } = scan(text, open, true);
  return closed ? end : undefined;
}

/** The end of a line that brackets and backslashes may continue, without its comment, and its first colon. */
function logicalLine(text: string, from: number): { end: number; colon?: number } {
  const { end, colon } = scan(text, from, false);
  const trimmed = text.slice(from, end).trimEnd().length;
  return { end: from + trimmed, ...(colon === undefined ? {} : { colon }) };
}

/** Longer lines than this are nobody's decorators. */
const longest = 20_000;

/** Goes over brackets and texts. @param toBracket stops behind the bracket that is open first, not at the line's end */
function scan(
  text: string,
  from: number,
  toBracket: boolean,
): { end: number; colon?: number; closed: boolean } {
  let depth = 0;
  let colon: number | undefined;
  let lambdas = 0;
  const token = /"""|'''|["'#\n:()[\]{}\\]|\blambda\b/g;
  token.lastIndex = from;
  for (let found = token.exec(text); found && found.index - from < longest; found = token.exec(text)) {
    const { 0: sign, index } = found;
    if (sign === '\\') token.lastIndex = index + 2;
    else if (sign === '#') {
      if (depth === 0 && !toBracket)
        return { end: index, ...(colon === undefined ? {} : { colon }), closed: false };
      const feed = text.indexOf('\n', index);
      token.lastIndex = feed < 0 ? text.length : feed;
    } else if (sign === '\n') {
      if (depth === 0) return { end: index, ...(colon === undefined ? {} : { colon }), closed: false };
    } else if (sign === 'lambda') lambdas += depth === 0 ? 1 : 0;
    else if (sign === ':') {
      if (depth > 0) continue;
      if (lambdas > 0) lambdas--;
      else colon ??= index;
    } else if ('([{'.includes(sign)) depth++;
    else if (')]}'.includes(sign)) {
      depth--;
      if (depth <= 0 && toBracket) return { end: index + 1, closed: true };
    } else token.lastIndex = endOfText(text, index, sign);
  }
  return {
    end: Math.min(text.length, from + longest),
    ...(colon === undefined ? {} : { colon }),
    closed: false,
  };
}

/** Behind the closing quotation mark. */
function endOfText(text: string, from: number, quote: string): number {
  const sign = quote.length === 3 ? /\\|"""|'''/g : /[\\"'\n]/g;
  sign.lastIndex = from + quote.length;
  for (let found = sign.exec(text); found; found = sign.exec(text)) {
    if (found[0] === '\\') sign.lastIndex = found.index + 2;
    else if (found[0] === quote) return found.index + quote.length;
    else if (found[0] === '\n') return found.index;
  }
  return text.length;
}
