import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ScriptPlan } from '../../../../src/features/workspace/core/running/scriptProcess.ts';
import type { CommandServices } from '../../../../src/features/deploy/core/appCommand.ts';
import { ScriptCommand } from '../../../../src/features/workspace/core/running/scriptCommand.ts';
import type { ServeState } from '../../../../src/features/workspace/core/running/serve.ts';
import { ServeWatcher } from '../../../../src/features/workspace/core/running/serve.ts';
import { datedRates } from '../../../../src/domain/cost.ts';

const plan: ScriptPlan = {
  kind: 'serve',
  script: '/nowhere/web.py',
  cwd: '/nowhere',
  runnable: '',
  environment: 'main',
  units: [],
  complete: true,
  rates: datedRates,
  args: [],
  shownArgs: [],
};
const services = {
  plane: { listApps: () => Promise.resolve([]) },
  logger: { warn: () => undefined },
} as unknown as CommandServices;

let states: ServeState[];
let watcher: ServeWatcher;
const failures = () => states.flatMap((state) => (state.kind === 'reloadFailed' ? [state.error] : []));
const silence = () => vi.advanceTimersByTimeAsync(10_000);
/** The report reads the script, which takes as long as it takes. */
const told = (count: number) => vi.waitUntil(() => failures().length === count);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  states = [];
  watcher = new ServeWatcher(new ScriptCommand(plan), services, (state) => states.push(state));
  watcher.take('Serving... hit Ctrl-C to stop!', 'stdout');
});
afterEach(() => {
  watcher.dispose();
  vi.useRealTimers();
});

function failReload(text: string): void {
  watcher.take('Process SpawnProcess-2:', 'stderr');
  watcher.take('Traceback (most recent call last):', 'stderr');
  watcher.take(`ValueError: ${text}`, 'stderr');
}

describe('a failed reload', () => {
  it('is told once: what containers write afterwards is no part of it', async () => {
    failReload('one');
    await silence();
    await told(1);
    watcher.take('a warning of the last version', 'stderr');
    await silence();
    failReload('two');
    await silence();
    await told(2);
    expect(failures().map(({ message }) => message)).toEqual(['ValueError: one.', 'ValueError: two.']);
  });

  it('is forgotten when the next reload begins before it was told', async () => {
    failReload('one');
    watcher.take('Serve process 77 terminated', 'stdout');
    watcher.take('a warning of the last version', 'stderr');
    await silence();
    failReload('two');
    await silence();
    await told(1);
    expect(failures()[0]!.message).toBe('ValueError: two.');
    expect(states.map(({ kind }) => kind)).toContain('reloading');
  });

  it('is told although containers never stop writing', async () => {
    failReload('one');
    for (let line = 0; line < 5000; line++) watcher.take(`busy ${line}`, 'stderr');
    await told(1);
    expect(failures()[0]!.message).toBe('ValueError: one.');
  });
});
