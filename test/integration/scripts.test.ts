/** The user's own scripts by the real command: served, run with parameters, and deployed when there are two apps. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandServices } from '../../src/features/deploy/core/appCommand.ts';
import { planDeploy } from '../../src/features/deploy/core/planDeploy.ts';
import { runFunction } from '../../src/features/workspace/core/running/run.ts';
import { runArguments, shownArguments } from '../../src/features/deploy/core/runArguments.ts';
import type { ScriptChoice, ScriptPlan } from '../../src/features/workspace/core/running/scriptProcess.ts';
import { ScriptCommand } from '../../src/features/workspace/core/running/scriptCommand.ts';
import { planRun, planServe } from '../../src/features/workspace/core/running/scriptProcess.ts';
import type { ServeState } from '../../src/features/workspace/core/running/serve.ts';
import { serve } from '../../src/features/workspace/core/running/serve.ts';
import { cliEnvironment } from '../../src/modal/cli.ts';
import { runnables } from '../../src/domain/script.ts';
import { send } from '../../src/features/requests/core/httpClient.ts';
import { parseScript } from '../../src/features/workspace/core/parseScript.ts';
import { TestWorld, fixture } from './support/world.ts';

const leavingWindow = path.join(import.meta.dirname, 'support/leavingWindow.ts');

let world: TestWorld;
let folder: string;
let services: CommandServices;
beforeAll(async () => {
  world = await TestWorld.start();
  const connection = await world.planes.connection();
  services = { cli: world.cli, connection, plane: world.plane, env: world.env, logger: world.logger };
});
afterAll(() => world.stop());
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'scripts-'))));
afterEach(() => rm(folder, { recursive: true }));

/** A copy of a fixture that the test may change, read as the extension reads it. */
async function choice(name: string, appName?: string): Promise<ScriptChoice & { text: string }> {
  const script = path.join(folder, name);
  await cp(fixture(name), script);
  const text = await readFile(script, 'utf8');
  const { apps } = parseScript(text);
  const app = apps.find((candidate) => !appName || candidate.name === appName)!;
  return { script, app, several: apps.length > 1, text };
}

const planServices = () => ({ plane: world.plane, connection: services.connection, environment: '' });

async function planOf(name: string, values: Record<string, string> = {}): Promise<ScriptPlan> {
  const script = await choice('scripts_run.py');
  const runnable = runnables(script.app!).find((candidate) => candidate.name === name)!;
  const flags = {
    args: runArguments(runnable.parameters, values),
    shownArgs: shownArguments(runnable.parameters, values),
  };
  return planRun(script, runnable, flags, planServices());
}

/** @returns the command, and its lines as they come */
function commandOf(plan: ScriptPlan) {
  const lines: string[] = [];
  const command = new ScriptCommand(plan);
  command.onLine(({ line }) => lines.push(line));
  return { command, lines };
}

async function run(name: string, values: Record<string, string> = {}) {
  const { command, lines } = commandOf(await planOf(name, values));
  await runFunction(command, services);
  return lines;
}

const waitFor = async <T>(what: string, find: () => T | undefined | Promise<T | undefined>): Promise<T> => {
  for (let tries = 0; tries < 600; tries++) {
    const found = await find();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`${what} did not happen.`);
};

const get = async (url: string) =>
  (
    await send({
      method: 'GET',
      url,
      headers: {},
      signal: new AbortController().signal,
      headersTimeoutMs: 60_000,
    })
  ).body;

const stateOf = async (name: string) =>
  (await world.plane.listApps('main')).find((app) => app.name === name)?.state;

describe('modal run', () => {
  it('passes typed parameters on', async () => {
    const values = {
      count: '-4',
      flag: 'true',
      when: '2024-01-02',
      pick: 'b',
      ratio: '1.5',
      text: '--a "b"\n$HOME',
    };
    const lines = await run('describe', values);
    expect(lines).toContain(`got -4 True 2024-01-02T00:00:00 b 1.5 '--a "b"\\n$HOME'`);
    expect(lines[0]).toContain('run --env=main ');
    expect(lines[0]).toContain('scripts_run.py::describe --count=-4 --flag --when=2024-01-02');
  });

  it.each([
    ['main', { count: '5' }, 'main has 5'],
    ['main', {}, 'main has 3'],
    ['words', { args: 'a --b "c d"' }, "words ('a', '--b', 'c d')"],
    ['Model.go', { size: '5', text: '' }, 'go 5 '],
  ])('of %s %j', async (name, values, line) => {
    expect(await run(name, values)).toContain(line);
  });

  it.each([
    ['fails', { count: '1' }, 'ValueError: bad 1.', 'raise ValueError'],
    ['broken', {}, 'ValueError: bad 7.', 'raise ValueError'],
  ])('says why %s failed, with file and line', async (name, values, message, code) => {
    const error = await run(name, values).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'cliFailed', message });
    const frame = (error as { problems: { file: string; line: number }[] }).problems[0]!;
    expect(path.basename(frame.file)).toBe('scripts_run.py');
    const text = await readFile(fixture('scripts_run.py'), 'utf8');
    expect(text.split('\n')[frame.line - 1]).toContain(code);
  });

  it('ends when it is cancelled, on the server too', async () => {
    const { command, lines } = commandOf(await planOf('sleeps'));
    command.onLine(({ line }) => line === 'sleeping' && command.cancel());
    const running = runFunction(command, services);
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    expect(lines).toContain('sleeping');
    const states = (await world.plane.listApps('main')).filter(({ name }) => name === 'it-run');
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['stopped']));
  });

  it('keeps what looks secret out of the log', async () => {
    const parameters = [{ name: 'api_key', annotation: 'str', type: { kind: 'str' as const } }];
    const script = await choice('scripts_run.py');
    const flags = {
      args: runArguments(parameters, { api_key: 'CANARY-RUN' }),
      shownArgs: shownArguments(parameters, { api_key: 'CANARY-RUN' }),
    };
    const plan = await planRun(
      script,
      { name: 'words', parameters, line: 1, column: 1 },
      flags,
      planServices(),
    );
    const { command, lines } = commandOf(plan);
    await runFunction(command, services);
    expect(lines.join('\n')).toContain("words ('--api-key=CANARY-RUN',)"); // what the function prints is its own
    expect(lines[0]).not.toContain('CANARY-RUN');
    expect(world.logged.join('\n')).not.toContain('CANARY-RUN');
  });
});

describe('modal serve', () => {
  /** Serves until the returned function is called. */
  async function start(script: ScriptChoice) {
    const states: ServeState[] = [];
    const { command } = commandOf(await planServe(script, planServices()));
    const ended = serve(command, services, (state) => states.push(state));
    ended.catch(() => undefined);
    const latest = <K extends ServeState['kind']>(kind: K) =>
      waitFor(`state ${kind}`, () => {
        const state = states.at(-1);
        return state?.kind === kind ? (state as Extract<ServeState, { kind: K }>) : undefined;
      });
    return { states, ended, latest, stop: () => (command.cancel(), ended) };
  }

  it('answers at the address that the server names, reloads, says why a reload failed, and stops', async () => {
    const script = await choice('scripts_web.py');
    const serving = await start(script);
    const { appId, endpoints } = await serving.latest('serving');
    const { url } = endpoints[0]!;
    expect(await get(url)).toBe('{"answer":1}');
    expect(await stateOf('it-served')).toBe('ephemeral');

    await writeFile(script.script, script.text.replace('"answer": 1', '"answer": 2'));
    const reloaded = await waitFor('the reload', () =>
      serving.states.find((state) => state.kind === 'serving' && state.reloadedAt !== undefined),
    );
    expect(reloaded).toMatchObject({ appId, endpoints: [{ url }] });
    await waitFor('the new answer', async () => ((await get(url)) === '{"answer":2}' ? true : undefined));

    await writeFile(script.script, `${script.text}\nraise ValueError("boom")\n`);
    const { error } = await serving.latest('reloadFailed');
    expect(error.message).toBe('ValueError: boom.');
    expect(error.problems[0]).toMatchObject({
      file: script.script,
      line: script.text.split('\n').length + 1,
    });

    await writeFile(script.script, script.text);
    await serving.latest('serving');
    await waitFor('the old answer', async () => ((await get(url)) === '{"answer":1}' ? true : undefined));

    await serving.stop();
    expect(await stateOf('it-served')).toBe('stopped');
    expect(await get(url)).toContain('stopped');
  });

  it('fails with the cause and its place', async () => {
    const script = await choice('scripts_web.py');
    await writeFile(script.script, `${script.text}\nx = (\n`);
    const { ended } = await start(script);
    await expect(ended).rejects.toMatchObject({
      kind: 'cliFailed',
      problems: [{ file: script.script, line: script.text.split('\n').length + 1 }],
    });
  });

  it('two at once, each with its own address', async () => {
    const one = await choice('scripts_web.py');
    const other = path.join(folder, 'other.py');
    await writeFile(other, one.text.replace('it-served', 'it-other').replace('"answer": 1', '"answer": 9'));
    const { apps } = parseScript(await readFile(other, 'utf8'));
    const runs = await Promise.all([start(one), start({ script: other, app: apps[0]! })]);
    const served = await Promise.all(runs.map((serving) => serving.latest('serving')));
    expect(await Promise.all(served.map(({ endpoints }) => get(endpoints[0]!.url)))).toEqual([
      '{"answer":1}',
      '{"answer":9}',
    ]);
    await Promise.all(runs.map((serving) => serving.stop()));
  });

  it.skipIf(process.platform === 'win32')('tells the server although its window has gone', async () => {
    const plan = await planServe(await choice('scripts_web.py'), planServices());
    const command = JSON.stringify({ cli: services.cli, args: plan.args, cwd: plan.cwd });
    // At once after the CLI says so is when it is most likely to miss an interrupt.
    const window = spawn(process.execPath, [leavingWindow, command, 'Serving...'], {
      env: { ...cliEnvironment(services.env, services.connection), NODE_NO_WARNINGS: '1' },
      stdio: 'ignore',
    });
    await once(window, 'exit');
    expect(window.exitCode).toBe(0);
    await waitFor('the end on the server', async () =>
      (await world.plane.listApps('main')).some(
        ({ name, state }) => name === 'it-served' && state === 'ephemeral',
      )
        ? undefined
        : true,
    );
  });
});

describe('modal deploy', () => {
  it.each(['it-first', 'it-second'])('of a file with two apps: %s', async (name) => {
    const { script, app } = await choice('scripts_two_apps.py', name);
    const plan = await planDeploy({ kind: 'script', script, app: app!, several: true }, planServices());
    expect(plan.args.at(-1)).toBe(`${script}::${app!.variable}`);
    const result = await world.deployPlan(plan);
    expect(result).toMatchObject({ appName: name });
    expect(result.details.functions).toHaveLength(1);
    await world.plane.stopApp(result.appId);
  });

  it('of a file whose only app has another name than app', async () => {
    const { script, text } = await choice('scripts_two_apps.py');
    await writeFile(script, text.split('second =')[0]! + '\n@first.function()\ndef one(): pass\n');
    const [app] = parseScript(await readFile(script, 'utf8')).apps;
    const plan = await planDeploy({ kind: 'script', script, app: app! }, planServices());
    const result = await world.deployPlan(plan);
    expect(result.appName).toBe('it-first');
    await world.plane.stopApp(result.appId);
  });
});
