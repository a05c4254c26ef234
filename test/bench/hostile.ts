import { setImmediate as turn } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { readers } from '../hostile/readers.ts';
import { hostileTexts, randomText } from '../hostile/texts.ts';
import { random } from '../soak/random.ts';
import type { BenchRow } from './table.ts';

const megabyte = 1024 * 1024;
const longestMs = 50;
/** Each takes a part of a second of the parser's thread, whatever it is. */
const parsed = 'Python file';
const parserTexts = new Set(['from ', 'for ', 'File "'].map((piece) => JSON.stringify(piece)));
const inputs = 34_350;
/** Texts are tried at this size first; those that take longest, at 1 MB. */
const tried = 16 * 1024;
const worstOnes = 3;
/** A pause of the collector or of the machine is no fault of the reader, so the best of these counts. */
const tries = 4;

interface Worst {
  readonly ms: number;
  readonly text: string;
  readonly name: string;
}

/** How long texts that are made to be slow hold the process up, and random ones. */
export async function benchHostile(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const table: object[] = [];
  for (const [reader, read] of Object.entries(readers)) {
    if (reader !== parsed) for (const { text } of hostileTexts(1024)) await read(text);
    const { name, text, ms } = await worst(read, reader === parsed ? parserTexts : undefined);
    const rival = await best(() => readLines(text));
    const round = (value: number) => Number(value.toFixed(1));
    table.push({
      reader,
      'worst input': name,
      bytes: text.length,
      ms: round(ms),
      'readline, ms': round(rival),
    });
    rows.push({
      what: `longest stretch over 1 MB: ${reader}, by ${name.slice(0, 40)}`,
      unit: 'ms',
      ours: ms,
      rival: { name: 'readline of Node, same text', value: rival },
      promise: `<= ${longestMs} ms`,
      met: ms <= longestMs,
    });
  }
  console.table(table);
  return [...rows, await randomInputs()];
}

async function worst(read: (text: string) => unknown, given?: ReadonlySet<string>): Promise<Worst> {
  const chosen = given ?? (await slowestOf(read));
  let longest: Worst = { ms: 0, text: '', name: '' };
  for (const { text, name } of hostileTexts(megabyte)) {
    if (!chosen.has(name)) continue;
    const ms = await best(() => read(text));
    if (ms > longest.ms) longest = { ms, text, name };
  }
  return longest;
}

async function slowestOf(read: (text: string) => unknown): Promise<ReadonlySet<string>> {
  const slowest = new Map<string, number>();
  for (const { text, name } of hostileTexts(tried)) slowest.set(name, await longestStretch(() => read(text)));
  const names = [...slowest].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return new Set(names.slice(0, worstOnes));
}

async function best(job: () => unknown): Promise<number> {
  let least = Infinity;
  for (let at = 0; at < tries; at++) least = Math.min(least, await longestStretch(job));
  return least;
}

async function readLines(text: string): Promise<void> {
  const lines = createInterface({ input: Readable.from([text]) });
  const ended = new Promise((resolve) => lines.once('close', resolve));
  lines.on('line', () => undefined);
  await ended;
}

/** In milliseconds of the processor: what else the machine does is no time of the reader. */
function spent(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The longest time in which nothing else had its turn. */
async function longestStretch(job: () => unknown): Promise<number> {
  let running = true;
  let longest = 0;
  let last = spent();
  const watch = (async () => {
    while (running) {
      await turn();
      const now = spent();
      longest = Math.max(longest, now - last);
      last = now;
    }
  })();
  await turn();
  await job();
  running = false;
  await watch;
  return longest;
}

async function randomInputs(): Promise<BenchRow> {
  const next = random(1);
  const chosen = Object.entries(readers).filter(([name]) => name !== parsed);
  let slowest = 0;
  let exceptions = 0;
  for (let at = 0; at < inputs; at++) {
    const [name, read] = chosen[at % chosen.length]!;
    const text = randomText(next, 1 + Math.floor(next() * 300));
    const start = spent();
    try {
      await read(text);
    } catch (error) {
      exceptions++;
      console.error(name, JSON.stringify(text), error);
    }
    slowest = Math.max(slowest, spent() - start);
  }
  return {
    what: `slowest of ${inputs.toLocaleString('en')} random texts to ${chosen.length} readers (${exceptions} exceptions)`,
    unit: 'ms',
    ours: slowest,
    promise: `<= ${longestMs} ms, no exception`,
    met: slowest <= longestMs && exceptions === 0,
  };
}
