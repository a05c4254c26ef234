import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

interface Shown {
  readonly size: number;
  readonly used: number;
  readonly shown: number;
  readonly masked: boolean;
  readonly holdsKey: boolean;
}

const script = path.join(import.meta.dirname, '../support/largeAnswer.ts');

async function show(...args: string[]): Promise<Shown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, ...args]);
  return JSON.parse(stdout) as Shown;
}

it.each([
  ['JSON', 'application/json', '', false],
  ['JSON that repeats the key', 'application/json', 'repeated', true],
  ['Markdown', 'text/markdown', '', false],
  ['plain text', 'text/plain', '', false],
])(
  'a large answer is in memory once while its text is shown: %s',
  async (_, type, kind, masked) => {
    const answer = await show('90', type, kind);
    expect(answer).toMatchObject({ masked, holdsKey: false });
    expect(answer.size).toBeGreaterThan(89);
    expect(answer.shown).toBeGreaterThan(1024 * 1024);
    expect(answer.used).toBeLessThan(answer.size * 1.5);
  },
  60_000,
);
