import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import type { DownloadOptions } from '../../../src/features/logs/core/download.ts';
import { downloadLogs } from '../../../src/features/logs/core/download.ts';
import { earlier, hour, numbered } from './earlierKit.ts';
import { chunk, cutAt } from './support.ts';

describe('a download', () => {
  const download = async (changes: Partial<DownloadOptions>, chunks = numbered(12_000)) => {
    let running = 0;
    let most = 0;
    const written: string[] = [];
    const fetch = earlier(chunks);
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

it('a download asks for narrower and narrower parts where each has too many lines', async () => {
  const widths: number[] = [];
  await downloadLogs({
    ...{ query: { appId: 'ap-1' }, filter: noFilter, format: 'text', write: () => Promise.resolve() },
    range: { since: 0, until: 86_400_000 },
    count: (_query, { since, until }, width) => {
      widths.push(width);
      return Promise.resolve([{ since, until, stdout: 20_001, stderr: 0, system: 0 }]);
    },
    fetch: () => Promise.resolve([]),
  });
  expect(widths).toHaveLength(4);
  expect(widths).toEqual([...new Set(widths)].sort((a, b) => b - a));
});
