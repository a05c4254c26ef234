import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/domain/logEntry.ts';
import { entryText } from '../../../src/domain/logEntry.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { EntryFeed } from '../../../src/features/logs/core/entryFeed.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { MergedLog } from '../../../src/features/logs/core/mergedLog.ts';
import { chunk, entriesOf, line } from './support.ts';

const merged: MergedLog[] = [];
afterEach(() => {
  for (const log of merged.splice(0)) log.dispose();
});

function merge(...buffers: LogBuffer[]): MergedLog {
  const log = new MergedLog(buffers);
  merged.push(log);
  return log;
}

const texts = (log: MergedLog) => [...log.buffer.entries()].map(entryText);
const add = (buffer: LogBuffer, text: string, time: number) =>
  buffer.add(line(text, { time, containerId: text.slice(0, 1) }));

async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo() && turns < 10_000; turns++) await turn();
}

describe('several logs as one', () => {
  it('stand in the order of time, those that were there and those that come', async () => {
    const [a, b] = [new LogBuffer(), new LogBuffer()];
    add(a, 'a1', 1);
    add(a, 'a3', 3);
    add(b, 'b2', 2);
    add(b, 'b4', 4);
    const log = merge(a, b);
    await until(() => log.buffer.size === 4);
    add(b, 'b6', 6);
    add(a, 'a5', 5);
    await until(() => log.buffer.size === 6);
    expect(texts(log)).toEqual(['a1', 'b2', 'a3', 'b4', 'a5', 'b6']);
    const rows = [0, 1, 2, 3, 4, 5].map((at) => log.buffer.rowAt(log.buffer.first + at));
    expect(rows.map((row) => log.sourceOf(row))).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it('take each row once, with its updates, also when it came late', async () => {
    const a = new LogBuffer();
    const log = merge(a, new LogBuffer());
    const row = add(a, 'a1 half', 1000);
    await until(() => log.buffer.size === 1);
    a.add(line('b0 late', { time: 900, containerId: 'b' }));
    a.update(row, line('a1 whole', { time: 1000, containerId: 'a' }));
    await until(() => texts(log).includes('a1 whole') && log.buffer.size === 2);
    expect(texts(log).sort()).toEqual(['a1 whole', 'b0 late']);
  });

  it('go on after one of them was cleared', async () => {
    const a = new LogBuffer();
    const log = merge(a);
    add(a, 'a1', 1);
    await until(() => log.buffer.size === 1);
    a.clear();
    add(a, 'a2', 2);
    await until(() => log.buffer.size === 2);
    expect(texts(log)).toEqual(['a1', 'a2']);
  });

  it('take over older rows, those that were loaded before and those that are loaded later', async () => {
    const [a, b] = [new LogBuffer(), new LogBuffer()];
    add(a, 'a5', 5);
    add(b, 'b6', 6);
    a.prepend([line('a1', { time: 1, containerId: 'a' })]);
    const log = merge(a, b);
    await until(() => log.buffer.size === 3);
    b.prepend([line('b0', { time: 0, containerId: 'b' }), line('b4', { time: 4, containerId: 'b' })]);
    await until(() => log.buffer.size === 5);
    expect(texts(log)).toEqual(['b0', 'a1', 'b4', 'a5', 'b6']);
    const rows = [0, 1, 2, 3, 4].map((at) => log.buffer.rowAt(log.buffer.first + at));
    expect(rows.map((row) => log.sourceOf(row))).toEqual([1, 0, 1, 0, 1]);
  });

  it('do not block while much is taken over', async () => {
    const a = new LogBuffer();
    for (let at = 0; at < 100_000; at++) add(a, `a${at}`, at);
    const log = merge(a);
    await turn();
    await turn();
    expect(log.buffer.size).toBeGreaterThan(0);
    await until(() => log.buffer.size === 100_000);
    expect(texts(log).at(-1)).toBe('a99999');
  });
});

describe('a row that is looked for again', () => {
  it('is found under another filter, or what comes after it', async () => {
    const buffer = new LogBuffer();
    const [one, two] = ['one', 'two', 'three', 'four'].map((text, at) => add(buffer, text, at));
    let isReady = false;
    const feed: EntryFeed = new EntryFeed(buffer, {
      everyMs: 0,
      send: ({ number, isFiltering }) => {
        feed.acknowledge(number);
        isReady = !isFiltering;
      },
    });
    await until(() => isReady);
    expect([feed.placeOf(one!), feed.placeOf(two!)]).toEqual([feed.first, feed.first + 1]);
    isReady = false;
    feed.setFilter({ ...noFilter, text: 'o' });
    await until(() => isReady);
    const found = feed.placeOf(two!)!;
    expect([...feed.entries(found, found + 1)].map(entryText)).toEqual(['two']);
    isReady = false;
    feed.setFilter({ ...noFilter, text: 'r' });
    await until(() => isReady);
    const after = feed.placeOf(two!)!;
    expect([...feed.entries(after, feed.end)].map(entryText)).toEqual(['three', 'four']);
    feed.dispose();
  });
});

describe('a start of a container', () => {
  const phases = (...names: readonly (NonNullable<Parameters<typeof chunk>[1]>['phase'] & string)[]) =>
    entriesOf(names.map((phase, at) => chunk('', { phase, time: 1000 * at * at })));
  const before = (entry: LogEntry | undefined) =>
    entry?.kind === 'phase' ? entry.before?.map(({ phase, seconds }) => `${phase} ${seconds}`) : undefined;

  it('says what came before each state, and how long it took', () => {
    const entries = phases('queued', 'creating', 'loading', 'running', 'idle');
    expect(before(entries[0])).toBeUndefined();
    expect(before(entries[3])).toEqual(['queued 1', 'creating 3', 'loading 5']);
    // It has started: what comes now is no part of the start.
    expect(before(entries[4])).toBeUndefined();
  });
});
