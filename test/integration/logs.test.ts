import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { entryText } from '../../src/domain/logEntry.ts';
import { noFilter } from '../../src/domain/logFilter.ts';
import { downloadLogs } from '../../src/features/logs/core/download.ts';
import { LiveLog } from '../../src/features/logs/core/liveLog.ts';
import type { FollowerOptions } from '../../src/features/logs/core/follower.ts';
import { FollowedLog } from './support/logs.ts';
import { TestWorld, fixture } from './support/world.ts';

let world: TestWorld;
let appId: string;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());
afterEach(async () => {
  await world.simulator.admin('DELETE', '/faults');
  if (appId) await world.plane.stopApp(appId).catch(() => undefined);
});

const deploy = async () => ({ appId } = await world.deploy(fixture('plain_function.py')));
const emit = (changes: Readonly<Record<string, unknown>>) =>
  world.simulator.admin('POST', '/logs/emit', { appId, ...changes });
const cut = () => world.simulator.admin('POST', '/streams/cut');
const soon: FollowerOptions['sleep'] = () => sleep(5);
const numbers = (count: number) => Array.from({ length: count }, (_, at) => String(at).padStart(8, '0'));
const numberOf = (line: string) => line.slice(0, 8);

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo() && waited < 600; waited++) await sleep(50);
}

describe('a log that is followed', () => {
  it('comes through a hundred cuts and ten restarts byte for byte, also inside lines and characters', async () => {
    await deploy();
    const log = new FollowedLog(world.plane, { appId }, { sleep: soon });
    const total = 20_000;
    const text = 'größer \u{1f600}\u{1f680} 語';
    await emit({ linesPerSecond: 4000, seconds: 5, text, containers: 3, chunkCharacters: 7 });
    for (let at = 0; at < 110; at++) {
      await sleep(30);
      if (at % 11 === 10) await world.simulator.admin('POST', '/streams/restart', { seconds: 0.1 });
      else await cut();
    }
    await until(() => log.lineCount >= total);
    await log.stop();
    // Cuts that follow faster than the line comes back are one break; how many, depends on the machine.
    expect(log.marks.filter(({ event }) => event === 'broke').length).toBeGreaterThan(2);
    expect(log.marks.filter(({ event }) => event === 'resumed').every(({ missing }) => missing === 0)).toBe(
      true,
    );
    expect(log.lines.map((line) => line.slice(8))).toEqual(numbers(total).map(() => ` ${text}`));
    expect(log.lines.map(numberOf).sort()).toEqual(numbers(total));
    for (const container of [0, 1, 2]) {
      const own = log.entries.flatMap((entry) =>
        entry.kind === 'line' && entry.containerId === `ta-emitter${container}` ? numberOf(entry.text) : [],
      );
      expect(own).toEqual(numbers(total).filter((_, at) => at % 3 === container));
    }
  });

  it.each([
    ['repeats everything', { logResume: 'repeat' }],
    ['refuses a place', { logResume: 'refuse' }],
    ['goes on with what is new', { logResume: 'now', logEntryIds: 'missing' }],
    ['sends no entry ids', { logEntryIds: 'missing' }],
    ['sends some entry ids', { logEntryIds: 'some' }],
    ['sends entry ids of the batch before', { logEntryIds: 'stale' }],
  ])('has no gap and no repeat on a server that %s', async (_name, faults) => {
    await deploy();
    await world.simulator.admin('POST', '/faults', faults);
    const log = new FollowedLog(world.plane, { appId }, { sleep: soon });
    const total = 3000;
    await emit({ linesPerSecond: 1500, seconds: 2, containers: 2 });
    for (let at = 0; at < 12; at++) {
      await sleep(150);
      await cut();
    }
    await until(() => log.lineCount >= total);
    await sleep(200);
    await log.stop();
    expect(log.marks.filter(({ event }) => event === 'broke').length).toBeGreaterThan(2);
    expect(log.lines.map(numberOf).sort()).toEqual(numbers(total));
  });

  it('says that lines may be missing where nobody can say', async () => {
    await deploy();
    const faults = { logResume: 'now', logEntryIds: 'missing', rpc: { AppFetchLogs: { code: 12 } } };
    await world.simulator.admin('POST', '/faults', faults);
    const log = new FollowedLog(world.plane, { appId }, { sleep: soon });
    await emit({ linesPerSecond: 200, seconds: 2 });
    await until(() => log.lineCount > 50);
    await cut();
    await until(() => log.marks.length >= 2);
    await log.stop();
    expect(log.marks[1]).toMatchObject({ event: 'resumed', bad: true });
    expect(log.marks[1]).not.toHaveProperty('missing');
  });

  it('is whole when the clock of the server jumps', async () => {
    await deploy();
    const log = new FollowedLog(world.plane, { appId }, { sleep: soon });
    for (const logClockSeconds of [0, 3600, -3600, 1]) {
      await world.simulator.admin('POST', '/faults', { logClockSeconds });
      const before = log.lineCount;
      await emit({ linesPerSecond: 1000, seconds: 0.5, text: `clock ${logClockSeconds}` });
      await sleep(200);
      await cut();
      await until(() => log.lineCount >= before + 500);
      expect(log.lineCount).toBe(before + 500);
    }
    await log.stop();
    expect(new Set(log.lines).size).toBe(2000);
  });

  it('tells 500 containers apart', async () => {
    await deploy();
    const log = new FollowedLog(world.plane, { appId }, { sleep: soon });
    await emit({ linesPerSecond: 10_000, seconds: 1, containers: 500, chunkCharacters: 5, text: 'x' });
    await sleep(400);
    await cut();
    await until(() => log.lineCount >= 10_000);
    await log.stop();
    expect(log.lines.map(numberOf).sort()).toEqual(numbers(10_000));
    for (const entry of log.entries)
      if (entry.kind === 'line')
        expect(entry.containerId).toBe(`ta-emitter${Number(numberOf(entry.text)) % 500}`);
  });

  it('ends with the app, and says so; one that is gone is not asked for again', async () => {
    await deploy();
    const log = new FollowedLog(world.plane, { appId }, { sleep: soon });
    await emit({ linesPerSecond: 100, seconds: 0.2 });
    await until(() => log.lineCount >= 20);
    await world.plane.stopApp(appId);
    await log.run;
    expect(log.states.at(-1)).toEqual({ kind: 'ended', reason: 'The app has ended.', refused: false });
    expect(log.lines.filter((text) => /^\d{8}$/.test(text))).toEqual(numbers(20));
    const gone = new FollowedLog(world.plane, { appId: 'ap-gone' });
    await gone.run;
    expect(gone.states.at(-1)).toMatchObject({ kind: 'ended', refused: true });
  });

  it('never writes a line into the log of the extension', async () => {
    await deploy();
    const log = new FollowedLog(world.plane, { appId }, { sleep: soon });
    await emit({ linesPerSecond: 100, seconds: 0.3, text: 'CANARY-LOG-TEXT' });
    await sleep(100);
    await cut();
    await until(() => log.lineCount >= 30);
    await log.stop();
    expect(log.lineCount).toBe(30);
    expect(world.logged.join('\n')).not.toContain('CANARY-LOG-TEXT');
  });
});

describe('the past', () => {
  const count = 9000;
  beforeAll(async () => {
    await deploy();
    await emit({
      linesPerSecond: 10_000,
      seconds: count / 10_000,
      text: 'needle 7',
      containers: 3,
      chunkCharacters: 6,
    });
    await sleep(1500);
  });
  const range = () => ({ since: Date.now() - 600_000, until: Date.now() + 60_000 });

  it('is counted, and the newest of it is fetched', async () => {
    const counts = await world.plane.countLogs({ appId }, range(), 20);
    const chunks = counts.reduce((sum, { stdout }) => sum + stdout, 0);
    const batches = await world.plane.fetchLogs({ appId, source: 'stdout' }, range(), 20_000);
    expect(batches.flatMap((batch) => batch.chunks)).toHaveLength(Math.min(chunks, 20_000));
    const newest = await world.plane.fetchLogs({ appId }, range(), 10);
    const all = batches.flatMap((batch) => batch.chunks);
    expect(newest.flatMap((batch) => batch.chunks).map(({ stamp }) => stamp)).toEqual(
      all.slice(-10).map(({ stamp }) => stamp),
    );
    expect(await world.plane.fetchLogs({ appId, source: 'stderr' }, range(), 10)).toEqual([]);
  });

  it('is loaded page by page, without a gap or a repeat, before what is live', async () => {
    await emit({ linesPerSecond: 1000, seconds: 0.5, text: 'live', containers: 3, chunkCharacters: 6 });
    await sleep(800);
    const live = new LiveLog({
      query: { appId },
      // As a server does that keeps only the last of its log for streams.
      open: async function* (...call) {
        let skip = 26_000;
        for await (const batch of world.plane.streamLogs(...call)) {
          const chunks = call[1] ? batch.chunks : batch.chunks.slice(skip);
          skip = Math.max(0, skip - batch.chunks.length);
          yield { ...batch, chunks };
        }
      },
      fetch: (...call) => world.plane.fetchLogs(...call),
      onState: () => undefined,
      sleep: soon,
    });
    const run = live.run();
    await until(() => live.buffer.size > 100);
    await sleep(300);
    const before = live.buffer.size;
    let pages = 0;
    while ((await live.history.loadOlder()).kind === 'more') pages++;
    live.stop();
    await run;
    expect(before).toBeLessThan(count);
    expect(pages).toBeGreaterThan(5);
    expect(live.history.state).toMatchObject({ kind: 'start' });
    const lines = [...live.buffer.entries()].flatMap((entry) =>
      entry.kind === 'line' && entry.source === 'stdout' ? entry.text : [],
    );
    expect(
      lines
        .filter((line) => line.endsWith(' needle 7'))
        .map(numberOf)
        .sort(),
    ).toEqual(numbers(count));
    expect(
      lines
        .filter((line) => line.endsWith(' live'))
        .map(numberOf)
        .sort(),
    ).toEqual(numbers(500));
    expect(lines).toHaveLength(count + 500);
  });

  it.each(['text', 'json'] as const)('is downloaded as %s, in order and with its query', async (format) => {
    const written: string[] = [];
    const progress: number[] = [];
    const filter = { ...noFilter, text: 'needle' };
    const result = await downloadLogs({
      query: { appId },
      filter,
      range: range(),
      format,
      fetch: (...call) => world.plane.fetchLogs(...call),
      count: (...call) => world.plane.countLogs(...call),
      write: (text) => Promise.resolve(void written.push(text)),
      onProgress: ({ read }) => progress.push(read),
    });
    expect(result).toMatchObject({ written: count, cut: [] });
    expect(result.read).toBe(result.total);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    const [header = '', ...lines] = written.join('').trimEnd().split('\n');
    expect(header).toContain(appId);
    expect(header).toContain('needle');
    const texts = lines.map((line) =>
      format === 'json' ? (JSON.parse(line) as { text: string }).text : line,
    );
    expect(texts.map((line) => /(\d{8}) needle/.exec(line)?.[1]).sort()).toEqual(numbers(count));
  });

  it('stops a download that is cancelled', async () => {
    const abort = new AbortController();
    const download = downloadLogs({
      query: { appId },
      filter: noFilter,
      range: range(),
      format: 'text',
      fetch: (...call) => world.plane.fetchLogs(...call),
      count: (...call) => world.plane.countLogs(...call),
      write: () => {
        abort.abort();
        return Promise.resolve();
      },
      signal: abort.signal,
    });
    await expect(download).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

it('shows a cold start as it happens', async () => {
  await deploy();
  const log = new FollowedLog(world.plane, { appId });
  await world.simulator.admin('POST', '/faults', { coldStartSeconds: 0.5 });
  const call = `import modal; print(modal.Function.from_name("it-plain", "square").remote(3))`;
  await world.python(call);
  await until(() => log.entries.some((entry) => entry.kind === 'phase' && entry.phase === 'idle'));
  await log.stop();
  const phases = log.entries.filter((entry) => entry.kind === 'phase');
  expect(phases.map(({ phase }) => phase).slice(0, 4)).toEqual(
    expect.arrayContaining(['queued', 'loading', 'creating']) as unknown,
  );
  expect(phases.filter(({ endedAt }) => endedAt !== undefined).length).toBeGreaterThanOrEqual(2);
  expect(log.states.map(({ kind }) => kind)).toContain('live');
  expect(phases.map(entryText)[0]).toMatch(/is queued \([\d.]+ m?s\)/);
});
