import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutputLines } from '../../../src/modal/outputLines.ts';

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const joiner = new OutputLines((line) => lines.push(line));
  for (const chunk of chunks) joiner.push(chunk);
  joiner.end();
  return lines;
}

it('gives the same lines however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(200), { maxLength: 20 }), (raw, cuts) => {
      const text = raw.replaceAll('\r', '');
      const bytes = Buffer.from(text);
      const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
      const chunks = [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length));
      expect(linesOf(chunks)).toEqual(linesOf([bytes]));
    }),
  );
});

it('takes a lone carriage return for a line end, and CRLF for one', () => {
  expect(linesOf([Buffer.from('10%\r20%\r'), Buffer.from('\nnext\r\nlast')])).toEqual([
    '10%',
    '20%',
    'next',
    'last',
  ]);
});

it('passes an endless line on in pieces', () => {
  const lines = linesOf([Buffer.alloc(600 * 1024, 'x')]);
  expect(lines.length).toBe(3);
  expect(lines.join('')).toHaveLength(600 * 1024);
});
