import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryAsJson, entryAsText } from '../../../src/features/logs/core/textForms.ts';
import { line } from './support.ts';

describe('text forms', () => {
  const entry = line('\u001b[31mred\u0000', { time: 0, callId: 'fc-1' });

  it('are a line of text, and a line of JSON', () => {
    expect(entryAsText(entry)).toBe('1970-01-01T00:00:00.000Z ta-1 stdout red\\x00');
    expect(JSON.parse(entryAsJson(entry))).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      text: 'red\u0000',
      callId: 'fc-1',
    });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(entryAsJson(line(text))).not.toContain('\n');
        expect(entryAsText(line(text)).isWellFormed()).toBe(true);
      }),
    );
  });
});
