import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../../src/domain/logEntry.ts';
import { logLevels } from '../../../src/domain/logEntry.ts';
import { inferLevel } from '../../../src/features/logs/core/logLevel.ts';
import { chunk, entriesOf } from './support.ts';

/** Logger, level, line. Those that say so are in the form of its documentation; the others were written by the logger. */
const lines = readFileSync(path.join(import.meta.dirname, 'fixtures/levels.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as [string, LogLevel, string]);

describe('lines of real loggers', () => {
  it('are those of many', () => {
    expect(new Set(lines.map(([logger]) => logger)).size).toBeGreaterThan(120);
    expect(new Set(lines.map(([, level]) => level))).toEqual(new Set(logLevels));
  });

  it.each(lines)('of %s have the level %s: %s', (_logger, level, line) => {
    expect(inferLevel(line)).toBe(level);
  });
});

describe('a line that is no error', () => {
  it.each([
    'no error',
    'There was no ERROR in it.',
    'error rate 0',
    'errors=0',
    'errors=0 warnings=2',
    'epoch=3 error=0.02 level=high',
    'error: 0',
    'error: 0.0123',
    'error: none',
    'error: no',
    'Error rate: 0.1 %',
    'ERROR RATE 0',
    'ERRORS: 0',
    '0 errors, 0 warnings',
    'step 10: loss 0.3, error 0.01',
    '2026-11-30 10:00:00 error rate 0',
    '2026-11-30 10:00:00 no error found',
    '2026-11-30 10:00:00 Checked 5 files, ERROR in none',
    '[worker] error rate 0',
    '[1/5] errors so far: 0',
    'critical section entered',
    'fatalities: 0',
    'The panic is over.',
    'an alert: none',
    'mean squared error = 0.2',
    'GET /error 200',
    '"GET /errors?level=error HTTP/1.1" 200 OK',
    'GET /?level=error 200',
    'Set the option level=error to see less',
    'log: level=error is a setting',
    'msg="level=error" errors=0',
    '{"message": "an ERROR happened", "errors": 0}',
    '{"event": "level up", "level": 3}',
    '{"player": "x", "level": 50}',
    '{"text": "{\\"level\\": \\"error\\"}"}',
    '{"request": {"level": "error"}}',
    '<b>error</b>',
    '<999>error',
    '<3 this',
    'E1 is a cell',
    'E2026 is no date',
    'Warning: words',
    '100%|####| error=0.1',
    '',
  ])('%s', (line) => {
    expect(['error', 'warning']).not.toContain(inferLevel(line));
  });
});

it('is found at the begin of a long line, and in a long line of JSON', () => {
  const long = 'x'.repeat(100_000);
  expect(inferLevel(`2026-11-30 10:00:00 [error    ] ${long}`)).toBe('error');
  expect(inferLevel(`event="${'y '.repeat(500)}" level=error`)).toBe('error');
  expect(inferLevel(`{"level":"error","message":"${long}"}`)).toBe('error');
  expect(inferLevel(`{"level":"error","message":"cut`)).toBe('error');
  expect(inferLevel(`{"message":"${'z'.repeat(7000)}","level":"error"}`)).toBe('error');
});

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
