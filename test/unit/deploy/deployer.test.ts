import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cliObstacles } from '../../../src/features/deploy/core/cliTrace.ts';
import { DeployRun } from '../../../src/features/deploy/core/deployRun.ts';
import { Deployer } from '../../../src/features/deploy/core/deployer.ts';
import type { DeployPlan } from '../../../src/features/deploy/core/plan.ts';
import { runFunction } from '../../../src/features/workspace/core/running/run.ts';
import { ScriptCommand } from '../../../src/features/workspace/core/running/scriptCommand.ts';
import type { ScriptPlan } from '../../../src/features/workspace/core/running/scriptProcess.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { Connection } from '../../../src/modal/connection.ts';
import type { ControlPlane, DeployedApp } from '../../../src/modal/controlPlane.ts';
import { appOf } from '../support/apps.ts';

const connection = { profile: '', environment: '', tokenId: '', tokenSecret: '', serverUrl: '' };
const around = () => ({
  ...{ connection: connection as Connection, env: process.env, logger: silentLogger },
  keepKey: () => Promise.resolve(),
});
let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'deploy-'))));
afterEach(() => rm(folder, { recursive: true }));

/** Runs a script in the place of the CLI. */
async function cliOf(script: string) {
  const file = path.join(folder, 'modal.cjs');
  await writeFile(file, script);
  return { command: process.execPath, args: [file], version: '1.6.4', source: 'a script' };
}

/** Cancels a deploy while its command runs. @param versions that are live before and after */
async function cancelled(before: DeployedApp | undefined, after: DeployedApp | Error | undefined) {
  const live = [before, after];
  const plane = {
    findDeployedApp: () => {
      const now = live.shift();
      return now instanceof Error ? Promise.reject(now) : Promise.resolve(now);
    },
    listApps: () => Promise.resolve([appOf({ name: 'demo' })]),
    describeApp: () => Promise.resolve({ appId: 'ap-1', functions: [] }),
  } as unknown as ControlPlane;
  const cli = await cliOf(`console.log('up'); setInterval(() => {}, 1000)`);
  const run = new DeployRun(demo());
  run.onLine(({ line }) => line === 'up' && run.cancel());
  return run.deploy({ cli, plane, ...around() });
}

describe('a deploy that is cancelled', () => {
  it.each([
    ['another version of the app', { appId: 'ap-1', version: 1 }, { appId: 'ap-1', version: 2 }],
    ['the first version of an app', undefined, { appId: 'ap-1', version: 1 }],
    ['an app of another id', { appId: 'ap-0', version: 1 }, { appId: 'ap-1', version: 1 }],
  ])('is told as a deploy where it was published all the same: %s', async (_what, before, after) => {
    expect(await cancelled(before, after)).toMatchObject({ appId: 'ap-1', appName: 'demo' });
  });

  it.each([
    ['the same version', { appId: 'ap-1', version: 1 }, { appId: 'ap-1', version: 1 }],
    ['nothing', undefined, undefined],
    ['what nobody can say', { appId: 'ap-1', version: 1 }, new Error('gone')],
  ])('is told as cancelled where it published %s', async (_what, before, after) => {
    await expect(cancelled(before, after)).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

const planeWith = (live: DeployedApp) =>
  ({
    findDeployedApp: () => Promise.resolve(live),
    listApps: () => Promise.resolve([appOf({ name: 'demo' })]),
    describeApp: () => Promise.resolve({ appId: 'ap-1', functions: [] }),
  }) as unknown as ControlPlane;
const demo = () =>
  ({
    ...{ target: { kind: 'script', script: 'app.py' }, title: 'Demo', appName: 'demo' },
    ...{ environment: 'main', script: 'app.py', cwd: folder, secrets: [], settings: {}, args: [] },
  }) as unknown as DeployPlan;

it('a deploy is given up when the CLI says that it will never reach Modal', async () => {
  const failed =
    'DEBUG Connection attempt to https://api.modal.com failed after 0.1s: CERTIFICATE_VERIFY_FAILED';
  const services = {
    cli: await cliOf(`console.log('\\u001e${failed}'); setInterval(() => {}, 1000)`),
    ...{ plane: planeWith({ appId: 'ap-1', version: 1 }), ...around() },
  };
  await expect(new DeployRun(demo()).deploy(services)).rejects.toMatchObject({
    kind: 'cliFailed',
    message: cliObstacles.certificate,
  });
});

it.each([
  ['the same app', { appName: 'demo' }, { appName: 'demo', script: 'other.py' }, true],
  ['another app of the same script', { appName: 'demo' }, { appName: 'other' }, false],
  ['the same script, which does not tell its app', { appName: '' }, { appName: '' }, true],
  ['another script that does not tell its app', { appName: '' }, { appName: '', script: 'other.py' }, false],
  ['the app in another environment', { appName: 'demo' }, { appName: 'demo', environment: 'dev' }, false],
])('a deploy waits for one of %s, or does not', async (_what, first, second, waits) => {
  const hanging = {
    findDeployedApp: (_name: string, _environment: string, signal?: AbortSignal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new ModalError('cancelled', 'Cancelled')));
      }),
  } as unknown as ControlPlane;
  const services = { cli: await cliOf(''), plane: hanging, ...around() };
  const deployer = new Deployer();
  const stagesOf = (changes: object) => {
    const stages: string[] = [];
    const run = new DeployRun({ ...demo(), ...changes });
    run.onStage((stage) => stages.push(stage));
    const end = deployer.deploy(run, services);
    return { run, stages, end: end.catch(() => undefined) };
  };
  const one = stagesOf(first);
  await expect.poll(() => one.stages[0]).toBe('check');
  const two = stagesOf(second);
  await expect.poll(() => two.stages[0]).toBe(waits ? 'queued' : 'check');
  for (const { run } of [one, two]) run.cancel();
  await Promise.all([one.end, two.end]);
});

it('a deploy whose check is cancelled is there, without a word on its health', async () => {
  const run = new DeployRun(demo());
  const stages: string[] = [];
  run.onStage((stage) => stages.push(stage));
  const services = {
    ...{ cli: await cliOf(''), plane: planeWith({ appId: 'ap-1', version: 2 }) },
    ...around(),
    health: (_details: unknown, signal?: AbortSignal) => {
      queueMicrotask(() => run.cancel());
      return new Promise<never>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new ModalError('cancelled', 'Cancelled'))),
      );
    },
  };
  const result = await run.deploy(services);
  expect(result).toMatchObject({ appId: 'ap-1' });
  expect(result.health).toBeUndefined();
  expect(stages).toEqual(expect.arrayContaining(['health', 'done']));
});

it('a run says how many seconds it took', async () => {
  const plan = {
    ...{ kind: 'run', script: 'app.py', cwd: folder, environment: 'main', args: [], shownArgs: [] },
  } as unknown as ScriptPlan;
  const services = {
    ...{ cli: await cliOf(''), connection: connection as Connection, env: process.env },
    ...{ plane: {} as ControlPlane, logger: silentLogger },
  };
  const start = performance.now();
  const seconds = await runFunction(new ScriptCommand(plan), services);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual((performance.now() - start) / 1000);
});

it('a deploy tells its log, its stages with their times and what is deployed', async () => {
  const shown: string[] = [];
  const run = new DeployRun(demo(), {
    append: (line) => shown.push(line),
    note: (words) => shown.push(`(${words})`),
    show: () => Promise.resolve(),
  });
  const started: object[] = [];
  run.onStart((start) => started.push(start));
  expect([run.stage, run.outcome, run.times]).toEqual([undefined, undefined, []]);
  const cli = await cliOf(`console.log('Building image im-1'); console.log('✓ App deployed in 1s!')`);
  const result = await run.deploy({ cli, plane: planeWith({ appId: 'ap-1', version: 3 }), ...around() });
  expect(run).toMatchObject({ stage: 'done', outcome: result, title: 'demo', key: 'app.py' });
  expect(run.times.map(({ stage }) => stage)).toEqual(['check', 'image']);
  expect(shown[0]).toBe('(checking)');
  expect(shown.slice(3)).toEqual([
    '(building image)',
    'Building image im-1',
    '✓ App deployed in 1s!',
    '(deployed)',
  ]);
  expect(started).toEqual([{ pid: expect.any(Number) as number, versionBefore: 3 }]);
});
