import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../../src/domain/errors.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import type { Turn } from '../../../src/store/environmentTurns.ts';
import { EnvironmentTurns, wholeTurns } from '../../../src/store/environmentTurns.ts';
import { FailureMemory } from '../../../src/store/failureMemory.ts';
import { readLists } from '../../../src/store/readLists.ts';
import { SandboxReader } from '../../../src/store/sandboxReader.ts';

const signal = new AbortController().signal;
const main = { name: 'main', isDefault: true, runningContainers: 1, runningGpus: 0 };
const nothingBefore = { sandboxes: [], moreSandboxes: [], endpoints: [] };

/** A server whose list of endpoints fails, and what it was asked. */
function failing(kind: ErrorKind) {
  const calls: string[] = [];
  let now = 0;
  const failures = new FailureMemory(() => now);
  const plane = {
    listApps: () => Promise.resolve((calls.push('apps'), [])),
    listContainers: () => Promise.resolve([]),
    listSandboxes: () => Promise.resolve((calls.push('sandboxes'), { sandboxes: [], isWhole: true })),
    listEndpoints: () => {
      calls.push('endpoints');
      return Promise.reject(new ModalError(kind, 'no'));
    },
  } as unknown as ControlPlane;
  const read = (turns: readonly Turn[]) => {
    calls.length = 0;
    const parts = { before: nothingBefore, reader: new SandboxReader(), failures, logger: silentLogger };
    return readLists(plane, turns, parts, signal);
  };
  return { calls, read, pass: (milliseconds: number) => (now += milliseconds) };
}

describe('lists beside the apps', () => {
  it('are not read where it is not their turn', async () => {
    const { calls, read } = failing('unexpected');
    await read([{ environment: main, sandboxes: false, endpoints: false }]);
    expect(calls).toEqual(['apps']);
  });

  it('that cannot be read are told, and not asked for again at once', async () => {
    const { calls, read, pass } = failing('unexpected');
    expect((await read(wholeTurns([main]))).problems).toMatchObject([
      { environment: 'main', of: 'endpoints', error: { message: 'no' } },
    ]);
    await read(wholeTurns([main]));
    expect(calls).not.toContain('endpoints');
    pass(30_000);
    await read(wholeTurns([main]));
    expect(calls).toContain('endpoints');
  });

  it('end the read where the failure is that of all lists', async () => {
    const { read } = failing('unauthenticated');
    await expect(read(wholeTurns([main]))).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
});

it('lists at most three busy and five quiet environments at once, beside the one that is worked in', () => {
  let now = 0;
  const turns = new EnvironmentTurns(() => now);
  const environments = Array.from({ length: 40 }, (_, at) => ({
    ...main,
    name: `env-${at}`,
    runningContainers: at < 20 ? 1 : 0,
  }));
  turns.noteListed(turns.choose(environments, ''));
  now = 60 * 60_000;
  expect(turns.choose(environments, '')).toHaveLength(8);
  expect(turns.choose(environments, 'env-39')).toHaveLength(9);
});

it('tells whether a thing failed the last time it was read', () => {
  const memory = new FailureMemory(() => 0);
  expect(memory.hasFailed('a')).toBe(false);
  memory.note('a', 'unexpected');
  expect([memory.hasFailed('a'), memory.hasFailed('b')]).toEqual([true, false]);
});
