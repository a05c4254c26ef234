import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogChunk } from '../../../src/domain/log.ts';
import type { AssembledLine } from '../../../src/features/logs/core/lines.ts';
import { LineAssembler, longestLine } from '../../../src/features/logs/core/lines.ts';
import { chunk, cutAt } from './support.ts';

function assemble(chunks: readonly LogChunk[], after?: (assembler: LineAssembler) => void): AssembledLine[] {
  const lines: AssembledLine[] = [];
  const assembler = new LineAssembler((line) => lines.push(line));
  for (const each of chunks) {
    assembler.push(each);
    after?.(assembler);
  }
  assembler.flush();
  return lines;
}

const join = (chunks: readonly LogChunk[]) => assemble(chunks).map(({ text }) => text);

/** Written by tqdm 4.70 and rich; the screens are those of the terminal emulator pyte. */
const bars: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'two bars of tqdm, one within the other',
    '\repoch: 0/2\n\rbatch: 0/2\u001B[A\n\rbatch: 1/2\u001B[A\n\rbatch: 2/2\u001B[A\n\r          \u001B[A\repoch: 1/2\n\rbatch: 0/2\u001B[A\n\rbatch: 1/2\u001B[A\n\rbatch: 2/2\u001B[A\n\r          \u001B[A\repoch: 2/2\repoch: 2/2\ntrained\n',
    ['epoch: 2/2', 'trained'],
  ],
  [
    'three bars of tqdm',
    '\ra: 0/2\n\rb: 0/2\u001B[A\n\n\rc: 0/2\u001B[A\u001B[A\n\n\rc: 1/2\u001B[A\u001B[A\n\rb: 1/2\u001B[A\ra: 1/2\n\n\rc: 2/2\u001B[A\u001B[A\n\rb: 2/2\u001B[A\ra: 2/2\rc: 2/2\n\rb: 2/2\n\ra: 2/2\n\nall done\n',
    ['c: 2/2', 'b: 2/2', 'a: 2/2', 'all done'],
  ],
  [
    'a live display of rich',
    '\u001B[?25lleft 0\nright 0\r\u001B[2K\u001B[1A\u001B[2Kleft 1\nright 1\r\u001B[2K\u001B[1A\u001B[2Kleft 2\nright 2\r\u001B[2K\u001B[1A\u001B[2Kleft 2\nright 2\n\u001B[?25hfinished\n',
    ['left 2', 'right 2', 'finished'],
  ],
];

describe('bars that are drawn anew by moving the cursor up', () => {
  const shown = (chunks: readonly LogChunk[]) =>
    join(chunks)
      .map((line) => line.replaceAll(/\u001B\[\?25[hl]/g, '').trim())
      .filter(Boolean);

  it.each(bars)(
    'end as a terminal shows them, and none of their lines is lost: %s',
    (_name, text, screen) => {
      // The first bar was a line of its own before anything told that it would be drawn anew.
      expect(shown([chunk(text)]).slice(-screen.length)).toEqual(screen);
    },
  );

  it.each(bars)('are the same however the text is cut: %s', (_name, text) => {
    const whole = join([chunk(text)]);
    for (let at = 1; at < text.length; at++)
      expect(join([chunk(text.slice(0, at)), chunk(text.slice(at))]), `cut at ${at}`).toEqual(whole);
    expect(join(Array.from(text, (sign) => chunk(sign)))).toEqual(whole);
  });

  it('show the inner one while it runs', () => {
    const partial: string[] = [];
    const assembler = new LineAssembler((line) => line.partial && partial.push(line.text));
    for (const piece of bars[0]![1].split('\u001B[A')) {
      assembler.push(chunk(`${piece}\u001B[A`));
      assembler.showPartial();
    }
    for (const line of ['epoch: 1/2', 'batch: 1/2', 'batch: 2/2']) expect(partial).toContain(line);
  });

  it('hold a bounded number of lines, however far the cursor moves', () => {
    const text = Array.from({ length: 500 }, (_, at) => `line ${at}\u001B[999A`).join('');
    expect(join([chunk(text)]).length).toBeLessThanOrEqual(50);
  });
});

describe('lines', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', '\u{1f600}', '\u0000', '\u202e') }),
  );

  it('are the same however the text is cut, also inside a character', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 12 }), (whole, cuts) => {
        const pieces = cutAt(whole, cuts).map((piece) => chunk(piece));
        expect(join(pieces)).toEqual(join([chunk(whole)]));
      }),
    );
  });

  it('are what a terminal shows of a text', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const expected = whole
          .split('\n')
          .map((each) => each.replace(/\r+$/, ''))
          .map((each) => each.slice(each.lastIndexOf('\r') + 1));
        if (expected.at(-1) === '') expected.pop();
        expect(join([chunk(whole)])).toEqual(expected);
      }),
    );
  });

  it.each([
    ['a full piece before its end', 'x'.repeat(longestLine) + '\n', longestLine],
    ['an overwritten line that is longer', 'x'.repeat(longestLine + 9) + '\rdone\n', longestLine + 4],
    ['a character at the edge', 'x'.repeat(longestLine - 1) + '\u{1f600}y\n', longestLine],
    ['a long progress bar', Array.from({ length: 9000 }, (_, n) => `step ${n}\r`).join('') + '\n', 40_000],
  ])('are the same around the longest one: %s', (_name, whole, cut) => {
    expect(join([chunk(whole.slice(0, cut)), chunk(whole.slice(cut))])).toEqual(join([chunk(whole)]));
  });

  it('of several writers do not mix', () => {
    const lines = join([
      chunk('a1 '),
      chunk('b1 ', { containerId: 'ta-2' }),
      chunk('c1 ', { source: 'stderr' }),
      chunk('a2\n'),
      chunk('b2\n', { containerId: 'ta-2' }),
      chunk('c2\n', { source: 'stderr' }),
    ]);
    expect(lines).toEqual(['a1 a2', 'b1 b2', 'c1 c2']);
  });

  it('show only the last state of a progress bar', () => {
    expect(join([chunk('10%\r'), chunk('50%\r'), chunk('100%\n')])).toEqual(['100%']);
    expect(join([chunk('\r10%'), chunk('\r50%'), chunk('\r100%')])).toEqual(['100%']);
    expect(join([chunk('dos line\r'), chunk('\nnext\r\r\n')])).toEqual(['dos line', 'next']);
  });

  it('keep the time of their first part', () => {
    const lines = assemble([chunk('first ', { time: 5 }), chunk('second\nnext\n', { time: 9 })]);
    expect(lines.map((each) => each.chunk.time)).toEqual([5, 9]);
  });

  it('say that they go on when they are too long, and do not cut a character', () => {
    const whole = 'x'.repeat(longestLine - 1) + '\u{1f600}'.repeat(longestLine);
    const lines = assemble([chunk(`${whole}\n`)]);
    expect(lines.map((each) => each.text).join('')).toBe(whole);
    expect(lines.every((each) => each.text.isWellFormed() && each.text.length <= longestLine)).toBe(true);
    expect(lines.map(({ goesOn }) => goesOn)).toEqual([true, true, true, false].slice(-lines.length));
    expect(lines.map(({ continued }) => continued)).toEqual([false, true, true, true].slice(0, lines.length));
  });

  it('without an end are shown, and only when they changed', () => {
    const partial: string[] = [];
    const assembler = new LineAssembler((line) => line.partial && partial.push(line.text));
    assembler.push(chunk('Loading'));
    assembler.showPartial();
    assembler.showPartial();
    assembler.push(chunk('...'));
    expect(assembler.hasPartial).toBe(true);
    assembler.showPartial();
    assembler.push(chunk(' done\n'));
    expect(assembler.hasPartial).toBe(false);
    expect(partial).toEqual(['Loading', 'Loading...']);
  });

  it('that never end are held in one piece of bounded length for each writer', () => {
    const piece = '\u0000\u001b['.repeat(20_000);
    let passed = 0;
    let longest = 0;
    const assembler = new LineAssembler(({ text, partial }) => {
      longest = Math.max(longest, text.length);
      if (!partial) passed += text.length;
    });
    for (let at = 0; at < 175; at++) {
      assembler.push(chunk(piece));
      assembler.showPartial();
    }
    expect(longest).toBeLessThanOrEqual(longestLine);
    expect(175 * piece.length - passed).toBeLessThanOrEqual(longestLine);
    for (let at = 0; at < 6000; at++) assembler.push(chunk('half', { callId: `fc-${at}` }));
    let flushed = 0;
    for (const { text } of assembler.takeOpen()) flushed += text === 'half' ? 1 : 0;
    expect(flushed).toBeLessThanOrEqual(5000);
  });
});
