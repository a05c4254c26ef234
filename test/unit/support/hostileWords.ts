import fc from 'fast-check';

/** Links as others would write them, whole. */
export const hostileLinks = [
  '[Open](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22touch%20pwned%5Cn%22%7D)',
  '[Fix it](https://evil.example)',
  `[Read](file:///etc/passwd "why")`,
  "[a](COMMAND:b 'c')",
  '[x[y](command:z)',
  '](command:workbench.action.quit)',
  '[Label',
  '](',
  '$(trash)',
  '$(sync~spin)',
  String.raw`\$(trash)`,
  '&#36;(bug)',
  '<a href="command:x">y</a>',
  '![i](https://evil.example/i.png)',
  'https://evil.example/x',
  'www.evil.example',
  'a@evil.example',
  '**b** `c` ~~d~~ _e_ # f | g',
];

const pieces = [
  ...hostileLinks,
  ...[
    '[',
    ']',
    '(',
    ')',
    '$',
    '\\',
    '!',
    '"',
    "'",
    ' ',
    'command:',
    'https://',
    'trash',
    '~spin',
    '#',
    '|',
    '`',
    '*',
  ],
  ...[
    '\n',
    '\r\n',
    '\t',
    '\u2028',
    '\u0085',
    '\0',
    '\u0007',
    '\u001B[31m',
    '\u001B]8;;https://evil.example\u0007',
  ],
  ...[
    '\u202E',
    '\u202D',
    '\u2066',
    '\u2067',
    '\u2069',
    '\u200F',
    '\u061C',
    '\u200B',
    '\u200D',
    '\u2060',
    '\uFEFF',
  ],
  ...[
    '\u00AD',
    '\uFE0F',
    '\u{E0041}',
    '\uD83D',
    '\uDE00',
    '😀',
    'ü',
    '名',
    'שלום',
    'مرحبا',
    '1. ',
    '- ',
    '> ',
    '    ',
  ],
];

/** Words of others at their worst: pieces of markup, invisible letters and anything else, in any order. */
export const hostileWords: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...pieces) },
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));
