/** Serving and running a script, with a script of Node in the place of the CLI. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runFunction } from '../../../src/features/workspace/core/running/run.ts';
import type { ScriptPlan } from '../../../src/features/workspace/core/running/scriptProcess.ts';
import type { CommandServices } from '../../../src/features/deploy/core/appCommand.ts';
import { ScriptCommand } from '../../../src/features/workspace/core/running/scriptCommand.ts';
import { findOwnApp, scriptError } from '../../../src/features/workspace/core/running/scriptProcess.ts';
import type { ServeState } from '../../../src/features/workspace/core/running/serve.ts';
import { serve } from '../../../src/features/workspace/core/running/serve.ts';
import type { App } from '../../../src/domain/app.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { appOf } from '../support/apps.ts';

const page = '✓ Initialized. View run at https://modal.com/apps/me/main/ap-own';

let folder: string;
let ended: string[];
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'commands-')));
  ended = [];
});
afterEach(() => rm(folder, { recursive: true }));

const plan = (kind: 'serve' | 'run', more: Partial<ScriptPlan> = {}): ScriptPlan => ({
  ...{ kind, script: path.join(folder, 'web.py'), cwd: folder, runnable: '', environment: 'main' },
  ...{ units: [], complete: true, rates: datedRates, args: [], shownArgs: ['serve', 'web.py'] },
  ...more,
});

const planeOf = (apps: readonly App[]): ControlPlane =>
  ({
    listApps: () => Promise.resolve(apps),
    describeApp: () => Promise.resolve({ appId: 'ap-own', functions: [] }),
    disconnectApp: (id: string) => Promise.resolve(void ended.push(id)),
  }) as unknown as ControlPlane;

async function servicesOf(script: string): Promise<CommandServices> {
  const file = path.join(folder, 'modal.cjs');
  await writeFile(file, script);
  return {
    cli: { command: process.execPath, args: [file], version: '1.6.4', source: 'a script' },
    connection: { profile: '', environment: '', tokenId: '', tokenSecret: '', serverUrl: '' },
    plane: planeOf([appOf({ id: 'ap-own', state: 'ephemeral' })]),
    ...{ env: process.env, logger: silentLogger },
  } as unknown as CommandServices;
}

/** Lines that are printed, then code. */
const printing = (lines: readonly string[], then = '') =>
  `process.stdout.write(${JSON.stringify(`${lines.join('\n')}\n`)}); ${then}`;

/** @param cancelAt what of a line cancels the command */
function commandOf(kind: 'serve' | 'run', cancelAt: string) {
  const lines: string[] = [];
  const apps: string[] = [];
  const command = new ScriptCommand(plan(kind));
  command.onLine(({ line }) => {
    lines.push(line);
    if (cancelAt && line.includes(cancelAt)) command.cancel();
  });
  command.onApp((id) => apps.push(id));
  return { command, lines, apps };
}

describe('serving a script', () => {
  const served = async (script: string, cancelAt = '') => {
    const states: ServeState['kind'][] = [];
    const { command, ...seen } = commandOf('serve', cancelAt);
    const end = serve(command, await servicesOf(script), ({ kind }) => states.push(kind));
    return { end, ...seen, states };
  };

  it('shows its command and its lines, tells of its app, and ends that on the server', async () => {
    const { end, lines, apps, states } = await served(printing([page, 'hello', page]));
    await end;
    expect(lines[0]).toMatch(/^\$ .*serve web\.py$/);
    expect(lines).toContain('hello');
    expect(apps).toEqual(['ap-own']);
    expect(states[0]).toBe('starting');
    expect(ended).toEqual(['ap-own']);
  });

  it('ends without an error when it is cancelled, and on the server too', async () => {
    const script = printing([page, 'Serving... hit Ctrl-C to stop!'], 'setInterval(() => {}, 1000)');
    const { end } = await served(script, 'Serving...');
    await end;
    expect(ended).toEqual(['ap-own']);
  });

  it('says why it failed, by what went wrong there', async () => {
    const { end } = await served(
      printing([page], `console.error('Error: no such app'); process.exitCode = 1`),
    );
    await expect(end).rejects.toMatchObject({ message: expect.stringContaining('no such app') as string });
    expect(ended).toEqual(['ap-own']);
    const silent = await served('process.exitCode = 3');
    await expect(silent.end).rejects.toThrow();
  });
});

describe('running a function', () => {
  const ran = async (script: string, cancelAt = '') => {
    const { command, ...seen } = commandOf('run', cancelAt);
    const end = runFunction(command, await servicesOf(script));
    return { end, ...seen };
  };

  it('tells of its app once, and leaves its end to the command', async () => {
    const { end, lines, apps } = await ran(printing(['before', page, page, 'after']));
    await end;
    expect(lines).toEqual(expect.arrayContaining(['before', 'after']));
    expect(apps).toEqual(['ap-own']);
    expect(ended).toEqual([]);
  });

  it('ends its app on the server when it is cancelled', async () => {
    const { end } = await ran(printing([page, 'busy'], 'setInterval(() => {}, 1000)'), 'busy');
    await expect(end).rejects.toMatchObject({ kind: 'cancelled' });
    expect(ended).toEqual(['ap-own']);
  });
});

describe('the app that a command made', () => {
  const startedAt = Date.UTC(2026, 0, 2);
  const all = [
    appOf({ id: 'ap-old', name: 'web', state: 'ephemeral', createdAt: startedAt - 3_600_000 }),
    appOf({ id: 'ap-first', name: 'web', state: 'initializing', createdAt: startedAt + 1000 }),
    appOf({ id: 'ap-second', name: 'web', state: 'ephemeral', createdAt: startedAt + 2000 }),
    appOf({ id: 'ap-other', name: 'jobs', state: 'ephemeral', createdAt: startedAt + 3000 }),
    appOf({ id: 'ap-deployed', name: 'web', state: 'deployed', createdAt: startedAt + 4000 }),
  ];
  const app = { variable: 'app', name: 'web', line: 1, column: 1, units: [], entryPoints: [] };
  const found = async (more: Partial<ScriptPlan>, said = '') =>
    (await findOwnApp(plan('serve', more), planeOf(all), said, startedAt))?.id;

  it('is the one of its page, or none', async () => {
    expect(await found({ app }, 'https://modal.com/apps/me/main/ap-old')).toBe('ap-old');
    expect(await found({ app }, 'https://modal.com/apps/me/main/ap-unknown')).toBeUndefined();
  });

  it('is the newest that fits its name, where it has one', async () => {
    expect(await found({ app })).toBe('ap-second');
    expect(await found({})).toBe('ap-other');
    expect(await found({ app: { ...app, name: 'missing' } })).toBeUndefined();
  });
});

describe('a failure', () => {
  const filesOf = async (file: string) => {
    await mkdir(path.join(folder, 'lib'));
    for (const name of ['web.py', 'lib/own.py']) await writeFile(path.join(folder, name), 'x = 1\n');
    const failure = { cause: 'It failed.', frames: [{ file, line: 1, function: 'f' }] };
    const error = await scriptError(plan('run'), failure as never, '');
    return error.problems.flatMap((problem) => problem.file ?? []);
  };

  it('is told at a line of an own file, also where the container has it below /root', async () => {
    const own = path.join(folder, 'lib/own.py');
    expect(await filesOf(own)).toEqual([own]);
    await rm(path.join(folder, 'lib'), { recursive: true });
    expect(await filesOf('/root/lib/own.py')).toEqual([own]);
  });

  it.each(['/root/lib/gone.py', '/usr/lib/python3/json.py', '/root/', '/root//lib/own.py'])(
    'is told at no line of another file: %s',
    async (file) => {
      const others = (await filesOf(file)).filter((each) => each !== path.join(folder, 'web.py'));
      expect(others).toEqual([]);
    },
  );
});
