import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { readers } from '../../hostile/readers.ts';
import { randomText } from '../../hostile/texts.ts';
import { random } from '../../soak/random.ts';
import type { ModalScript } from '../../../src/domain/script.ts';
import { tooLong } from '../../../src/features/workspace/core/tooLong.ts';
import { ParserThread } from '../../../src/features/workspace/core/parserThread.ts';

/** Long enough that a reader which takes time by the square of it would not come to its end here. */
const size = 64 * 1024;
/** The parser's thread is ended after a time that it is given, so it reads fewer. */
const limitMs = 60_000;
const slow = new Set(['Python file']);

/** @returns the text that a reader is at when its time is over; '' when it comes to its end */
async function hangsAt(reader: string): Promise<string> {
  const worker = new Worker(new URL('../../hostile/worker.ts', import.meta.url), {
    workerData: { reader, size },
    env: {},
    execArgv: [],
  });
  let at = 'the start';
  try {
    return await new Promise<string>((resolve, reject) => {
      const limit = setTimeout(() => resolve(at), limitMs);
      worker.on('message', ({ begins, done }: { begins?: string; done?: true }) => {
        at = begins ?? at;
        if (!done) return;
        clearTimeout(limit);
        resolve('');
      });
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}

describe('texts that are made to be slow', () => {
  it.each(Object.entries(readers).filter(([name]) => !slow.has(name)))(
    'are read to their end: %s',
    async (name) => {
      expect(await hangsAt(name)).toBe('');
    },
    limitMs * 2,
  );

  it('are read without an exception, whatever stands beside what', async () => {
    const next = random(20_261);
    for (const [name, read] of Object.entries(readers).filter(([each]) => !slow.has(each)))
      for (let at = 0; at < 150; at++) {
        const text = randomText(next, 400);
        await expect(Promise.resolve(read(text)), `${name}: ${JSON.stringify(text)}`).resolves.not.toThrow();
      }
  }, 60_000);
});

describe('the thread that reads Python', () => {
  const file = new URL('../../../src/features/workspace/core/parserWorker.ts', import.meta.url);

  it('gives up a file that takes too long, and reads the next one', async () => {
    const thread = new ParserThread<string, ModalScript>(file, tooLong, 1500);
    let turns = 0;
    const counting = setInterval(() => turns++, 10);
    const [hostile, usual] = await Promise.all([
      thread.ask(`import modal\n${'File "'.repeat(100_000)}`),
      thread.ask('import modal\napp = modal.App("a")\n'),
    ]);
    clearInterval(counting);
    expect(hostile.apps).toEqual([]);
    expect(hostile.problems[0]?.message).toContain('takes too long to parse');
    expect(usual.apps.map(({ name }) => name)).toEqual(['a']);
    expect(turns).toBeGreaterThan(10);
    thread.dispose();
  }, 30_000);

  it('ends what waits when it is disposed', async () => {
    const thread = new ParserThread<string, ModalScript>(file, tooLong);
    const waiting = thread.ask('import modal\n');
    thread.dispose();
    await expect(waiting).rejects.toThrow('no longer being read');
    await sleep(0);
  });
});
