import fc from 'fast-check';

/** Text as a hostile program prints it: escape sequences, links, files, brackets, controls. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '\u001b[31m',
          '\u001b[0m',
          '\u001b[38;5;200m',
          '\u001b]8;;http://x.y\u0007',
          'https://a.b/c',
          ' ',
        ],
        ...[
          '/root/x.py:3',
          'File "/root/x.py", line 9',
          'fc-01ABCDEFGHIJ',
          '(',
          ')',
          '.',
          'é\u{1f600}',
          '\u0000',
        ],
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);
