/** The judge's words for what goes wrong most often, in words that say what to do. Everything else is told in its own. */
const plainWords: readonly (readonly [RegExp, string])[] = [
  [
    /^unexpected EOF while parsing$/,
    'The file ends in the middle of a statement. Check for an unclosed bracket.',
  ],
  [/^'([([{])' was never closed$/, 'This "$1" is never closed.'],
  [/^missing closing (?:triple )?quote in string literal$/, 'The text in quotes is never closed.'],
  [/^f-string: expecting `\}`$/, 'A "{" inside an f-string is never closed.'],
  [/^Expected `([)\]}])`, found newline$/, 'A bracket is not closed: "$1" is missing.'],
  [/^Expected `([)\]}])`, found `([)\]}])`$/, 'The brackets do not match: "$1" is missing before "$2".'],
  [/^Expected `([)\]}])`, found .+$/, '"$1" is missing before this.'],
  [/^Expected `:`, found newline$/, 'A ":" is missing at the end of the line.'],
  [/^Expected `,`, found .+$/, 'A comma is missing before this.'],
  [/^Expected `else`, found .+$/, 'The "if" in this expression needs an "else".'],
  [/^Expected an indented block after (.+)$/, 'The $1 needs an indented block below it.'],
  [
    /^Unexpected indentation$/,
    'Unexpected indentation: this line is indented further than the lines around it.',
  ],
  [/^unindent does not match any outer indentation level$/, "The indentation doesn't match any outer block."],
  [/^Expected an expression$/, 'A value is missing here.'],
  [/^Expected an identifier$/, 'A name is missing here.'],
  [
    /^Simple statements must be separated by newlines or semicolons$/,
    'Something is missing between this and the text before it on the line.',
  ],
  [
    /^Expected class, function definition or async function definition after decorator$/,
    'A function or class must follow the decorator.',
  ],
  [/^Got unexpected token (.+)$/, 'The character $1 is not allowed here.'],
];

/** What a syntax error is, in plain words where there are some. Backticks become quotation marks. */
export function syntaxWords(message: string): string {
  for (const [form, words] of plainWords) {
    const found = form.exec(message);
    if (found) return words.replaceAll(/\$(\d)/g, (_, at: string) => named(found[Number(at)] ?? ''));
  }
  return `Syntax error: ${named(message)}`;
}

function named(words: string): string {
  return words.replaceAll('`', '"');
}
