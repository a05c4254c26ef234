import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { entryText } from '../../../src/domain/logEntry.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import type { FeedMessage, FeedOptions } from '../../../src/features/logs/core/entryFeed.ts';
import { EntryFeed } from '../../../src/features/logs/core/entryFeed.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import { line } from './support.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A view that keeps every row, asks for those that it was not sent, and deals with messages when told to. */
function view(options: Partial<FeedOptions> = {}) {
  const buffer = new LogBuffer();
  const rows = new Map<number, string>();
  const messages: FeedMessage[] = [];
  const feed = new EntryFeed(buffer, { ...options, send: (message) => messages.push(message) });
  const show = (place: number, text: string) => rows.set(place, text);
  const deal = () => {
    for (const message of messages.splice(0)) {
      const { reset, from, rowsFrom, first, end } = message;
      if (reset) rows.clear();
      for (const place of [...rows.keys()]) if (place >= from || place < first) rows.delete(place);
      for (const { place, row } of message.updates) show(place, entryText(row.entry));
      message.rows.forEach(({ entry }, at) => show(rowsFrom + at, entryText(entry)));
      for (let at = from; at < rowsFrom;)
        for (const { entry } of feed.range(at, rowsFrom)) show(at++, entryText(entry));
      expect(rows.size).toBe(end - first);
      feed.acknowledge(message.number);
    }
  };
  const texts = () => [...rows].sort(([a], [b]) => a - b).map(([, text]) => text);
  return { buffer, feed, messages, deal, texts };
}

describe('the feed', () => {
  it.each([200, 201, 450])('tells of every row that changed, of %i at once', async (count) => {
    const { buffer, feed, deal, texts } = view();
    for (let at = 0; at < 500; at++) buffer.add(line(`${at}`, { time: at }));
    await vi.advanceTimersByTimeAsync(100);
    deal();
    for (let at = 20; at < 20 + count; at++) buffer.update(at, line(`${at} changed`, { time: at }));
    await vi.advanceTimersByTimeAsync(100);
    deal();
    expect(texts().filter((text) => text.endsWith('changed'))).toHaveLength(count);
    feed.dispose();
  });

  it('sends at most 30 messages a second and loses nothing', async () => {
    const { buffer, messages, deal, texts, feed } = view();
    let sent = 0;
    for (let tick = 0; tick < 100; tick++) {
      for (let at = 0; at < 500; at++) buffer.add(line(`${tick * 500 + at}`, { time: tick }));
      await vi.advanceTimersByTimeAsync(10);
      sent += messages.length;
      for (const message of messages) expect(message.rows.length).toBeLessThanOrEqual(500);
      deal();
    }
    await vi.advanceTimersByTimeAsync(100);
    sent += messages.length;
    deal();
    expect(sent).toBeLessThanOrEqual(31);
    expect(texts()).toEqual(Array.from({ length: 50_000 }, (_, at) => String(at)));
    feed.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends what comes after a rest at once', async () => {
    const { buffer, messages, deal } = view();
    await vi.advanceTimersByTimeAsync(100);
    deal();
    await vi.advanceTimersByTimeAsync(1000);
    buffer.add(line('after a rest', { time: 1 }));
    await vi.advanceTimersByTimeAsync(1);
    expect(messages).toMatchObject([{ rows: [{}] }]);
    deal();
    buffer.add(line('right after it', { time: 2 }));
    await vi.advanceTimersByTimeAsync(1);
    expect(messages).toEqual([]);
  });

  it('tells updated and late rows, and nothing else', async () => {
    const { buffer, messages, deal, texts } = view();
    const rows = [1, 2, 3, 4].map((time) => buffer.add(line(String(time), { time })));
    await vi.advanceTimersByTimeAsync(50);
    deal();
    buffer.update(rows[1]!, line('2 changed', { time: 2 }));
    await vi.advanceTimersByTimeAsync(50);
    expect(messages).toMatchObject([{ from: 4, rows: [], updates: [{ place: 1 }] }]);
    deal();
    buffer.add(line('late', { time: 3, containerId: 'ta-2' }));
    await vi.advanceTimersByTimeAsync(50);
    expect(messages).toMatchObject([{ from: 3, rowsFrom: 3, rows: [{}, {}], updates: [] }]);
    deal();
    expect(texts()).toEqual(['1', '2 changed', '3', 'late', '4']);
  });

  it('waits for a view that does not keep up, and then sends what is there now', async () => {
    const { buffer, messages, deal, texts } = view();
    for (let at = 0; at < 200; at++) {
      buffer.add(line(String(at), { time: at }));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(messages).toHaveLength(2);
    deal();
    await vi.advanceTimersByTimeAsync(100);
    expect(messages).toHaveLength(1);
    deal();
    expect(texts()).toHaveLength(200);
  });

  it('sends nothing to a hidden view, and everything that it needs when it is shown', async () => {
    const { buffer, feed, messages, deal, texts } = view();
    buffer.add(line('before'));
    await vi.advanceTimersByTimeAsync(50);
    deal();
    feed.pause();
    for (let at = 0; at < 3000; at++) buffer.add(line(String(at)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(messages).toEqual([]);
    feed.resume(false);
    await vi.advanceTimersByTimeAsync(50);
    expect(messages).toMatchObject([{ reset: false, from: 1, rowsFrom: 2501, end: 3001 }]);
    deal();
    expect(texts()).toHaveLength(3001);
    feed.pause();
    feed.resume(true);
    await vi.advanceTimersByTimeAsync(50);
    expect(messages).toMatchObject([{ reset: true, from: 0 }]);
  });

  it('tells what is held and was dropped also while the filter hides everything', async () => {
    const { buffer, feed, messages, deal } = view();
    feed.setFilter({ ...noFilter, text: 'nothing has this' });
    await vi.advanceTimersByTimeAsync(50);
    deal();
    buffer.add(line('hidden'));
    await vi.advanceTimersByTimeAsync(50);
    expect(messages).toMatchObject([{ reset: false, rows: [], isFiltering: false }]);
    deal();
    await vi.advanceTimersByTimeAsync(5000);
    expect(messages).toEqual([]);
    for (let at = 0; at < 200_000; at++) buffer.add(line('hidden', { time: at }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(messages.at(-1)).toMatchObject({ rows: [], dropped: 1 });
  });

  it('shows what an expression hid that is given up while its matches are looked for', async () => {
    const { buffer, feed, messages, deal, texts } = view();
    for (const text of [`x ${'a'.repeat(40)}!`, 'hidden']) buffer.add(line(text));
    feed.setFilter({ ...noFilter, text: 'x|(a+)+$', regex: true });
    for (let round = 0; round < 20; round++) {
      await vi.advanceTimersByTimeAsync(50);
      if (messages.at(-1)?.problem) expect(messages.at(-1)?.problem).toContain('takes too long');
      deal();
    }
    expect(texts()).toHaveLength(2);
  });

  it('sends what a filter shows, with what to highlight, and small messages of large rows', async () => {
    const { buffer, feed, messages, deal, texts } = view({ mostCharacters: 10_000 });
    for (let at = 0; at < 100; at++) buffer.add(line(`${'x'.repeat(3000)} ${at}`, { time: at }));
    await vi.advanceTimersByTimeAsync(50);
    expect(messages.map(({ rows }) => rows.length)).toEqual([3]);
    deal();
    feed.setFilter({ ...noFilter, text: ' 7\\d', regex: true });
    await vi.advanceTimersByTimeAsync(50);
    expect(messages.at(-1)).toMatchObject({
      reset: true,
      isFiltering: false,
      rows: [{}, {}, { matches: [[3000, 3003]] }],
    });
    deal();
    expect(texts()).toHaveLength(10);
  });
});

it.each([
  ['just so many characters', ['aaaaa', 'bbbbb', 'ccccc'], 2],
  ['one more', ['aaaaa', 'bbbbb', 'cccccc'], 1],
  ['a row that is too large alone', ['aaaaa', 'c'.repeat(11)], 1],
])('a message of ten characters takes %s', async (_what, texts, count) => {
  const buffer = new LogBuffer();
  const messages: FeedMessage[] = [];
  const feed = new EntryFeed(buffer, { mostCharacters: 10, send: (message) => messages.push(message) });
  texts.forEach((text, time) => buffer.add(line(text, { time })));
  await vi.advanceTimersByTimeAsync(50);
  expect(messages[0]?.rows).toHaveLength(count);
  feed.dispose();
});
