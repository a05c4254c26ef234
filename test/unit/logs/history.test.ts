import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { LogBatch } from '../../../src/domain/log.ts';
import type { FetchLogs } from '../../../src/features/logs/core/fetchLogs.ts';
import { LogHistory, retentionText } from '../../../src/features/logs/core/history.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { earlier, hour, numbered, withBuilds } from './earlierKit.ts';
import { chunk, cutAt, entriesOf, line } from './support.ts';

describe('the history', () => {
  it('joins what it loads with what is there, wherever the log is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.stringMatching(/^[a-z]{0,5}$/), fc.constant('needle ERROR')), {
          minLength: 300,
          maxLength: 400,
        }),
        fc.array(fc.nat(4000), { minLength: 40, maxLength: 120 }),
        fc.nat(200),
        async (words, cuts, liveFrom) => {
          const chunks = cutAt(words.map((word, at) => `${at} ${word}\n`).join(''), cuts)
            .filter(Boolean)
            .map((text, at) => {
              const time = 10 * hour + Math.floor(at / 3);
              return chunk(text, { time, stamp: String(time * 1e6 + at) });
            });
          const live = chunks.slice(liveFrom % chunks.length);
          const buffer = new LogBuffer();
          const rows = entriesOf(live).map((entry) => buffer.add(entry));
          const oldest = live.filter(({ time }) => time === live[0]?.time);
          const history = new LogHistory({
            buffer,
            query: { appId: 'ap-1' },
            fetch: earlier(chunks),
            pageEntries: 20,
            known: () => oldest,
            firstRows: new Map([['ta-1|stdout||', rows[0]!]]),
          });
          while ((await history.loadOlder()).kind === 'more');
          expect([...buffer.entries()]).toEqual(entriesOf(chunks));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes back page by page, over long silences, and says where it ends', async () => {
    const old = chunk('old\n', { time: 1 });
    const chunks = [old, ...numbered(5000)];
    const buffer = new LogBuffer();
    const history = new LogHistory({
      buffer,
      query: { appId: 'ap-1' },
      fetch: earlier(chunks),
      known: () => [],
      now: () => 10 * hour + 1000,
    });
    await history.loadOlder();
    expect(buffer.size).toBeGreaterThan(1900);
    expect(buffer.size).toBeLessThanOrEqual(2000);
    for (let page = 0; page < 4; page++) await history.loadOlder();
    expect(buffer.size).toBe(5001);
    expect(history.state).toEqual({
      kind: 'start',
      text: 'Start of the log. Modal keeps these logs for 30 days.',
    });
  });

  it('changes nothing when it fails, and is asked once at a time', async () => {
    let asked = 0;
    let broken = true;
    const buffer = new LogBuffer();
    const fetch: FetchLogs = (...call) => {
      asked++;
      return broken ? Promise.reject(new ModalError('offline', 'no')) : earlier(numbered(10))(...call);
    };
    const history = new LogHistory({
      buffer,
      query: { appId: 'ap-1' },
      fetch,
      known: () => [],
      now: () => 10 * hour,
    });
    await expect(history.loadOlder()).rejects.toMatchObject({ kind: 'offline' });
    expect(buffer.size).toBe(0);
    broken = false;
    asked = 0;
    await Promise.all([history.loadOlder(), history.loadOlder()]);
    expect([asked, buffer.size]).toEqual([1, 10]);
  });

  it('says when there is no more room', async () => {
    const buffer = new LogBuffer({ rows: 50, bytes: 1e9 });
    const options = { buffer, query: { appId: 'ap-1' }, known: () => [], now: () => 10 * hour };
    const history = new LogHistory({ ...options, fetch: earlier(numbered(100)) });
    expect(await history.loadOlder()).toMatchObject({ kind: 'full' });
    expect(buffer.size).toBe(50);
  });

  it('loads nothing when rows were dropped between what is held and what is older', async () => {
    const chunks = numbered(100);
    const buffer = new LogBuffer({ rows: 1000, bytes: 200_000 });
    const live = chunks.slice(60);
    const long = () => line('x'.repeat(120_000), { time: 10 * hour });
    for (const entry of [long(), ...entriesOf(live), long()]) buffer.add(entry);
    // One long line had to go for the other, so there is room again.
    expect([buffer.dropped.rows, buffer.size]).toEqual([1, 41]);
    const options = { buffer, query: { appId: 'ap-1' }, known: () => live.slice(0, 5), pageEntries: 10 };
    const history = new LogHistory({ ...options, fetch: earlier(chunks) });
    expect(await history.loadOlder()).toMatchObject({ kind: 'full' });
    expect(buffer.size).toBe(41);
    buffer.clear();
    expect(buffer.dropped.rows).toBe(0);
  });

  it('goes on where everything that the server gave is left out here', async () => {
    const chunks = numbered(100);
    const buffer = new LogBuffer();
    const options = { buffer, query: { appId: 'ap-1' }, known: () => [], now: () => 11 * hour };
    const history = new LogHistory({ ...options, fetch: withBuilds(chunks, 45_000), pageEntries: 30 });
    while ((await history.loadOlder()).kind === 'more');
    expect([...buffer.entries()]).toEqual(entriesOf(chunks));
  });

  it('gives up a page in which one millisecond is fuller than a page', async () => {
    const chunks = numbered(5000, 5000);
    const buffer = new LogBuffer();
    const options = { buffer, query: { appId: 'ap-1' }, known: () => [], now: () => 10 * hour };
    await new LogHistory({ ...options, fetch: earlier(chunks) }).loadOlder();
    expect(buffer.size).toBe(5000);
  });
});

describe('a page of older lines of which much is not shown', () => {
  const load = async (batches: readonly Partial<LogBatch>[]) => {
    let asked = 0;
    const history = new LogHistory({
      ...{ query: { appId: 'ap-1' }, buffer: new LogBuffer(), known: () => [], pageEntries: 2 },
      fetch: () => Promise.resolve([{ entryId: '', chunks: [], appDone: false, ...batches[asked++] }]),
    });
    return { state: await history.loadOlder(), asked };
  };
  const hidden = (count: number, oldest = 1000) => ({ leftOut: { count, oldest } });

  it('is the beginning where the server has no more', async () => {
    expect(await load([hidden(2), hidden(19_999)])).toMatchObject({ state: { kind: 'start' }, asked: 2 });
  });

  it('goes on where there is more, and ends with the first line that is shown', async () => {
    const shown = { chunks: [chunk('a\n', { time: 500 })] };
    const { state, asked } = await load([hidden(2), hidden(20_000), shown]);
    expect([state.kind, asked]).toEqual(['more', 3]);
  });

  it('is shown as it is where it has one line', async () => {
    const full = { chunks: [chunk('a\n', { time: 1000 })], ...hidden(20_000) };
    const { state, asked } = await load([hidden(2), full]);
    expect([state.kind, asked]).toEqual(['more', 2]);
  });
});

it('says how long logs are kept', () => {
  expect(retentionText(1)).toBe('Modal keeps these logs for 1 day.');
  expect(retentionText(undefined)).toContain('1 day on the Starter plan and 30 days on the Team plan');
});
