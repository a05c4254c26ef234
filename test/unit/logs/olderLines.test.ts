import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LogBatch, LogChunk } from '../../../src/domain/log.ts';
import { entryText } from '../../../src/domain/logEntry.ts';
import type { FetchLogs } from '../../../src/features/logs/core/fetchLogs.ts';
import { LiveLog } from '../../../src/features/logs/core/liveLog.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { LogHistory } from '../../../src/features/logs/core/history.ts';
import { OlderLines } from '../../../src/features/logs/core/olderLines.ts';
import { batchOf, chunk } from './support.ts';

it('does not ask where the log begins before it is told to load', async () => {
  let asked = 0;
  let isConnected = false;
  const history = new LogHistory({
    buffer: new LogBuffer(),
    query: { appId: 'ap-1' },
    known: () => [],
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
    text: 'Start of the log. Modal keeps these logs for 7 days.',
  });
  expect(older.keptDays).toBe(7);
});

it('is not told by a load that a new filter has ended', async () => {
  const failing = Promise.withResolvers<never>();
  const history = { loadOlder: () => failing.promise, keptDays: undefined } as unknown as LogHistory;
  const older = new OlderLines(() => history);
  const states: string[] = [];
  const loading = older.load();
  older.onDidChange(({ kind }) => states.push(kind));
  older.reset();
  failing.reject(new Error('the filter is another'));
  await loading;
  expect([older.state.kind, states]).toEqual(['more', ['more']]);
});

it('loads one page at a time, however often it is asked', async () => {
  const buffer = new LogBuffer();
  const chunks = Array.from({ length: 100 }, (_, at) => chunk(`${at}\n`, { time: 3_600_000 + at }));
  const history = new LogHistory({
    buffer,
    query: { appId: 'ap-1' },
    known: () => [],
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

describe('a log that is followed', () => {
  const hour = 3_600_000;
  const at = (text: string, time: number) =>
    chunk(`${text}\n`, { time: 10 * hour + time, stamp: String((10 * hour + time) * 1e6) });

  /** @param held what the server can be asked for; what is sent comes by the stream */
  function live(held: readonly LogChunk[], meanwhile: () => Promise<void> = () => turn()) {
    const sent: LogBatch[] = [];
    const fetch: FetchLogs = async (_query, { since, until }, limit) => {
      await meanwhile();
      return [batchOf('', ...held.filter(({ time }) => time >= since && time < until).slice(-limit))];
    };
    const log = new LiveLog({
      query: { appId: 'ap-1' },
      now: () => 10 * hour + 100,
      onState: () => undefined,
      fetch,
      open: async function* (_query, _last, _seconds, signal): AsyncGenerator<LogBatch> {
        while (!signal.aborted) {
          yield* sent.splice(0);
          await turn();
        }
      },
    });
    const run = log.run();
    const texts = () => [...log.buffer.entries()].map(entryText);
    return {
      log,
      texts,
      send: async (...chunks: LogChunk[]) => {
        sent.push(batchOf('1', ...chunks));
        const last = chunks.at(-1)!.text.trim();
        for (let turns = 0; texts().at(-1) !== last && turns < 10_000; turns++) await turn();
      },
      stop: async () => {
        log.stop();
        await run;
      },
    };
  }

  it('has each line once when it was empty while older ones were loaded', async () => {
    const held = ['a', 'b', 'c'].map(at);
    const { log, texts, send, stop } = live(held);
    await log.history.loadOlder();
    expect(texts()).toEqual(['a', 'b', 'c']);
    await send(...held, at('c', 2), at('d', 4));
    expect(texts()).toEqual(['a', 'b', 'c', 'c', 'd']);
    await stop();
  });

  it('has each line once when the first ones come while older ones are loaded', async () => {
    const held = ['a', 'b', 'c'].map(at);
    let coming: Promise<void> | undefined;
    const { log, texts, send, stop } = live(held, () => (coming ??= send(held[2]!)));
    await log.history.loadOlder();
    expect(texts()).toEqual(['a', 'b', 'c']);
    await stop();
  });

  it('loads again what was cleared', async () => {
    const held = ['a', 'b', 'c', 'd', 'e'].map(at);
    const { log, texts, send, stop } = live(held);
    await send(...held.slice(2, 4));
    await log.history.loadOlder();
    expect(texts()).toEqual(['a', 'b', 'c', 'd']);
    log.clear();
    await send(held[4]!);
    await log.history.loadOlder();
    expect(texts()).toEqual(['a', 'b', 'c', 'd', 'e']);
    await stop();
  });
});
