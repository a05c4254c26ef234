import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawableAnsi, plainText, visibleText } from '../../../src/shared/ansi.ts';
import { seconds } from '../../../src/domain/logEntry.ts';
import { inferLevel } from '../../../src/features/logs/core/logLevel.ts';
import { logDocument } from '../../../src/features/logs/core/logDocument.ts';
import { entryAsJson, entryAsText } from '../../../src/features/logs/core/textForms.ts';
import { chunk, entriesOf, line, mark } from './support.ts';

describe('the level of a line', () => {
  it.each([
    ['ERROR:root:no model', 'error'],
    ['INFO:     127.0.0.1:5 - "GET /health HTTP/1.1" 500 Internal Server Error', 'info'],
    ['WARNING 07-01 12:00:00 [api.py:12] slow', 'warning'],
    ['(EngineCore_0 pid=12) ERROR 07-01 12:00:00 [core.py:1] died', 'error'],
    ['[2026-01-01T00:00:00.000Z] DEBUG finbert req=1 read', 'debug'],
    ['2026-01-01 00:00:00,123 [INFO] started', 'info'],
    ['2026-01-01 00:00:00,123 - my.module - CRITICAL - gone', 'error'],
    ['2026-01-01 00:00:00.123 | WARNING  | app:main:3 - hot', 'warning'],
    ['E0701 12:00:00.000 1 file.cc:3] bad', 'error'],
    ['/usr/lib/x.py:12: UserWarning: old', 'warning'],
    ['\u001b[31mERROR\u001b[0m: red', 'error'],
    ['{"time": "x", "level": "error", "message": "INFO"}', 'error'],
    ['{"severity":"Warning"}', 'warning'],
    ['  FATAL: out of memory', 'error'],
    ['an ERROR happened somewhere', undefined],
    ['error: no such file, as compilers and winston write it', 'error'],
    ['error lower case is a word', undefined],
    ['ERRORS were found: 0', undefined],
    ['INFORMATION desk', undefined],
    ['{"message": "ERROR"}', undefined],
    ['', undefined],
  ])('%s', (text, level) => {
    expect(inferLevel(text)).toBe(level);
  });

  it('is not guessed from the stream', () => {
    expect(entriesOf([chunk('100%|####|\n', { source: 'stderr' })])[0]).not.toHaveProperty('level');
  });
});

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

  it('make a document with sections for containers, calls and tracebacks', () => {
    const traceback = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x\n';
    const { text, sections } = logDocument([
      line('one'),
      line('two', { callId: 'fc-1' }),
      ...entriesOf([chunk(traceback, { callId: 'fc-1' })]),
      mark('broke'),
      line('other', { containerId: 'ta-2' }),
    ]);
    expect(text.split('\n')).toHaveLength(7);
    expect(sections).toMatchObject([
      {
        kind: 'container',
        name: 'ta-1',
        firstLine: 0,
        lastLine: 4,
        children: [
          {
            kind: 'call',
            name: 'fc-1',
            firstLine: 1,
            lastLine: 4,
            children: [{ kind: 'traceback', name: 'ValueError: x', firstLine: 2, lastLine: 4 }],
          },
        ],
      },
      { kind: 'container', name: 'ta-2', firstLine: 6, lastLine: 6 },
    ]);
  });
});
