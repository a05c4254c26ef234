import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRanges } from '../../../src/domain/logFilter.ts';
import { findLinks } from '../../../src/domain/logLinks.ts';
import { styledRuns } from '../../../src/features/logs/view/ansiRuns.ts';
import { piecesOf } from '../../../src/features/logs/view/pieces.ts';
import { escapeParts, plainText } from '../../../src/shared/ansi.ts';
import { anyText } from './anyText.ts';

describe('colours, matches and links of a line', () => {
  it('make the text without escape sequences, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = plainText(text);
        expect([...escapeParts(text)].map((part) => part.text).join('')).toBe(plain);
        const runs = styledRuns(text);
        expect(runs.map((run) => run.text).join('')).toBe(plain);
        const pieces = piecesOf(runs, matchRanges(/[a-f/]+/i, plain), findLinks(plain));
        expect(pieces.map((piece) => piece.text).join('')).toBe(plain);
      }),
    );
  });

  it.each([
    ['\u001b[31mred\u001b[0m', 'ansi-red-fg'],
    ['\u001b[1;92mgo\u001b[m', 'ansi-bold ansi-bright-green-fg'],
    ['\u001b[38;5;196mred\u001b[0m', 'ansi-bright-red-fg'],
    ['\u001b[38;2;40;40;230mblue', 'ansi-bright-blue-fg'],
    ['\u001b[44mback\u001b[49m', 'ansi-blue-bg'],
    ['\u001b[1m\u001b[22mplain', ''],
    ['\u001b[2Kplain', ''],
    ['\u001b]8;;javascript:alert(1)\u0007text\u001b]8;;\u0007', ''],
  ])('%j is shown as %j', (text, classes) => {
    expect(styledRuns(text).map((run) => run.classes)).toEqual([classes]);
  });

  it.each(['\u001b[', '\u009b'])(
    'are left out where there are too many to draw, written with %j',
    (begin) => {
      const runs = styledRuns(Array.from({ length: 4000 }, (_, at) => `${begin}3${at % 8}mx`).join(''));
      expect(runs).toEqual([{ text: 'x'.repeat(4000), classes: '' }]);
    },
  );

  it('keep the colour of a match', () => {
    const text = 'a \u001b[31mbad thing\u001b[0m';
    const pieces = piecesOf(styledRuns(text), [[0, 5]], []);
    expect(pieces).toEqual([
      { text: 'a ', classes: '', isMatch: true },
      { text: 'bad', classes: 'ansi-red-fg', isMatch: true },
      { text: ' thing', classes: 'ansi-red-fg', isMatch: false },
    ]);
  });
});
