import { spawn } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { noFilter } from '../../src/domain/logFilter.ts';
import type { LogEntry } from '../../src/domain/logEntry.ts';
import { EntryFeed } from '../../src/features/logs/core/entryFeed.ts';
import { EntryBuilder } from '../../src/features/logs/core/entryBuilder.ts';
import { FilteredRows } from '../../src/features/logs/core/filteredRows.ts';
import { LiveLog } from '../../src/features/logs/core/liveLog.ts';
import { LogBuffer } from '../../src/features/logs/core/logBuffer.ts';
import { cliEnvironment } from '../../src/modal/cli.ts';
import type { TestWorld } from '../integration/support/world.ts';
import { fixture } from '../integration/support/world.ts';
import type { BenchRow } from './table.ts';

const lines = 200_000;
const flow = { linesPerSecond: 50_000, seconds: 60 };
const faults = { cuts: 1000, restarts: 20, longest: 12, linesPerSecond: 500, seconds: 130 };

/** What holds a log and searches it, how fast it flows, and what comes through of it when streams break. */
export async function benchLogs(world: TestWorld): Promise<BenchRow[]> {
  return [...benchBuffer(), ...(await benchFlow(world)), ...(await benchFaults(world))];
}

const realLine = (at: number) =>
  `[2026-11-21T09:29:${String(at % 60).padStart(2, '0')}.${at % 1000}Z] INFO vllm req=req-${at} finished: ` +
  `prompt=${(at * 7) % 4000} tokens, generation throughput: ${(at / 3).toFixed(1)} tokens/s\n`;

/** Lines as they come from the wire, one in a chunk, of 40 containers and many calls. */
function fill(buffer: LogBuffer, count: number): void {
  const builder = new EntryBuilder(buffer);
  for (let at = 0; at < count; at++)
    builder.push({
      entryId: '',
      time: 1_795_256_000_000 + at,
      source: 'stdout',
      text: Buffer.from(realLine(at)).toString(),
      containerId: `ta-01KABCDEFGHJKMNPQRSTVW${at % 40}`,
      functionId: 'fu-01KABCDEFGHJKMNPQRSTVW',
      callId: `fc-01KABCDEFGHJKMNPQRSTVW${Math.floor(at / 20)}`,
    });
  builder.flush();
}

function benchBuffer(): BenchRow[] {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const buffer = new LogBuffer();
  fill(buffer, lines * 1.5);
  collect();
  const megabytes = (process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before) / 1e6;
  const times: number[] = [];
  for (const text of ['throughput: 13.\\.\\d tokens', 'error|req-1999', 'zzz', 'req=\\S+7 finished']) {
    const rows = new FilteredRows(buffer, { ...noFilter, text, regex: true });
    const start = performance.now();
    rows.refreshAll();
    times.push(performance.now() - start);
    rows.dispose();
  }
  const regex = Math.max(...times);
  const held = `${buffer.size.toLocaleString('en')} lines held`;
  return [
    {
      what: held,
      unit: 'MB',
      ours: megabytes,
      promise: '<= 80 MB',
      met: megabytes <= 80 && buffer.size === lines,
    },
    {
      what: 'regular expression over them, slowest of 4',
      unit: 'ms',
      ours: regex,
      promise: '<= 150 ms',
      met: regex <= 150,
    },
  ];
}

/** Counts how often each numbered line came. */
class Tally {
  readonly #seen: Uint8Array;
  received = 0;

  constructor(total: number) {
    this.#seen = new Uint8Array(total);
  }

  take(text: string): void {
    const number = /^\d{8}(?= |$)/.exec(text)?.[0];
    if (number === undefined) return;
    this.received++;
    const at = Number(number);
    this.#seen[at] = Math.min(255, (this.#seen[at] ?? 0) + 1);
  }

  get lost(): number {
    return this.#seen.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0);
  }

  get repeated(): number {
    return this.#seen.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
  }
}

async function withApp<T>(world: TestWorld, job: (appId: string) => Promise<T>): Promise<T> {
  const { appId } = await world.deploy(fixture('plain_function.py'));
  try {
    return await job(appId);
  } finally {
    await world.plane.stopApp(appId);
  }
}

/** Our whole way, from the SDK to the messages for the view. */
function followOurs(world: TestWorld, appId: string, tally: Tally, pauseMs?: number) {
  const buffer = new LogBuffer();
  const add = buffer.add.bind(buffer);
  const update = buffer.update.bind(buffer);
  const count = (entry: LogEntry) => {
    if (entry.kind === 'line' && !entry.partial) tally.take(entry.text);
  };
  buffer.add = (entry) => {
    count(entry);
    return add(entry);
  };
  buffer.update = (row, entry) => {
    count(entry);
    return update(row, entry);
  };
  let messages = 0;
  const feed = new EntryFeed(buffer, {
    send: ({ number }) => {
      messages++;
      feed.acknowledge(number);
    },
  });
  const live = new LiveLog({
    query: { appId },
    open: (...call) => world.plane.streamLogs(...call),
    fetch: (...call) => world.plane.fetchLogs(...call),
    onState: () => undefined,
    buffer,
    ...(pauseMs === undefined ? {} : { sleep: () => sleep(pauseMs) }),
  });
  const run = live.run();
  return {
    messages: () => messages,
    stop: async () => {
      live.stop();
      await run;
      feed.dispose();
    },
  };
}

async function followCli(world: TestWorld, appId: string, tally: Tally) {
  const env = cliEnvironment(world.env, await world.planes.connection());
  const { command, args } = world.cli;
  const child = spawn(command, [...args, 'app', 'logs', appId, '-f'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => tally.take(line));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function settled(tally: Tally, total: number, withinMs: number): Promise<number> {
  const start = performance.now();
  while (tally.received < total && performance.now() - start < withinMs) await sleep(20);
  return performance.now() - start;
}

async function benchFlow(world: TestWorld): Promise<BenchRow[]> {
  const total = flow.linesPerSecond * flow.seconds;
  const text = 'INFO a line of ordinary length, as a server writes one for each of its requests';
  return withApp(world, async (appId) => {
    const ours = new Tally(total);
    const followed = followOurs(world, appId, ours);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await sleep(500);
    delay.enable();
    await world.simulator.admin('POST', '/logs/emit', { appId, text, ...flow });
    await sleep(flow.seconds * 1000);
    const behind = await settled(ours, total, 120_000);
    delay.disable();
    const p99 = delay.percentile(99) / 1e6;
    const messages = followed.messages() / (flow.seconds + behind / 1000);
    await followed.stop();
    const theirs = new Tally(total);
    const start = performance.now();
    const cli = await followCli(world, appId, theirs);
    await settled(theirs, total, 240_000);
    const cliRate = theirs.received / ((performance.now() - start) / 1000);
    await cli.stop();
    const rate = ours.received / (flow.seconds + behind / 1000);
    const wrong = ours.lost + ours.repeated;
    return [
      {
        what: `lines a second for a minute (${wrong} lost or repeated)`,
        unit: '/s',
        ours: rate,
        rival: { name: 'modal app logs -f, reading them afterwards', value: cliRate },
        promise: '50,000, none lost',
        met: wrong === 0 && behind < 3000,
      },
      { what: "host's delay meanwhile, p99", unit: 'ms', ours: p99, promise: '<= 30 ms', met: p99 <= 30 },
      {
        what: 'messages to the view',
        unit: '/s',
        ours: messages,
        promise: '<= 30 a second',
        met: messages <= 30,
      },
    ];
  });
}

async function benchFaults(world: TestWorld): Promise<BenchRow[]> {
  const { linesPerSecond, seconds: duration } = faults;
  const rate = { linesPerSecond, seconds: duration };
  const total = linesPerSecond * duration;
  return withApp(world, async (appId) => {
    const ours = new Tally(total);
    const theirs = new Tally(total);
    const cli = await followCli(world, appId, theirs);
    const followed = followOurs(world, appId, ours, 5);
    await sleep(3000);
    await world.simulator.admin('POST', '/logs/emit', { appId, text: 'x', chunkCharacters: 7, ...rate });
    const every = faults.cuts / faults.restarts;
    for (let at = 1; at <= faults.cuts; at++) {
      await sleep(100);
      const seconds = at === faults.cuts / 2 ? faults.longest : 0.3;
      if (at % every === 0) await world.simulator.admin('POST', '/streams/restart', { seconds });
      await world.simulator.admin('POST', '/streams/cut');
    }
    await settled(ours, total, 60_000);
    await sleep(5000);
    await cli.stop();
    await followed.stop();
    const [mine, rival] = [ours, theirs].map(({ lost, repeated }) => total - lost - repeated) as [
      number,
      number,
    ];
    return [
      {
        what: `lines that came once, of ${total} in ${faults.cuts} cuts and ${faults.restarts} restarts, one of ${faults.longest} s`,
        unit: '',
        ours: mine,
        rival: { name: 'modal app logs -f', value: rival },
        promise: 'all',
        met: mine === total,
      },
    ];
  });
}
