/** Texts that make a careless reader slow: one piece again and again, with something before and after it. */
const pieces = [
  ' ',
  '\t',
  '\n',
  '\r',
  'a',
  '0',
  'é',
  '😀',
  '"',
  "'",
  '`',
  '\\',
  '\\"',
  '(',
  '[',
  '[[',
  '{',
  '{"a":',
  '{{',
  '{{ a',
  '<',
  '/',
  '//',
  '#',
  '@',
  '=',
  ':',
  '-',
  '_',
  '|',
  '*',
  '**',
  '─',
  '╭─',
  '╭─ Modal Warning',
  '│ ',
  '│ :0 in :',
  ':0 in :',
  '❱ ',
  'File "',
  '", line 1, in ',
  '.py:1 in ',
  'a.py:1',
  'a/',
  'a.',
  'from ',
  'import modal\n',
  'for ',
  'for * in ',
  'as (',
  'App(',
  'lambda: ',
  '@app.function()\n',
  '\u001b',
  '\u001b[38;',
  '38;5;',
  '\u009b0',
  '\u001b]',
  '\u202e',
  'data: x\n\n',
  'data:',
  'a,',
  '1,',
  '{},',
  'key: ',
  ',token:"',
  "'password':'",
  'Authorization: Bearer ',
  'sk-',
  'hf_',
  'ak-',
  '?key=a&',
  '"password":"ab1",',
  'hf_abcdefghijklmnop ',
  'https://a:b@c ',
  '%3Fkey%3Da1b2 ',
  'AKIAAAAAAAAAAAAAAAAA ',
  '-----BEGIN PRIVATE KEY-----',
  'dTpwYXNzd29yZDEy ',
  'https://',
  'http://a.b/c) ',
  '__VARIABLE__',
  '__VARIABLE__a',
  ' HTTP/1',
  '###\n',
  '# @name =',
  '@a = {{a}}\n',
  'a: b\n',
  '< ',
  '; name="',
  'Traceback (most recent call last):\n',
  '  File "a.py", line 1, in b\n',
  '╭─ Traceback (most recent call last) ─╮\n',
  '_CliUserExecutionError: ',
  'secret ',
  'Image build ',
  'workspace ',
  'a #',
  'A=b #c\n',
  '[a](',
  '| a ',
  '> ',
  '- ',
  '1. ',
  '::progress {',
  '=> Step 1: ',
  'Source: ',
  '["x"],',
  '{"a":1,"b":{"c":[1,2]}},',
] as const;

/** What makes a reader look closer. */
const openings = [
  '',
  '╭─ Traceback (most recent call last) ─╮\n│ ',
  'Traceback (most recent call last):\n',
  'GET ',
  'GET http://a\n\n',
  '@a=',
  'A=',
  'A=a',
  '@a=a',
  'GET http://a',
  '["',
  '::progress {"app":"',
] as const;

export interface HostileText {
  readonly name: string;
  readonly text: string;
}

/** Every piece, repeated to a size; and where a reader has states, after what brings it into one. */
export function* hostileTexts(size: number): Generator<HostileText> {
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
    yield { name: JSON.stringify(piece), text };
  }
  for (const opening of openings.slice(1))
    for (const piece of [' ', '\t', '│ :0 in :', '", line 1, in ', '{{', '"', '\\"', 'a', '=']) {
      const text = `${opening}${piece.repeat(Math.ceil(size / piece.length)).slice(0, size)}\u2028!`;
      yield { name: `${JSON.stringify(opening)} and ${JSON.stringify(piece)}`, text };
    }
}

/** Pieces in any order, as a random number says: what fits together by chance is found here. */
export function randomText(next: () => number, length: number): string {
  const parts: string[] = [];
  for (let size = 0; size < length;) {
    const piece = next() < 0.05 ? openings[Math.floor(next() * openings.length)] : pick(next);
    const times = next() < 0.1 ? Math.floor(next() * 40) : 1;
    const part = (piece ?? '').repeat(times);
    parts.push(part);
    size += part.length + 1;
  }
  return parts.join('').slice(0, length);
}

function pick(next: () => number): string {
  if (next() < 0.1) return String.fromCharCode(Math.floor(next() * 0xffff));
  return pieces[Math.floor(next() * pieces.length)] ?? '';
}
