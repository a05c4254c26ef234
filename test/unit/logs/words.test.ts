import { describe, expect, it } from 'vitest';
import { drawableAnsi, plainText, visibleText } from '../../../src/shared/ansi.ts';
import { seconds } from '../../../src/domain/logEntry.ts';

describe('escape sequences', () => {
  it('are left out, and the text around them is kept', () => {
    expect(
      plainText('\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u001b\\ \u009b2Kend'),
    ).toBe('red link end');
    expect(plainText('\u001b]unfinished text')).toBe('unfinished text');
  });

  it('cost no more than the text is long', () => {
    // With work that grew with the square, this would be 10 billion steps.
    for (const piece of ['\u001b[', '\u001b]', '\u001b[31;', '\u001b]0;x', '\u009b1'])
      expect(plainText(piece.repeat(100_000)).length).toBeLessThan(500_000);
  });

  it('are dropped where there are too many to draw', () => {
    const text = '\u001b[31mx'.repeat(1000);
    expect(drawableAnsi(text)).toBe('x'.repeat(1000));
    expect(drawableAnsi('\u001b[31mx')).toBe('\u001b[31mx');
  });
});

it('shows what could hide or reorder text', () => {
  expect(visibleText('a\u0000b\u202ec\u200bd\ud800e\u{1f600}\tf')).toBe(
    'a\\x00b\\u202ec\\u200bd\\ud800e\u{1f600}\tf',
  );
});

it('says seconds as people do', () => {
  expect([0.346, 4.25, 12.3, 59.7, 185].map(seconds)).toEqual([
    '346 ms',
    '4.3 s',
    '12 s',
    '1 min',
    '3 min 5 s',
  ]);
});
