/** The past of a log, with the real SDK: ranges, filters, counts, a file. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bucketTotal } from '../../src/domain/histogram.ts';
import type { LogEntry } from '../../src/domain/logEntry.ts';
import type { LogFilter } from '../../src/domain/logFilter.ts';
import { compileFilter, noFilter } from '../../src/domain/logFilter.ts';
import { countHistogram } from '../../src/features/logs/core/histogram.ts';
import { RangeLog } from '../../src/features/logs/core/rangeLog.ts';
import { saveLogs } from '../../src/features/logs/core/saveLogs.ts';
import { poll } from '../ui/kit/poll.ts';
import { TestWorld, fixture } from './support/world.ts';

const emitted = 6000;
let world: TestWorld;
let appId: string;
let folder: string;

beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'past-'));
  ({ appId } = await world.deploy(fixture('plain_function.py')));
  await world.simulator.admin('POST', '/faults', { logClockSeconds: -1200 });
  await world.simulator.admin('POST', '/logs/emit', {
    ...{ appId, linesPerSecond: 6000, seconds: 1, text: 'needle ERROR', containers: 3, chunkCharacters: 9 },
  });
  await poll(async () => ((await linesIn(range())) >= emitted ? true : undefined), {
    what: 'the lines to be there',
  });
  await world.simulator.admin('POST', '/faults', { logClockSeconds: 0 });
  await world.python('import modal; modal.Function.from_name("it-plain", "square").remote(3)');
});
afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => world.simulator.admin('DELETE', '/faults'));

const query = () => ({ appId });
/** What was emitted, and nothing of what came after. */
const range = () => ({ since: Date.now() - 3_600_000, until: Date.now() - 600_000 });
const fetch: ConstructorParameters<typeof RangeLog>[0]['fetch'] = (...call) => world.plane.fetchLogs(...call);
const count: Parameters<typeof countHistogram>[0] = (...call) => world.plane.countLogs(...call);

async function linesIn(wanted: ReturnType<typeof range>): Promise<number> {
  const log = await load(wanted);
  return log.filter((entry) => entry.kind === 'line' && entry.text.endsWith('needle ERROR')).length;
}

async function load(wanted: ReturnType<typeof range>, filter = noFilter): Promise<LogEntry[]> {
  const log = new RangeLog({ query: query(), range: wanted, filter, fetch, pageEntries: 4000 });
  while (log.older.state.kind === 'more') await log.load();
  expect(log.older.state).toMatchObject({ kind: 'start' });
  return [...log.buffer.entries()];
}

describe('a range of the past', () => {
  it('holds its own lines, whole and in order, and none from outside', async () => {
    const entries = await load(range());
    const texts = entries.flatMap((entry) => (entry.kind === 'line' ? entry.text : []));
    expect(texts).toHaveLength(emitted);
    expect(new Set(texts).size).toBe(emitted);
    expect(texts.every((text) => /^\d{8} needle ERROR$/.test(text))).toBe(true);
    const times = entries.map(({ time }) => time);
    expect(times[0]).toBeGreaterThanOrEqual(range().since);
    expect(times.at(-1)).toBeLessThan(range().until);
    expect(await load({ since: 0, until: 1000 })).toEqual([]);
  });

  it.each<[string, Partial<LogFilter>]>([
    ['a container', { containerId: 'ta-emitter1' }],
    ['a source', { source: 'stderr' }],
    ['a text', { text: '0000007' }],
    ['an expression in a container', { containerId: 'ta-emitter2', text: '5 needle', regex: true }],
    ['a level', { level: 'error' }],
    ['a call', { callId: 'fc-none' }],
  ])('shows with a filter by %s the same as when everything is loaded', async (_name, changes) => {
    const filter = { ...noFilter, ...changes };
    const wanted = range();
    const { matches } = compileFilter(filter);
    const all = (await load(wanted)).filter(matches);
    const chosen = (await load(wanted, filter)).filter(matches);
    expect(chosen).toEqual(all);
  });

  it('is counted as it is fetched, in buckets without gaps', async () => {
    const wanted = range();
    const histogram = await countHistogram(count, query(), wanted);
    const chunks = (await world.plane.fetchLogs(query(), wanted, 20_000)).flatMap((batch) => batch.chunks);
    expect(chunks.length).toBeLessThan(20_000);
    expect(histogram.buckets.reduce((sum, bucket) => sum + bucketTotal(bucket), 0)).toBe(chunks.length);
    histogram.buckets.slice(1).forEach(([since], at) => {
      expect(since - histogram.buckets[at]![0]).toBe(histogram.bucketSeconds * 1000);
    });
  });
});

describe('a download', () => {
  it.each([
    ['counts', {}],
    ['does not count', { rpc: { AppCountLogs: { code: 12 } } }],
  ])('from a server that %s is whole, and a file only then', async (name, faults) => {
    await world.simulator.admin('POST', '/faults', faults);
    const file = path.join(folder, `${name}.jsonl`);
    const what = { query: query(), filter: noFilter, range: range(), format: 'json' as const };
    const result = await saveLogs(file, { ...what, fetch, count });
    expect(result).toMatchObject({ written: emitted, cut: [] });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({ kind: 'query', appId });
    const texts = lines.slice(1).map((line) => (JSON.parse(line) as { text: string }).text);
    expect(new Set(texts).size).toBe(emitted);
    expect((await readdir(folder)).filter((each) => each.endsWith('.part'))).toEqual([]);
  });

  it('of an app that is gone says so, and leaves nothing behind', async () => {
    const file = path.join(folder, 'gone.log');
    const what = { query: { appId: 'ap-gone' }, filter: noFilter, range: range(), format: 'text' as const };
    await expect(saveLogs(file, { ...what, fetch, count })).rejects.toMatchObject({ kind: 'notFound' });
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('gone'));
  });
});
