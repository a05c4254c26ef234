import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldLibraries, tracebackBlocks } from '../../../src/features/logs/view/tracebackText.ts';
import { anyText } from './anyText.ts';

describe('the text of a traceback', () => {
  const text = [
    'Traceback (most recent call last):',
    '  File "/root/shop.py", line 7, in price',
    '    return prices[item]',
    '           ~~~~~~^^^^^^',
    '  File "/usr/lib/python3.12/json/decoder.py", line 3, in raw',
    '    obj',
    '  File "/usr/lib/python3.12/json/scanner.py", line 4, in scan',
    "KeyError: 'coffee'",
  ].join('\n');

  it('is cut into frames with their source, libraries together', () => {
    const folded = foldLibraries(tracebackBlocks(text));
    expect(folded.map((block) => (Array.isArray(block) ? block.length : block.kind))).toEqual([
      'words',
      'frame',
      2,
      'words',
    ]);
    expect(tracebackBlocks(text)[1]?.lines).toHaveLength(3);
  });

  it('is whole after the cut, with every line where it stood', () => {
    const anyLines = fc.array(fc.oneof(anyText, fc.constantFrom(...text.split('\n'))), { maxLength: 20 });
    fc.assert(
      fc.property(anyLines, (lines) => {
        const all = lines.join('\n');
        const cut = tracebackBlocks(all).flatMap((block) => block.lines);
        expect(cut.map((each) => each.text).join('\n')).toBe(all);
        for (const each of cut) expect(all.slice(each.start, each.start + each.text.length)).toBe(each.text);
      }),
    );
  });
});
