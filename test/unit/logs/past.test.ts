import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { LogChunk, LogCount } from '../../../src/domain/log.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import type { DownloadOptions } from '../../../src/features/logs/core/download.ts';
import { downloadLogs } from '../../../src/features/logs/core/download.ts';
import type { FetchLogs } from '../../../src/features/logs/core/fetchLogs.ts';
import { fetchRange } from '../../../src/features/logs/core/fetchLogs.ts';
import { LogHistory, retentionText } from '../../../src/features/logs/core/history.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { bucketSecondsFor, bucketWidths, planFetches } from '../../../src/features/logs/core/timeBuckets.ts';
import { batchOf, chunk, cutAt, entriesOf, line } from './support.ts';

const hour = 3_600_000;

/** A server of the past that gives the newest of what was asked for. */
const past =
  (chunks: readonly LogChunk[], most = 20_000): FetchLogs =>
  (_query, { since, until }, limit) => {
    const found = chunks.filter(({ time }) => time >= since && time < until);
    return Promise.resolve([{ ...batchOf('', ...found.slice(-Math.min(limit, most))), keptDays: 30 }]);
  };

/** As before, but the newest entries and every third one are lines of a build, which are no chunks. */
function withBuilds(chunks: readonly LogChunk[], newest: number): FetchLogs {
  const build = (time: number) => chunk('build', { time });
  const all = [
    ...chunks.flatMap((each, at) => (at % 3 ? [each] : [build(each.time), each])),
    ...Array.from({ length: newest }, (_, at) => build(10 * hour + 1000 + at)),
  ];
  return async (...call) => {
    const [found] = await past(all)(...call);
    const isBuild = ({ text }: LogChunk) => text === 'build';
    const builds = found!.chunks.filter(isBuild);
    return [
      {
        ...batchOf('', ...found!.chunks.filter((each) => !isBuild(each))),
        ...(builds[0] ? { leftOut: { count: builds.length, oldest: builds[0].time } } : {}),
      },
    ];
  };
}

const numbered = (count: number, perMillisecond = 5) =>
  Array.from({ length: count }, (_, at) => {
    const time = 10 * hour + Math.floor(at / perMillisecond);
    return chunk(`${at}\n`, { time, stamp: String(time * 1e6 + at) });
  });

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
            fetch: past(chunks),
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
      fetch: past(chunks),
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
      return broken ? Promise.reject(new ModalError('offline', 'no')) : past(numbered(10))(...call);
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
    const history = new LogHistory({ ...options, fetch: past(numbered(100)) });
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
    const history = new LogHistory({ ...options, fetch: past(chunks) });
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
    await new LogHistory({ ...options, fetch: past(chunks) }).loadOlder();
    expect(buffer.size).toBe(5000);
  });
});

it('says plainly how long logs are kept', () => {
  expect(retentionText(1)).toBe('Modal keeps these logs for 1 day.');
  expect(retentionText(undefined)).toContain('1 day on the Starter plan and 30 days on the Team plan');
});

describe('a range', () => {
  it('is read whole, page by page', async () => {
    const chunks = numbered(45_000);
    const range = { since: 0, until: 20 * hour };
    expect(await fetchRange(past(chunks), { appId: 'ap-1' }, range)).toEqual({ chunks, isWhole: true });
    const dense = numbered(45_000, 45_000);
    expect((await fetchRange(past(dense), { appId: 'ap-1' }, range)).isWhole).toBe(false);
  });

  it('is read whole when some of what the server gives is left out here', async () => {
    const chunks = numbered(100);
    const range = { since: 0, until: 20 * hour };
    expect(await fetchRange(withBuilds(chunks, 45_000), { appId: 'ap-1' }, range)).toEqual({
      chunks,
      isWhole: true,
    });
  });

  it('is counted in about a hundred buckets of a legal width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 35 * 86_400 }), (seconds) => {
        const width = bucketSecondsFor({ since: 0, until: seconds * 1000 });
        expect(bucketWidths).toContain(width);
        expect(seconds / width).toBeLessThanOrEqual(100);
        const narrower = bucketWidths.findLast((each) => each < width);
        if (narrower) expect(seconds / narrower).toBeGreaterThan(100);
      }),
    );
  });

  it('is fetched in parts that cover every entry once', () => {
    const bucket = fc.record({ stdout: fc.nat(900), stderr: fc.nat(900), system: fc.nat(900) });
    fc.assert(
      fc.property(fc.array(fc.option(bucket), { maxLength: 100 }), (buckets) => {
        const counts = buckets.flatMap((each, at): LogCount[] =>
          each ? [{ ...each, since: at * 2000, until: at * 2000 + 2000 }] : [],
        );
        const range = { since: 500, until: buckets.length * 2000 - 500 };
        const fetches = planFetches(counts, range);
        const sum = (total: number, { stdout, stderr, system }: LogCount) => total + stdout + stderr + system;
        expect(fetches.reduce((total, { entries }) => total + entries, 0)).toBe(counts.reduce(sum, 0));
        fetches.forEach(({ since, until, entries }, at) => {
          expect(since).toBeGreaterThanOrEqual(fetches[at - 1]?.until ?? range.since);
          expect(until).toBeLessThanOrEqual(Math.max(range.until, 0));
          expect(entries).toBeLessThan(2000 + 2700);
        });
        for (const count of counts)
          if (sum(0, count) > 0)
            expect(
              fetches.some(
                ({ since, until }) =>
                  since <= Math.max(count.since, 500) && until >= Math.min(count.until, range.until),
              ),
            ).toBe(true);
      }),
    );
  });
});

describe('a download', () => {
  const download = async (changes: Partial<DownloadOptions>, chunks = numbered(12_000)) => {
    let running = 0;
    let most = 0;
    const written: string[] = [];
    const fetch = past(chunks);
    const result = await downloadLogs({
      query: { appId: 'ap-1' },
      filter: noFilter,
      range: { since: 10 * hour, until: 10 * hour + 200_000 },
      format: 'text',
      fetch: async (...call) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        running--;
        return fetch(...call);
      },
      count: (_query, { since, until }, width) => {
        const buckets = new Map<number, number>();
        for (const { time } of chunks)
          if (time >= since && time < until) {
            const start = Math.floor(time / (width * 1000)) * width * 1000;
            buckets.set(start, (buckets.get(start) ?? 0) + 1);
          }
        return Promise.resolve(
          [...buckets].map(([start, stdout]) => ({
            since: start,
            until: start + width * 1000,
            ...{ stdout, stderr: 0, system: 0 },
          })),
        );
      },
      write: (text) => Promise.resolve(void written.push(text)),
      ...changes,
    });
    return { result, lines: written.join('').trimEnd().split('\n'), most: () => most };
  };

  it('writes every line in order, with ten fetches at most at once', async () => {
    const spread = numbered(30_000, 1).map((each, at) => ({ ...each, time: 10 * hour + at * 6 }));
    const { result, lines, most } = await download({}, spread);
    expect(result).toEqual({ read: 30_000, total: 30_000, written: 30_000, cut: [] });
    expect(lines.slice(1).map((each) => Number(each.split(' ').at(-1)))).toEqual(spread.map((_, at) => at));
    expect(most()).toBeGreaterThan(3);
    expect(most()).toBeLessThanOrEqual(10);
  });

  it('joins lines and tracebacks that two fetches share, and applies the filter', async () => {
    const text = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x\n'.repeat(
      3000,
    );
    const chunks = cutAt(
      text,
      Array.from({ length: 9000 }, (_, at) => at * 17),
    ).map((each, at) => {
      const time = 10 * hour + at * 20;
      return chunk(each, { time, stamp: String(time * 1e6) });
    });
    const { result, lines } = await download({ format: 'json' }, chunks);
    expect(result.written).toBe(3000);
    expect(JSON.parse(lines[1]!)).toMatchObject({ kind: 'traceback', level: 'error' });
    const filtered = await download({ filter: { ...noFilter, text: '^\\d0$', regex: true } });
    expect(filtered.result.written).toBe(9);
    expect(filtered.lines[0]).toBe(
      '# Modal logs: appId="ap-1" since="1970-01-01T10:00:00.000Z" until="1970-01-01T10:03:20.000Z" level="debug" text="^\\\\d0$" regex=true entries=12000',
    );
  });

  it('fails when the expression is none, or takes too long, instead of taking every line', async () => {
    const regex = (text: string) => ({ filter: { ...noFilter, text, regex: true } });
    await expect(download(regex('('))).rejects.toMatchObject({ kind: 'invalid' });
    const slow = [chunk(`${'a'.repeat(40)}!\n`, { time: 10 * hour })];
    const problem = /takes too long\..*Change the filter/;
    await expect(download(regex('^(a+)+$'), slow)).rejects.toThrow(problem);
  });

  it('fails with what the server says, and leaves no promise behind', async () => {
    const fetch = () => Promise.reject(new ModalError('limit', 'too much'));
    await expect(download({ fetch })).rejects.toMatchObject({ kind: 'limit' });
  });
});
