import { describe, expect, it } from 'vitest';
import { readScript } from '../../../src/features/workspace/core/readScript.ts';
import { syntaxWords } from '../../../src/features/workspace/core/syntaxWords.ts';

const first = async (text: string) => (await readScript(text)).problems[0];

describe('a syntax error in plain words', () => {
  it.each([
    ['f(1, 2\n', 'This "(" is never closed.'],
    ['x = """abc\n', 'The text in quotes is never closed.'],
    ["f'{x'\n", 'A "{" inside an f-string is never closed.'],
    ['@app.function(\ndef f(): pass\n', 'A bracket is not closed: ")" is missing.'],
    ['x = (1]\n', 'The brackets do not match: ")" is missing before "]".'],
    ['if (x:\n  pass\n', '")" is missing before this.'],
    ['def f()\n  pass\n', 'A ":" is missing at the end of the line.'],
    ['a = [1,\n2\nb = 3]\n', 'A comma is missing before this.'],
    ['x = 5 if y\n', 'The "if" in this expression needs an "else".'],
    ['def f():\npass\n', 'The function definition needs an indented block below it.'],
    ['x = \n', 'A value is missing here.'],
    ['class\n', 'A name is missing here.'],
    ['a b\n', 'Something is missing between this and the text before it on the line.'],
    ['@app.function()\n', 'A function or class must follow the decorator.'],
    ['x?\n', 'The character ? is not allowed here.'],
  ])('%j', async (text, words) => {
    expect((await first(text))?.message).toBe(words);
  });

  it('is told in the words of the judge where there are no plainer ones, without backticks', async () => {
    expect((await first('import a.b as\n'))?.message).toBe('Syntax error: Expected symbol after "as"');
    expect(syntaxWords('Expected `def`, `with` or `for` to follow `async`')).toBe(
      'Syntax error: Expected "def", "with" or "for" to follow "async"',
    );
  });
});

describe('a bracket that is never closed', () => {
  // As `compile` of CPython 3.13 gives line and column.
  it.each([
    ['print((1\n', 1, 7],
    ['x = [1,\n  (2, 3),\n  {4: 5,\nprint(6)\n', 3, 3],
    ["x = f'{(1)}' + (\n", 1, 16],
    ["x = \'\'\'(\'\'\' + [\n# end", 1, 15],
    ["d = {'a': (1, 2), 'b': [3,\n\n\n", 1, 24],
    ["a = 1\r\nf(')', # )\r\n\r\n", 2, 2],
  ])('is told where it stands: %j', async (text, line, column) => {
    expect(await first(text)).toMatchObject({ line, column });
  });
});
