import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogChunk } from '../../../src/domain/log.ts';
import { entryText } from '../../../src/domain/logEntry.ts';
import { LineJoiner, longestLine } from '../../../src/logs/lines.ts';

const chunk = (text: string, changes: Partial<LogChunk> = {}): LogChunk => ({
  entryId: '',
  time: 1,
  source: 'stdout',
  text,
  containerId: 'ta-1',
  functionId: '',
  callId: '',
  ...changes,
});

function join(chunks: readonly LogChunk[]): string[] {
  const lines: string[] = [];
  const joiner = new LineJoiner((line) => lines.push(entryText(line)));
  for (const each of chunks) joiner.push(each);
  joiner.flush();
  return lines;
}

describe('lines', () => {
  it('are the same however the text is cut', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(100), { maxLength: 12 }), (text, cuts) => {
        const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length));
        expect(join(pieces.map((piece) => chunk(piece)))).toEqual(join([chunk(text)]));
      }),
    );
  });

  it.each([
    ['a full piece before its end', 'x'.repeat(longestLine) + '\n', longestLine],
    ['an overwritten line that is longer', 'x'.repeat(longestLine + 9) + '\rdone\n', longestLine + 4],
    ['a long progress bar', Array.from({ length: 9000 }, (_, n) => `step ${n}\r`).join('') + '\n', 40_000],
  ])('are the same however the text is cut: %s', (_name, text, cut) => {
    const whole = join([chunk(text)]);
    const parts = join([chunk(text.slice(0, cut)), chunk(text.slice(cut))]);
    expect(parts.at(-1)).toEqual(whole.at(-1));
    expect(parts.filter((line) => line === '')).toEqual([]);
  });

  it('do not mix writers', () => {
    const lines = join([
      chunk('a1 '),
      chunk('b1 ', { containerId: 'ta-2' }),
      chunk('a2\n'),
      chunk('b2\n', { containerId: 'ta-2' }),
    ]);
    expect(lines).toEqual(['a1 a2', 'b1 b2']);
  });

  it('show only the last state of a progress bar', () => {
    expect(join([chunk('10%\r'), chunk('50%\r'), chunk('100%\n')])).toEqual(['100%']);
    expect(join([chunk('dos line\r\n')])).toEqual(['dos line']);
  });

  it('keep the time of their first part', () => {
    const seen: number[] = [];
    const joiner = new LineJoiner((line) => seen.push(line.time));
    joiner.push(chunk('first ', { time: 5 }));
    joiner.push(chunk('second\nnext\n', { time: 9 }));
    expect(seen).toEqual([5, 9]);
  });

  it('are passed on in pieces when they never end', () => {
    const lines = join([chunk('x'.repeat(longestLine * 2 + 5))]);
    expect(lines.map((line) => line.length)).toEqual([longestLine, longestLine, 5]);
  });
});
