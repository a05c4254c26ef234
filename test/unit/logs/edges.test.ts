/** What stands just at the edge: of a message, an outline, a page of a log, a part of a download. */
import { describe, expect, it, vi } from 'vitest';
import type { LogBatch, LogCount } from '../../../src/domain/log.ts';
import type { DocumentSection } from '../../../src/features/logs/core/logDocument.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { outlineOf } from '../../../src/features/logs/core/documentOutline.ts';
import { downloadLogs } from '../../../src/features/logs/core/download.ts';
import type { FeedMessage } from '../../../src/features/logs/core/entryFeed.ts';
import { EntryFeed } from '../../../src/features/logs/core/entryFeed.ts';
import { FilteredRows } from '../../../src/features/logs/core/filteredRows.ts';
import { LogHistory } from '../../../src/features/logs/core/history.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { planFetches } from '../../../src/features/logs/core/timeBuckets.ts';
import { chunk, line } from './support.ts';

it.each([
  ['just so many characters', ['aaaaa', 'bbbbb', 'ccccc'], 2],
  ['one more', ['aaaaa', 'bbbbb', 'cccccc'], 1],
  ['a row that is too large alone', ['aaaaa', 'c'.repeat(11)], 1],
])('a message of ten characters takes %s', async (_what, texts, count) => {
  vi.useFakeTimers();
  const buffer = new LogBuffer();
  const messages: FeedMessage[] = [];
  const feed = new EntryFeed(buffer, { mostCharacters: 10, send: (message) => messages.push(message) });
  texts.forEach((text, time) => buffer.add(line(text, { time })));
  await vi.advanceTimersByTimeAsync(50);
  expect(messages[0]?.rows).toHaveLength(count);
  feed.dispose();
  vi.useRealTimers();
});

it('rows that a view has not seen yet are not told as updated', () => {
  const buffer = new LogBuffer();
  const rows = new FilteredRows(buffer);
  buffer.add(line('seen', { time: 1 }));
  rows.refreshAll();
  rows.takeChanges();
  buffer.update(0, line('seen again', { time: 1 }));
  buffer.add(line('new', { time: 2 }));
  rows.refreshAll();
  buffer.update(1, line('new again', { time: 2 }));
  rows.refreshAll();
  expect(rows.takeChanges()).toEqual({ from: 1, updated: [0], reset: false });
  rows.dispose();
});

describe('the outline of a document with too many sections', () => {
  const section = (
    kind: DocumentSection['kind'],
    firstLine: number,
    lines = 2,
    children: DocumentSection[] = [],
  ): DocumentSection => ({ kind, name: '', firstLine, lastLine: firstLine + lines - 1, children });

  it('has the longest beside the tracebacks, as many as it may, in the order of their lines', () => {
    const sections = [
      section('container', 0, 3),
      section('traceback', 10),
      section('container', 20, 9),
      section('container', 30, 5),
      section('container', 40, 1),
      section('traceback', 50),
    ];
    expect(outlineOf(sections, 4).map(({ firstLine }) => firstLine)).toEqual([10, 20, 30, 50]);
    expect(outlineOf(sections, 6)).toEqual(sections);
  });

  it('has the newest tracebacks where those alone are too many', () => {
    const sections = [0, 10, 20].map((at) => section('traceback', at));
    expect(outlineOf(sections, 2).map(({ firstLine }) => firstLine)).toEqual([10, 20]);
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

it('rows that a full buffer drops count as none that were put before', () => {
  const buffer = new LogBuffer({ rows: 2, bytes: 1_000_000 });
  const { changes } = buffer.read();
  for (let time = 0; time < 3; time++) buffer.add(line(`${time}`, { time }));
  expect(buffer.size).toBe(2);
  expect(changes.prepended).toBe(0);
});

describe('parts of a download', () => {
  const count = (at: number, entries: number): LogCount => ({
    ...{ since: at, until: at + 10, stdout: entries, stderr: 0, system: 0 },
  });
  const parts = (...counts: LogCount[]) =>
    planFetches(counts, { since: 0, until: 1000 }).map(({ since, until }) => [since, until]);

  it('join neighbours, up to about 2,000 entries', () => {
    expect(parts(count(0, 1000), count(10, 999), count(20, 5))).toEqual([[0, 30]]);
    expect(parts(count(0, 1000), count(10, 1000), count(20, 5))).toEqual([
      [0, 20],
      [20, 30],
    ]);
  });

  it('join nothing over a gap', () => {
    const two = [
      [0, 10],
      [20, 30],
    ];
    expect(parts(count(0, 5), count(20, 5))).toEqual(two);
    expect(parts(count(0, 5), count(10, 0), count(20, 5))).toEqual(two);
  });

  it('have no more than one answer may hold', () => {
    expect(parts(count(0, 1000), count(10, 19_000))).toEqual([[0, 20]]);
    expect(parts(count(0, 1000), count(10, 19_001))).toEqual([
      [0, 10],
      [10, 20],
    ]);
  });
});
