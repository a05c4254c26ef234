import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { freePort } from '../host/freePort.ts';
import { plainEnvironment } from '../host/environment.ts';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import { TestWorld } from '../integration/support/world.ts';
import { Official } from './official.ts';

const execute = promisify(execFile);
const fixture = (name: string) => path.join(import.meta.dirname, 'fixtures', name);

/** Who commits what is deployed. */
export const author = { name: 'Grace Hopper', email: 'grace@example.com' };
export const repository = 'https://example.com/grace/parity.git';
export const other = 'parity-dev';
export const budgetUsd = 250;
/** Sandboxes of both kinds, since a GPU makes the SDK take the first; the last two end by themselves. */
export const boxesApp = 'parity-boxes';
const sleep = ['sleep', '3000'];
export const sandboxes = {
  held: {
    command: sleep,
    options: {
      ...{ name: 'held', gpu: 'A10:2', cpu: 2, memory: 1024, timeout: 2900, idle_timeout: 2800 },
      tags: { team: 'x', 名: '前' },
    },
  },
  open: { command: sleep, options: { name: 'open', timeout: 2700 } },
  small: { command: sleep, options: { cpu: 0.5 } },
  waiting: { command: sleep, options: { name: 'waiting', memory: 512 } },
  gone: { command: ['true'], options: { gpu: 'T4' } },
  goneToo: { command: ['true'], options: {} },
} as const;

/** Managed endpoints as the local Modal takes them; the last is stopped. */
export const managed = {
  chat: { model: 'Qwen/Qwen3-4B', app: 'parity-rich', server: 'Open', unauthenticated: true },
  shared: { model: 'moonshotai/Kimi-K3', shared: true, url: 'https://shared.example.invalid/v1' },
  coming: { model: 'a/b', status: 'provisioning' },
  broken: { model: 'c/d', status: 'failed', revision: 'abc' },
  over: { model: 'e/f' },
} as const;

export const versions = 30;
/** The version that the last rollback went to. */
export const rolledBackTo = 2;

/** What `modal app list --json` says of an app. */
export interface ListedApp {
  readonly app_id: string;
  readonly description: string;
  readonly state: string;
  readonly tasks: string;
  readonly created_at: string;
  readonly stopped_at: string | null;
}

/** What `modal container list --json` says of a container. */
export interface ListedContainer {
  readonly container_id: string;
  readonly app_id: string;
  readonly app_name: string;
  readonly start_time: string;
}

/** A local Modal with one of everything, made by the real command line and the SDK, which then stands still. */
export interface Scene {
  readonly world: TestWorld;
  readonly plane: ControlPlane;
  readonly official: Official;
  readonly folder: string;
  /** Unix milliseconds, whole minutes: everything was logged between them. */
  readonly since: number;
  readonly until: number;
  readonly apps: Readonly<
    Record<'rich' | 'dev' | 'versions' | 'ended' | 'detached' | 'run' | 'boxes', string>
  >;
  readonly sandboxes: Readonly<Record<keyof typeof sandboxes, string>>;
  readonly endpoints: Readonly<Record<keyof typeof managed, string>>;
  /** By tag, of the rich app. */
  readonly functions: Readonly<Record<string, string>>;
  /** Containers by what they do; all of the rich app. */
  readonly containers: Readonly<Record<'busy' | 'starting' | 'crashed', string>>;
  /** Statuses of the requests to a server. */
  readonly answers: readonly number[];
  /** A call that has ended. */
  readonly callId: string;
  /** The commit that the first version was deployed from. */
  readonly commit: { readonly hash: string; readonly time: number };
  stop(): Promise<void>;
}

export async function buildScene(): Promise<Scene> {
  const world = await TestWorld.start();
  const official = new Official(world.simulator);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'parity-'));
  const parts = { world, official, folder };
  const stop = async () => {
    await official.stop();
    await world.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...parts, plane: world.plane, ...(await fill(parts)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Parts = Pick<Scene, 'world' | 'official' | 'folder'>;

async function fill(parts: Parts) {
  const { official } = parts;
  const since = wholeMinute(Date.now() - 60_000);
  await official.cli('environment', 'create', other);
  await official.ask('set_budget', { environment: other, dollars: budgetUsd });
  await official.cli('secret', 'create', 'parity-known', 'KNOWN=1');
  for (const kind of ['volume', 'dict', 'queue'])
    for (const name of [`parity-${kind}`, `parity.second_${kind}`]) await official.cli(kind, 'create', name);
  await official.cli('dict', 'create', 'parity-dict-dev', '--env', other);
  const [commit] = await Promise.all([
    deployVersions(parts),
    deploy(parts, [fixture('everything.py')], {
      PARITY_PORT: String(await freePort()),
      PARITY_OPEN_PORT: String(await freePort()),
    }),
    deploy(parts, [fixture('small.py'), '--env', other, '--name', 'parity-small']),
    deploy(parts, [fixture('small.py'), '--name', 'parity-ended']),
  ]);
  const functions = await functionIds(official, 'parity-rich');
  await endOne(official);
  const callId = await callEverything(official);
  const detached = await official.ask<string>('hold_run', {
    name: 'parity-detached',
    environment: 'main',
    detach: true,
  });
  const run = await official.ask<string>('hold_run', {
    name: 'parity-run',
    environment: 'main',
    detach: false,
  });
  const endpoints = await loadEndpoints(parts);
  const answers = await callServer(official);
  const boxes = await makeSandboxes(official);
  const { containers, waiting } = await leaveOnesRunning(parts, functions);
  await official.cli('function', 'autoscaler', 'update', 'parity-rich/ranked', '--min-containers', '1');
  await settle(official);
  const ids = await appIds(official);
  const apps = {
    rich: ids('main', 'parity-rich'),
    dev: ids(other, 'parity-small'),
    versions: ids('main', 'parity-versions'),
    ended: ids('main', 'parity-ended'),
    ...{ detached, run, boxes: ids('main', boxesApp) },
  };
  const until = wholeMinute(Date.now() + 120_000);
  return {
    ...{ apps, functions, containers, callId, commit, since, until, endpoints, answers },
    sandboxes: { ...boxes, waiting },
  };
}

function wholeMinute(time: number): number {
  return Math.floor(time / 60_000) * 60_000;
}

async function deploy(
  { world }: Parts,
  args: readonly string[],
  extra: NodeJS.ProcessEnv = {},
  cwd = os.tmpdir(),
): Promise<void> {
  const connection = await world.planes.connection();
  const { exitCode, stderr, stdout } = await runCli(world.cli, ['deploy', ...args], {
    cwd,
    env: cliEnvironment({ ...world.env, ...extra }, connection),
    onLine: () => undefined,
    timeoutMs: 120_000,
    logger: world.logger,
  });
  if (exitCode !== 0) throw new Error(`modal deploy ${args.join(' ')}: ${stdout}\n${stderr}`);
}

/** A tagged version from a clean checkout, one from a changed checkout, rollovers, and a rollback. */
async function deployVersions(parts: Parts) {
  const checkout = path.join(parts.folder, 'checkout');
  const git = async (...args: readonly string[]) => {
    const env = plainEnvironment({ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' });
    const identity = ['-c', `user.name=${author.name}`, '-c', `user.email=${author.email}`];
    return (await execute('git', ['-C', checkout, ...identity, ...args], { env })).stdout.trim();
  };
  await execute('git', ['init', '-q', '-b', 'trunk', checkout]);
  const script = path.join(checkout, 'versions.py');
  await copyFile(fixture('small.py'), script);
  await git('remote', 'add', 'origin', repository);
  await git('add', '.');
  await git('commit', '-q', '-m', 'first');
  const [hash = '', time = ''] = (await git('log', '-1', '--format=%H %ct')).split(' ');
  const name = ['--name', 'parity-versions'];
  await deploy(parts, [script, ...name, '--tag', 'first'], {}, checkout);
  await writeFile(path.join(checkout, 'versions.py'), '\n# changed\n', { flag: 'a' });
  await deploy(parts, [script, ...name], {}, checkout);
  for (let version = 3; version < versions; version++)
    await parts.official.cli('app', 'rollover', 'parity-versions');
  await parts.official.cli('app', 'rollback', 'parity-versions', `v${rolledBackTo}`);
  return { hash, time: Number(time) * 1000 };
}

async function appIds(official: Official) {
  const lists = new Map<string, readonly ListedApp[]>();
  for (const environment of ['main', other])
    lists.set(environment, await official.cliJson<ListedApp[]>('app', 'list', '--env', environment));
  return (environment: string, name: string) =>
    lists.get(environment)?.find(({ description }) => description === name)?.app_id ?? '';
}

async function functionIds(official: Official, app: string): Promise<Readonly<Record<string, string>>> {
  const info = await official.cliJson<Record<'functions' | 'servers', Record<string, { id: string }>>>(
    ...['app', 'info', app],
  );
  const all = { ...info.functions, ...info.servers };
  return Object.fromEntries(Object.entries(all).map(([tag, { id }]) => [tag, id]));
}

/** An app with a log that has ended. */
async function endOne(official: Official): Promise<void> {
  const call = await official.ask('spawn', { app: 'parity-ended', function: 'hello', arguments: ['world'] });
  await official.ask('result', { call_id: call });
  await official.cli('app', 'stop', 'parity-ended', '--yes');
}

/** Calls that succeed, in two containers of a function and one of a class, and calls that fail. */
async function callEverything(official: Official): Promise<string> {
  const spawn = (target: string, ...given: readonly unknown[]) =>
    official.ask<string>('spawn', { app: 'parity-rich', function: target, arguments: given });
  const calls = [
    await spawn('ranked', 'one'),
    await spawn('ranked', 'two'),
    await spawn('fails'),
    await spawn('crashes'),
  ];
  const asked = await official.ask<string>('ask_class', { app: 'parity-rich', name: 'Model', text: 'three' });
  const call = await official.ask<string>('spawn', {
    ...{ app: 'parity-small', function: 'hello', arguments: ['dev'], environment: other },
  });
  for (const each of [...calls, asked, call]) await official.ask('result', { call_id: each });
  return calls[0]!;
}

/** Which the local Modal is given, since it makes none. */
async function loadEndpoints({ world, official }: Parts): Promise<Scene['endpoints']> {
  const loaded: [string, string][] = [];
  for (const [kind, endpoint] of Object.entries(managed)) {
    const body = { name: `parity-${kind}`, ...endpoint };
    const { endpointId } = (await world.simulator.admin('POST', '/endpoints', body)) as {
      endpointId: string;
    };
    loaded.push([kind, endpointId]);
  }
  await official.cli('endpoint', 'stop', 'parity-over', '--yes');
  return Object.fromEntries(loaded) as Scene['endpoints'];
}

/** Requests to a server, one of which asks for what it does not have. @returns the statuses of the answers */
async function callServer(official: Official): Promise<number[]> {
  const { Open: url } = await official.ask<Record<string, string>>('servers', {
    ...{ app: 'parity-rich', environment: 'main', names: ['Open'] },
  });
  const answers: number[] = [];
  for (const file of ['', '', '/no/such/file']) {
    const answer = await fetch(`${url}${file}`);
    await answer.text();
    answers.push(answer.status);
  }
  return answers;
}

const makeSandbox = (official: Official, kind: keyof typeof sandboxes, more: object = {}) => {
  const { command, options } = sandboxes[kind];
  return official.ask<string>('sandbox', { app: boxesApp, command, options: { ...options, ...more } });
};

async function makeSandboxes(official: Official) {
  const ports = { encrypted_ports: [await freePort()], unencrypted_ports: [await freePort()] };
  const made = {
    held: await makeSandbox(official, 'held'),
    open: await makeSandbox(official, 'open', ports),
    small: await makeSandbox(official, 'small'),
    gone: await makeSandbox(official, 'gone'),
    goneToo: await makeSandbox(official, 'goneToo'),
  };
  for (const id of [made.gone, made.goneToo]) await official.ask('wait', { sandbox_id: id });
  return made;
}

/** One call that runs, two that wait for it, and a container and a sandbox that take long to start. */
async function leaveOnesRunning({ world, official }: Parts, functions: Readonly<Record<string, string>>) {
  for (let call = 0; call < 3; call++)
    await official.ask('spawn', { app: 'parity-rich', function: 'narrow', arguments: [2000] });
  await containerOf(world, functions['narrow'], 'startedAt');
  await world.simulator.admin('POST', '/faults', { coldStartSeconds: 3000 });
  await official.ask('spawn', { app: 'parity-rich', function: 'starts_late', arguments: [] });
  const starting = await containerOf(world, functions['starts_late'], 'enqueuedAt');
  const waiting = await makeSandbox(official, 'waiting');
  await pause(300); // it has read how long it takes
  await world.simulator.admin('DELETE', '/faults');
  const containers = {
    busy: await containerOf(world, functions['narrow'], 'startedAt'),
    starting,
    crashed: await containerOf(world, functions['crashes'], 'finishedAt'),
  };
  return { containers, waiting };
}

interface SimulatorTask {
  readonly taskId: string;
  readonly functionId: string;
  readonly enqueuedAt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Waits until a function has a container in that state. */
async function containerOf(
  world: TestWorld,
  functionId: string | undefined,
  reached: 'enqueuedAt' | 'startedAt' | 'finishedAt',
): Promise<string> {
  for (let look = 0; look < 300; look++) {
    const { tasks } = (await world.simulator.admin('GET', '/state')) as { tasks: SimulatorTask[] };
    const found = tasks.find((task) => task.functionId === functionId && task[reached] > 0);
    if (found) return found.taskId;
    await pause(100);
  }
  throw new Error(`${functionId} has no container that was ${reached}.`);
}

/** Waits until nothing changes any more: the containers of calls that failed have gone. */
async function settle(official: Official): Promise<void> {
  let before = '';
  for (let look = 0; look < 60; look++) {
    const now = JSON.stringify([
      await official.cliJson('container', 'list'),
      await official.cliJson('container', 'list', '--env', other),
    ]);
    if (now === before) return;
    before = now;
    await pause(1000);
  }
  throw new Error('The containers of the scene do not come to rest.');
}
