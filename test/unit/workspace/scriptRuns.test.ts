/** Which serves and runs a command means, and what it says where none is meant. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ScriptRun } from '../../../src/features/workspace/ui/scriptRuns.ts';
import { ScriptRuns, isLiveRun } from '../../../src/features/workspace/ui/scriptRuns.ts';
import { runIcon, runWords } from '../../../src/features/workspace/ui/runWords.ts';

const commandOf = (abort: AbortController) => ({ id: '', cancel: () => abort.abort() });
const runOf = (changes: Partial<ScriptRun> = {}): Omit<ScriptRun, 'id'> => ({
  ...{ kind: 'serve', script: '/a.py', variable: 'app', runnable: '', title: 'a', state: 'serving' },
  ...{ words: '', endpoints: [], showLog: () => undefined },
  command: commandOf(new AbortController()),
  ...changes,
});
const go = { kind: 'run', runnable: 'go', title: 'go', state: 'running' } as const;

let runs: ScriptRuns;
let changes: number;
beforeEach(() => {
  runs = new ScriptRuns();
  changes = 0;
  runs.onDidChange(() => changes++);
});

describe('a run that a command means', () => {
  const ids = (fits: (run: ScriptRun) => boolean, named?: Parameters<ScriptRuns['meant']>[1]) =>
    runs.meant(fits, named).map(({ id }) => id);
  beforeEach(() => {
    runs.start(runOf());
    runs.start(runOf(go));
    runs.start(runOf({ ...go, runnable: 'other', title: 'other', state: 'done' }));
  });

  it('is each that fits where none was named', () => {
    expect(ids(isLiveRun)).toEqual([1, 2]);
    expect(() => ids(() => false)).toThrow('No script is running in this window.');
  });

  it('is the one of a row, and no other', () => {
    expect(ids(isLiveRun, { id: 2 })).toEqual([2]);
    expect(() => ids(isLiveRun, { id: 3 })).toThrow('other is no longer running. Start it again first.');
    expect(() => ids(({ endpoints }) => endpoints.length > 0, { id: 1 })).toThrow(
      'a has no web endpoint at the moment.',
    );
  });

  it('is those of a file, of its app, or of one function', () => {
    expect(ids(() => true, { script: '/a.py' })).toEqual([1, 2, 3]);
    expect(ids(() => true, { script: '/a.py', runnable: 'go' })).toEqual([2]);
    expect(ids(() => true, { script: '/a.py', variable: 'app' })).toEqual([1]);
    expect(ids(() => true, { script: '/a.py', variable: 'app', runnable: 'go' })).toEqual([2]);
    expect(() => ids(() => true, { script: '/b.py' })).toThrow(
      'That script is no longer running in this window. Start it again first.',
    );
    expect(() => ids(() => true, {})).toThrow(
      'That script is no longer running in this window. Start it again first.',
    );
  });
});

describe('a run', () => {
  it('takes the place of one that has ended, and is the latest of its function', () => {
    const first = runs.start(runOf({ ...go, state: 'done' }));
    const second = runs.start(runOf(go));
    const third = runs.start(runOf(go));
    expect(runs.all.map(({ id }) => id)).toEqual([second, third]);
    expect(runs.latest('/a.py', 'app', 'go')?.id).toBe(third);
    expect(runs.latest('/a.py', 'app')).toBeUndefined();
    expect(runs.get(first)).toBeUndefined();
    expect(changes).toBe(3);
  });

  it('is stopped once, and keeps its end', () => {
    const abort = new AbortController();
    const id = runs.start(runOf({ command: commandOf(abort), words: 'starting' }));
    runs.stop(id);
    expect(runs.get(id)).toMatchObject({ state: 'stopping', words: '' });
    expect(abort.signal.aborted).toBe(true);
    runs.update(id, { state: 'failed', words: 'no' });
    runs.stop(id);
    expect(runs.get(id)).toMatchObject({ state: 'failed', words: 'no' });
    const before = changes;
    runs.update(99, { state: 'done' });
    runs.stop(99);
    expect(changes).toBe(before);
  });

  it('that is a serve is refused while the app is served, here or in another window', () => {
    runs.start(runOf());
    expect(() => runs.start(runOf())).toThrow('a is already being served. Stop it first.');
    runs.start(runOf({ variable: 'other' }));
    runs.setElsewhere([{ kind: 'serve', script: '/b.py', variable: 'app', runnable: '' }]);
    const seen = changes;
    runs.setElsewhere([{ kind: 'serve', script: '/b.py', variable: 'app', runnable: '' }]);
    expect(changes).toBe(seen);
    expect(() => runs.start(runOf({ script: '/b.py', title: 'b' }))).toThrow(
      'b is already being served in another window of this folder. Stop it there first.',
    );
    runs.start(runOf({ script: '/b.py', variable: 'x' }));
    runs.start(runOf({ ...go, script: '/b.py' }));
  });

  it.each<readonly [Partial<ScriptRun>, string, string, string | undefined]>([
    [{ state: 'starting' }, 'starting', 'loading~spin', undefined],
    [{ state: 'starting', words: 'building' }, 'starting: building', 'loading~spin', undefined],
    [{ state: 'serving' }, 'serving', 'broadcast', 'charts.green'],
    [{ state: 'reloading' }, 'reloading', 'loading~spin', undefined],
    [
      { state: 'reloadFailed', words: 'no' },
      'reload failed, previous version still running: no',
      'warning',
      'problemsWarningIcon.foreground',
    ],
    [{ ...go }, 'running', 'loading~spin', undefined],
    [{ state: 'stopping' }, 'stopping', 'loading~spin', undefined],
    [{ ...go, state: 'done', words: '1.0 s' }, 'done in 1.0 s', 'pass', 'charts.green'],
    [{ state: 'stopped' }, 'serve stopped', 'circle-slash', undefined],
    [{ ...go, state: 'stopped' }, 'run stopped', 'circle-slash', undefined],
    [{ ...go, state: 'failed', words: 'no' }, 'run failed: no', 'error', 'problemsErrorIcon.foreground'],
  ])('as %j reads “%s”', (state, words, icon, iconColor) => {
    const run: ScriptRun = { ...runOf(state), id: 1 };
    expect(runWords(run)).toBe(words);
    expect(runIcon(run)).toEqual(iconColor === undefined ? { icon } : { icon, iconColor });
    const url = 'https://x.modal.run';
    const served: ScriptRun = {
      ...run,
      state: 'serving',
      endpoints: [{ functionId: 'fu-1', name: 'web', url }],
    };
    expect(runWords(served)).toBe(`serving ${url}`);
    expect(runWords({ ...served, reloadedAt: 1 })).toMatch(/^serving https:\/\/x\.modal\.run · reloaded \d/);
  });
});
