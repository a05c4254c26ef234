/** A window that is killed at any step of a deploy or serve: the next one ends what is left, and says what is true. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeployJournal } from '../../src/features/deploy/core/journal.ts';
import type { JournalKind } from '../../src/features/deploy/core/journal.ts';
import { entriesOfOthers } from '../../src/features/workspace/core/running/otherWindows.ts';
import type { Recovered } from '../../src/features/deploy/core/recovery.ts';
import { recoverDeploy } from '../../src/features/deploy/core/recovery.ts';
import { cliEnvironment } from '../../src/modal/cli.ts';
import type { DyingOrder } from './support/dyingWindow.ts';
import { TestWorld } from './support/world.ts';

const dyingWindow = path.join(import.meta.dirname, 'support/dyingWindow.ts');

let world: TestWorld;
let folder: string;

beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'dying-'));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

async function writeScript(name: string): Promise<string> {
  const script = path.join(folder, `${name}.py`);
  const image = `modal.Image.debian_slim().pip_install("p-${name}")`;
  await writeFile(
    script,
    `import modal\n\napp = modal.App("${name}", image=${image})\n\n\n@app.function()\ndef f() -> int:\n    return 1\n`,
  );
  return script;
}

/** @returns what the next window finds */
async function diesAt(kind: JournalKind, step: string): Promise<Recovered> {
  const appName = `${kind}-${step}`;
  const script = await writeScript(appName);
  const { cli, env, plane, planes } = world;
  const journalFolder = path.join(folder, `journal-${appName}`);
  const order: DyingOrder = { kind, cli, script, appName, folder: journalFolder, step };
  const window = spawn(process.execPath, [dyingWindow, JSON.stringify(order)], {
    env: { ...env, ...cliEnvironment(env, await planes.connection()) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = (await once(window, 'exit')) as [number | null, string | null];
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  const journal = new DeployJournal(() => journalFolder, {
    get: () => undefined,
    update: () => Promise.resolve(),
  });
  const { cutOff } = await entriesOfOthers(await journal.entries(), new Set());
  expect(cutOff).toHaveLength(1);
  const recovered = await recoverDeploy(cutOff[0]!, plane);
  await expect.poll(() => processesOf(script), { timeout: 20_000 }).toEqual([]);
  return recovered;
}

async function statesOf(name: string): Promise<string[]> {
  const apps = await world.plane.listApps('main');
  return apps.filter((app) => app.name === name).map(({ state }) => state);
}

/** Command lines that name the script. */
async function processesOf(script: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(script)) found.push(line.replaceAll('\0', ' '));
  }
  return found;
}

it.each(['started', 'app', 'image', 'functions', 'publish', 'done', 'over'])(
  'a deploy whose window dies at the step "%s" is ended or was published, as the next window says',
  async (step) => {
    const { published } = await diesAt('deploy', step);
    const states = await statesOf(`deploy-${step}`);
    expect(states).not.toContain('initializing');
    expect(states.includes('deployed')).toBe(published);
    if (step === 'done' || step === 'over') expect(published).toBe(true);
  },
);

it.each(['started', 'app', 'serving'])(
  'a serve whose window dies at the step "%s" leaves no process and no app',
  async (step) => {
    await diesAt('serve', step);
    const states = await statesOf(`serve-${step}`);
    expect(states).not.toContain('ephemeral');
    expect(states).not.toContain('initializing');
  },
);
