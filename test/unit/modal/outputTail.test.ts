import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutputTail } from '../../../src/modal/outputTail.ts';

it('is the end of the output, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 30 })), fc.integer({ min: 1, max: 60 }), (lines, limit) => {
      const tail = new OutputTail(limit);
      for (const line of lines) tail.add(line);
      const all = lines.map((line) => `${line}\n`).join('');
      expect(all.endsWith(String(tail))).toBe(true);
      // Whole lines are dropped, so up to one line less than the limit is kept.
      const longest = Math.max(0, ...lines.map((line) => line.length + 1));
      expect(String(tail).length).toBeGreaterThan(Math.min(all.length, limit) - longest - 1);
    }),
  );
});

it('keeps no line that it has dropped', () => {
  const tail = new OutputTail(100);
  for (let at = 0; at < 10_000; at++) tail.add(`line ${at}`);
  expect(String(tail)).toMatch(/^line 99\d\d\n[\s\S]*line 9999\n$/);
});
