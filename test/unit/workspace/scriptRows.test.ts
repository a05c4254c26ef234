import { describe, expect, it } from 'vitest';
import { datedRates } from '../../../src/domain/cost.ts';
import type { ScriptFile, ScriptProblem } from '../../../src/domain/script.ts';
import { AppCommand } from '../../../src/features/deploy/core/appCommand.ts';
import { parseScript } from '../../../src/features/workspace/core/parseScript.ts';
import { buildScriptRows } from '../../../src/features/workspace/ui/scriptRows.ts';
import type { ScriptRun } from '../../../src/features/workspace/ui/scriptRuns.ts';
import { ScriptRuns, isLiveRun } from '../../../src/features/workspace/ui/scriptRuns.ts';
import { appOf, endpointOf } from '../support/apps.ts';

const text = `import modal
app = modal.App("chat")
@app.cls(gpu=["H100:2", "A100"], min_containers=1)
class Model:
    @modal.method()
    def answer(self, prompt: str = "x"): pass
@app.function()
@modal.asgi_app()
def web(): pass
@app.function()
def stream(): yield 1
@app.local_entrypoint()
def main(): pass
`;
const file = (content: string, label = 'chat.py', problems: ScriptProblem[] = []): ScriptFile => ({
  ...parseScript(content),
  problems,
  uri: `file:///w/${label}`,
  label,
});
const build = (changes: Partial<Parameters<typeof buildScriptRows>[0]> = {}) =>
  buildScriptRows({
    scripts: [file(text)],
    pathOf: (uri) => new URL(uri).pathname,
    deployed: new Map(),
    deploying: new Map(),
    connected: true,
    runs: [],
    rates: datedRates,
    now: 1_000_000,
    openCommand: 'open',
    ...changes,
  });
type Built = ReturnType<typeof build>;
const top = ({ rows }: Built) => rows.get(rows.get('')!.childIds[0]!)!;
const below = ({ rows }: Built, id = '') =>
  rows.get(id || top({ rows, targets: new Map() }).id)!.childIds.map((each) => rows.get(each)!);

const run = (changes: Partial<ScriptRun>): ScriptRun => ({
  id: 1,
  kind: 'serve',
  script: '/w/chat.py',
  variable: 'app',
  runnable: '',
  title: 'chat',
  state: 'serving',
  words: '',
  endpoints: [endpointOf({ url: 'https://x.modal.run' })],
  command: new AppCommand(),
  showLog: () => undefined,
  ...changes,
});

describe('rows of scripts', () => {
  it('say file, GPU and whether it is deployed', () => {
    expect(top(build())).toMatchObject({
      label: 'chat',
      description: 'chat.py · H100:2',
      spoken: 'Script app chat in chat.py, GPU H100:2, not deployed',
      context: 'scriptApp',
    });
    const deployed = appOf({ name: 'chat', deployedAt: 1_000_000 - 120_000 });
    expect(top(build({ deployed: new Map([['chat', deployed]]) }))).toMatchObject({
      description: 'deployed 2m ago · chat.py · H100:2',
      context: 'scriptApp deployed',
    });
    // Nobody has asked Modal yet: then nothing is claimed.
    expect(top(build({ connected: false })).spoken).not.toContain('deployed');
  });

  it('list entry points, classes with their methods, and functions, with what each can do', () => {
    const built = build();
    expect(below(built).map(({ label, description, context }) => [label, description, context])).toEqual([
      ['main', 'local entry point', 'scriptEntry runnable'],
      ['Model', 'H100:2 or A100 · $7.90/h · keeps 1 running', 'scriptClass'],
      ['web', 'web endpoint', 'scriptFunction web'],
      ['stream', 'generator', 'scriptFunction generator'],
    ]);
    const [answer] = below(built, below(built)[1]!.id);
    expect(answer).toMatchObject({ label: 'answer', context: 'scriptFunction runnable' });
    expect(answer!.tooltip()).toEqual(['Model.answer(prompt: str = "x")']);
    expect(built.targets.get(answer!.id)).toMatchObject({
      place: { line: 6 },
      runnable: { name: 'Model.answer' },
    });
  });

  it.each([
    [run({}), 'serving https://x.modal.run', 'live url'],
    [run({ state: 'starting', words: 'building image', endpoints: [] }), 'starting: building image', 'live'],
    [run({ state: 'reloading' }), 'reloading', 'live url'],
    [
      run({ state: 'reloadFailed', words: 'ValueError: x.' }),
      'reload failed, previous version still running: ValueError: x.',
      'live url',
    ],
    [run({ state: 'failed', words: 'boom', endpoints: [] }), 'serve failed: boom', ''],
    [run({ state: 'stopped', endpoints: [] }), 'serve stopped', ''],
  ])('say how a serve goes: %#', (serve, words, context) => {
    const built = build({ runs: [serve] });
    expect(top(built).description).toContain(words);
    expect(top(built).context.includes('serving')).toBe(context.includes('live'));
    expect(below(built)[0]).toMatchObject({
      label: 'Serve',
      description: words.replace(/^serving /, ''),
      context: `scriptServe ${context}`.trim(),
      spoken: `Serve of chat, ${words}`,
    });
  });

  it('say when it was reloaded', () => {
    const reloadedAt = new Date(2026, 0, 1, 14, 2).getTime();
    expect(top(build({ runs: [run({ reloadedAt })] })).description).toContain('reloaded 14:02:00');
  });

  it('say how a run goes, on its function', () => {
    const running = run({ kind: 'run', runnable: 'main', state: 'running', endpoints: [] });
    expect(below(build({ runs: [running] }))[0]).toMatchObject({
      description: 'local entry point · running',
      context: 'scriptEntry running',
    });
    const done = { ...running, state: 'done', words: '3.2 s' } as const;
    expect(below(build({ runs: [running, done] }))[0]).toMatchObject({
      description: 'local entry point · done in 3.2 s',
      context: 'scriptEntry runnable',
    });
  });

  it('say the size of a cluster with its price, and the variable that changes a GPU', () => {
    const content = `import os
import modal
app = modal.App("chat")
@app.function(gpu="H100:8")
@modal.experimental.clustered(size=4)
def train(): ...
@app.function(gpu=os.environ.get("CHAT_GPU", "L40S"))
def serve(): ...
`;
    const [train, serve] = below(build({ scripts: [file(content)] }));
    const { gpu_hour_cost_h100: h100, gpu_hour_cost_l40s: l40s } = datedRates.usdPerHour;
    expect(train!.description).toContain(`H100:8 · cluster of 4 · $${(h100! * 32).toFixed(2)}/h`);
    expect(serve!.description).toContain(`L40S · unless CHAT_GPU is set · $${l40s!.toFixed(2)}/h`);
  });

  it('say a deploy under way', () => {
    expect(
      top(build({ deploying: new Map([['/w/chat.py::app', { text: 'building image', stages: [] }]]) })),
    ).toMatchObject({
      icon: 'loading~spin',
      context: 'scriptApp deploying',
    });
  });

  it('lead to a syntax error, with an app and without', () => {
    const problem = (line: number) => [{ line, column: 1, message: 'Syntax error' }];
    const built = build({ scripts: [file(`${text}x = (\n`, 'chat.py', problem(14))] });
    expect(top(built).description).toBe('syntax error on line 14 · chat.py · H100:2');
    expect(built.targets.get(top(built).id)?.place).toMatchObject({ line: 14 });
    expect(top(build({ scripts: [file('import modal\nx = (\n', 'b.py', problem(2))] }))).toMatchObject({
      label: 'b.py',
      description: 'syntax error on line 2',
      context: 'scriptProblem',
    });
  });

  it('have ids of their own, which do not move with the lines', () => {
    const twice =
      'import modal\napp = modal.App("x")\nif a:\n    @app.function()\n    def f(): pass\nelse:\n    @app.function()\n    def f(): pass\n';
    const ids = ({ rows }: Built) => [...rows.keys()];
    const before = build({ scripts: [file(twice)] });
    expect(below(before)).toHaveLength(2);
    expect(new Set(ids(before)).size).toBe(4);
    expect(ids(build({ scripts: [file(`# moved\n\n${twice}`)] }))).toEqual(ids(before));
  });
});

describe('runs of this window', () => {
  it('stop all when it closes, and keep the last state of each', () => {
    const runs = new ScriptRuns();
    const first = runs.start(run({ state: 'starting' }));
    runs.update(first, { state: 'stopped' });
    const command = new AppCommand();
    const second = runs.start(run({ state: 'starting', command }));
    expect(runs.all.map(({ id }) => id)).toEqual([second]);
    const other = new AppCommand();
    runs.start(run({ script: '/w/other.py', command: other }));
    runs.dispose();
    expect([command.signal.aborted, other.signal.aborted]).toEqual([true, true]);
  });

  it('refuse a second serve of an app, also one that was asked for before the first began', () => {
    const runs = new ScriptRuns();
    const first = runs.start(run({}));
    expect(() => runs.start(run({}))).toThrow('chat is already being served');
    expect(() => runs.needNotServed(run({}))).toThrow('chat is already being served');
    runs.start(run({ variable: 'second' }));
    runs.start(run({ kind: 'run', runnable: 'main' }));
    runs.start(run({ kind: 'run', runnable: 'main' }));
    runs.update(first, { state: 'stopped' });
    expect(runs.start(run({}))).toBeGreaterThan(first);
  });

  it('refuse to serve what another window serves, and the rows say so', () => {
    const runs = new ScriptRuns();
    const elsewhere = { kind: 'serve', script: '/w/chat.py', variable: 'app', runnable: '' } as const;
    let changes = 0;
    runs.onDidChange(() => changes++);
    runs.setElsewhere([elsewhere]);
    runs.setElsewhere([{ ...elsewhere }]);
    expect(changes).toBe(1);
    expect(() => runs.start(run({}))).toThrow(
      'chat is already being served in another window of this folder.',
    );
    runs.start(run({ variable: 'second' }));
    runs.start(run({ kind: 'run', runnable: 'main' }));
    const rows = build({ elsewhere: [...runs.elsewhere, { ...elsewhere, kind: 'run', runnable: 'main' }] });
    expect(top(rows).description).toBe('served in another window · chat.py · H100:2');
    expect(below(rows).find(({ label }) => label === 'main')?.spoken).toContain('running in another window');
    runs.setElsewhere([]);
    expect(runs.start(run({}))).toBeGreaterThan(0);
  });

  describe('that a command means', () => {
    const any = () => true;
    const started = () => {
      const runs = new ScriptRuns();
      const serve = runs.start(run({}));
      const other = runs.start(run({ script: '/w/other.py', title: 'other' }));
      const main = runs.start(run({ kind: 'run', runnable: 'main', title: 'main', state: 'running' }));
      const ids = (...args: Parameters<ScriptRuns['meant']>) => runs.meant(...args).map(({ id }) => id);
      return { runs, serve, other, main, ids };
    };
    const app = { script: '/w/chat.py', variable: 'app' };

    it('are those that were named', () => {
      const { serve, other, main, ids } = started();
      expect(ids(any, { id: other, ...app })).toEqual([other]);
      expect(ids(any, app)).toEqual([serve]);
      expect(ids(any, { ...app, runnable: 'main' })).toEqual([main]);
      expect(ids(any, { script: '/w/chat.py' })).toEqual([serve, main]);
    });

    it('are all that fit when none was named', () => {
      const { serve, other, main, ids } = started();
      expect(ids(any)).toEqual([serve, other, main]);
      expect(() => new ScriptRuns().meant(any)).toThrow('No script is running');
    });

    it('are never others than the one that was named and has ended', () => {
      const { runs, serve, ids } = started();
      runs.update(serve, { state: 'stopped', endpoints: [] });
      expect(() => ids(isLiveRun, { id: serve, ...app })).toThrow('chat is no longer running.');
      expect(() => ids(isLiveRun, app)).toThrow('chat is no longer running.');
      expect(() => ids(any, { script: '/w/gone.py', variable: 'app' })).toThrow('no longer running');
      expect(() => ids(any, {})).toThrow('no longer running');
      expect(() => ids((each) => each.kind === 'serve', { ...app, runnable: 'main' })).toThrow(
        'main has no web endpoint at the moment.',
      );
    });
  });

  it('say that they are stopping, once', () => {
    const runs = new ScriptRuns();
    const id = runs.start(run({}));
    let changes = 0;
    runs.onDidChange(() => changes++);
    runs.stop(id);
    expect(runs.get(id)).toMatchObject({ state: 'stopping', command: { signal: { aborted: true } } });
    runs.update(id, { state: 'stopped' });
    runs.stop(id);
    expect([changes, runs.get(id)?.state]).toEqual([2, 'stopped']);
  });
});
