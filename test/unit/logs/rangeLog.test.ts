import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { LogChunk, LogSource, PastQuery } from '../../../src/domain/log.ts';
import { compileFilter, noFilter } from '../../../src/domain/logFilter.ts';
import type { FetchLogs } from '../../../src/features/logs/core/fetchLogs.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { RangeLog } from '../../../src/features/logs/core/rangeLog.ts';
import { batchOf, chunk, cutAt, entriesOf } from './support.ts';

const hour = 3_600_000;
const range = { since: 10 * hour, until: 11 * hour };
const query = { appId: 'ap-1' };

/** A server of the past that applies its part of a filter, and notes what it was asked. */
function server(chunks: readonly LogChunk[], asked: PastQuery[] = []): FetchLogs {
  return (sent, { since, until }, limit, signal) => {
    signal?.throwIfAborted();
    asked.push(sent);
    const { source, functionId, containerId, callId } = sent;
    const found = chunks.filter((each) => each.time >= since && each.time < until);
    return Promise.resolve([
      batchOf(
        '',
        ...found
          .filter(
            (each) =>
              (!source || each.source === source) &&
              (!functionId || each.functionId === functionId) &&
              (!containerId || each.containerId === containerId) &&
              (!callId || each.callId === callId),
          )
          .slice(-limit),
      ),
    ]);
  };
}

const texts = (buffer: LogBuffer) =>
  [...buffer.entries()].flatMap((entry) => (entry.kind === 'line' ? entry.text : []));

describe('a range of the past', () => {
  it('has its own lines and no others, page by page', async () => {
    const chunks = Array.from({ length: 9000 }, (_, at) => chunk(`${at}\n`, { time: 9.5 * hour + at * 600 }));
    const log = new RangeLog({ query, range, fetch: server(chunks), pageEntries: 100 });
    await log.load();
    expect(texts(log.buffer)).toEqual(
      chunks.filter(({ time }) => time >= range.since && time < range.until).map(({ text }) => text.trim()),
    );
    expect(log.older.state.kind).toBe('start');
    expect(log.older.state.text).toMatch(/^Start of the time range\. Modal keeps logs for/);
  });

  it('shows with the filter of the server the same as with the filter here', async () => {
    const writers = fc.record({
      source: fc.constantFrom<LogSource>('stdout', 'stderr'),
      containerId: fc.constantFrom('ta-1', 'ta-2'),
      functionId: fc.constantFrom('fu-1', 'fu-2'),
      callId: fc.constantFrom('', 'fc-1'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(writers, fc.array(fc.nat(30), { maxLength: 3 })), { maxLength: 80 }),
        fc.record({
          source: fc.constantFrom<LogSource | 'all'>('all', 'stdout', 'stderr'),
          containerId: fc.constantFrom('', 'ta-1'),
          functionId: fc.constantFrom('', 'fu-2'),
          callId: fc.constantFrom('', 'fc-1'),
          text: fc.constantFrom('', '1', 'line'),
        }),
        async (written, chosen) => {
          const filter = { ...noFilter, ...chosen };
          const { matches } = compileFilter(filter);
          let time = range.since;
          const chunks = written.flatMap(([writer, cuts], at) =>
            cutAt(`line ${at} of many\n`, cuts)
              .filter(Boolean)
              .map((text) => chunk(text, { ...writer, time: time++ })),
          );
          const log = new RangeLog({ query, range, filter, fetch: server(chunks), pageEntries: 20 });
          await log.load();
          const shown = [...log.buffer.entries()].filter(matches).map((entry) => JSON.stringify(entry));
          const wanted = entriesOf(chunks)
            .filter(matches)
            .map((entry) => JSON.stringify(entry));
          expect(shown.sort()).toEqual(wanted.sort());
        },
      ),
    );
  });

  it('is asked for again only where the server can choose', async () => {
    const asked: PastQuery[] = [];
    const chunks = [
      chunk('out\n', { time: range.since }),
      chunk('err\n', { time: range.since + 1, source: 'stderr' }),
    ];
    const log = new RangeLog({ query, range, fetch: server(chunks, asked) });
    await log.load();
    const before = asked.length;
    await log.setFilter({ ...noFilter, text: 'out', level: 'error' });
    expect(asked).toHaveLength(before);
    await log.setFilter({ ...noFilter, source: 'stderr' });
    expect(asked.at(-1)).toMatchObject({ source: 'stderr' });
    expect(texts(log.buffer)).toEqual(['err']);
    await log.setFilter(noFilter);
    expect(texts(log.buffer)).toEqual(['out', 'err']);
  });

  it('can be loaded again when it was cleared', async () => {
    const chunks = Array.from({ length: 300 }, (_, at) => chunk(`${at}\n`, { time: range.since + at }));
    const log = new RangeLog({ query, range, fetch: server(chunks) });
    await log.load();
    log.clear();
    expect([log.buffer.size, log.older.state.kind]).toEqual([0, 'more']);
    await log.load();
    expect(texts(log.buffer)).toHaveLength(300);
  });

  it('says that it is full', async () => {
    const chunks = Array.from({ length: 500 }, (_, at) => chunk(`${at}\n`, { time: range.since + at }));
    const buffer = new LogBuffer({ rows: 250, bytes: 1 << 20 });
    const log = new RangeLog({ query, range, fetch: server(chunks), buffer, pageEntries: 100 });
    await log.load();
    expect(log.older.state).toEqual({
      kind: 'full',
      text: 'Line limit reached. Download the range to read older lines.',
    });
    expect(texts(buffer)).toHaveLength(250);
  });

  it('can be cancelled and gone on with', async () => {
    const chunks = Array.from({ length: 500 }, (_, at) => chunk(`${at}\n`, { time: range.since + at }));
    const fetch = server(chunks);
    let isFirst = true;
    const log = new RangeLog({
      query,
      range,
      pageEntries: 100,
      fetch: async (...call) => {
        const found = await fetch(...call);
        if (isFirst) log.older.cancel();
        isFirst = false;
        return found;
      },
    });
    await log.load();
    expect(log.older.state.kind).toBe('more');
    expect(log.buffer.size).toBe(0);
    await log.load();
    expect(texts(log.buffer)).toHaveLength(500);
  });

  it('says what failed, keeps what it has, and can be tried again', async () => {
    const chunks = Array.from({ length: 300 }, (_, at) => chunk(`${at}\n`, { time: range.since + at }));
    const fetch = server(chunks);
    let calls = 0;
    const log = new RangeLog({
      query,
      range,
      pageEntries: 100,
      fetch: (...call) =>
        ++calls === 2 ? Promise.reject(new ModalError('notFound', 'The app is gone.')) : fetch(...call),
    });
    await log.load();
    expect(log.older.state).toEqual({ kind: 'failed', text: 'The app is gone.' });
    const held = log.buffer.size;
    expect(held).toBeGreaterThan(0);
    await log.load();
    expect(log.older.state.kind).toBe('start');
    expect(texts(log.buffer)).toHaveLength(300);
  });
});
