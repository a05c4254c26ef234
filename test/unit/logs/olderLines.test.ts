import { expect, it } from 'vitest';
import { LogBuffer } from '../../../src/logs/logBuffer.ts';
import { LogHistory } from '../../../src/logs/history.ts';
import { OlderLines } from '../../../src/logs/olderLines.ts';
import { batchOf, chunk } from './support.ts';

it('does not ask where the log begins before it is told to load', async () => {
  let asked = 0;
  let isConnected = false;
  const history = new LogHistory({
    buffer: new LogBuffer(),
    query: { appId: 'ap-1' },
    known: [],
    fetch: () => Promise.resolve([{ ...batchOf(''), keptDays: 7 }]),
  });
  const older = new OlderLines(() => {
    asked++;
    return isConnected ? history : undefined;
  });
  expect([older.state.kind, older.keptDays, asked]).toEqual(['more', undefined, 0]);
  await older.load();
  expect(older.state).toEqual({ kind: 'failed', text: 'The log is still connecting.' });
  isConnected = true;
  await older.load();
  expect(older.state).toEqual({
    kind: 'start',
    text: 'This is the beginning. Modal keeps these logs for 7 days.',
  });
  expect(older.keptDays).toBe(7);
});

it('loads one page at a time, however often it is asked', async () => {
  const buffer = new LogBuffer();
  const chunks = Array.from({ length: 100 }, (_, at) => chunk(`${at}\n`, { time: 3_600_000 + at }));
  const history = new LogHistory({
    buffer,
    query: { appId: 'ap-1' },
    known: [],
    now: () => 3_600_100,
    pageEntries: 10,
    fetch: (_query, { since, until }, limit) =>
      Promise.resolve([
        batchOf('', ...chunks.filter(({ time }) => time >= since && time < until).slice(-limit)),
      ]),
  });
  const kinds: string[] = [];
  const older = new OlderLines(() => history);
  older.onDidChange(({ kind }) => kinds.push(kind));
  await Promise.all([older.load(), older.load(), older.load()]);
  expect(kinds).toEqual(['loading', 'more']);
  expect(buffer.size).toBeLessThan(20);
});
