/**
 * Many deploys that end in every way a deploy can end: by themselves, cancelled at a random moment, or cut off with
 * their window. After each one the server must know exactly what was told, and no process may be left.
 */
import { getEventListeners } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployer } from '../../src/features/deploy/core/deployer.ts';
import { DeployRun } from '../../src/features/deploy/core/deployRun.ts';
import { DeployJournal } from '../../src/features/deploy/core/journal.ts';
import { JournalNote } from '../../src/features/deploy/core/journalNote.ts';
import type { DeployPlan } from '../../src/features/deploy/core/plan.ts';
import { planDeploy } from '../../src/features/deploy/core/planDeploy.ts';
import { recoverDeploy } from '../../src/features/deploy/core/recovery.ts';
import type { CatalogApp } from '../../src/domain/catalog.ts';
import { isCancelled, toModalError } from '../../src/domain/errors.ts';
import { DeployTracker } from '../../src/features/deploy/ui/deployTracker.ts';
import { TestWorld } from '../integration/support/world.ts';
import { random } from './random.ts';

type Ending = 'alone' | 'cancelled' | 'reloaded' | 'crashed';

const endings: readonly Ending[] = ['alone', 'cancelled', 'cancelled', 'reloaded', 'crashed'];
const appName = 'soak';
/** A deploy takes about this long here, so that random moments hit every stage. */
const usualMs = 1000;

let folder = '';
let world: TestWorld;
const memory = new Map<string, unknown>();
const memento = {
  get: (key: string) => structuredClone(memory.get(key)),
  update: (key: string, value: unknown) => Promise.resolve(void memory.set(key, structuredClone(value))),
};
const tracker = new DeployTracker();
const tally = new Map<string, number>();
const wrong: string[] = [];
let deployer: Deployer;
let version = 0;

/** @returns whether nothing was wrong */
export async function soakDeploys(count: number, seed: number): Promise<boolean> {
  await using cleanup = new AsyncDisposableStack();
  folder = await mkdtemp(path.join(os.tmpdir(), 'soak-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  world = await TestWorld.start();
  cleanup.defer(() => world.stop());
  deployer = new Deployer();
  const next = random(seed);
  for (let at = 0; at < count; at++) {
    const ending = endings[Math.floor(next() * endings.length)] ?? 'alone';
    await writeScript(at);
    const outcome = await oneDeploy(ending, next() * usualMs * 1.3);
    tally.set(`${ending}: ${outcome}`, (tally.get(`${ending}: ${outcome}`) ?? 0) + 1);
    await check(at, ending, outcome);
  }
  if (tracker.all.length > 0) wrong.push(`${tracker.all.length} deploys are still said to run`);
  console.log(`${count} deploys, seed ${seed}`);
  for (const [what, times] of [...tally].sort()) console.log(`  ${what}: ${times}`);
  for (const line of wrong) console.log(`WRONG ${line}`);
  console.log(
    wrong.length === 0 ? 'No orphan process, no wrong state, no leaked listener.' : `${wrong.length} faults`,
  );
  tracker.dispose();
  return wrong.length === 0;
}

function newJournal(): DeployJournal {
  return new DeployJournal(() => path.join(folder, 'deploys'), memento);
}

/** Another image each time, so that every stage takes part. */
async function writeScript(at: number): Promise<void> {
  const source = `import modal\n\napp = modal.App("${appName}", image=modal.Image.debian_slim().pip_install("p${at}==1"))\n\n\n@app.function()\ndef f() -> int:\n    return ${at}\n`;
  await writeFile(path.join(folder, 'app.py'), source);
}

/** @returns what the product tells its user */
async function oneDeploy(ending: Ending, afterMs: number): Promise<'deployed' | 'not deployed'> {
  const deploy = new DeployRun(await planned());
  const { environment } = deploy.plan;
  const note = new JournalNote(deploy, { journal: newJournal(), logger: world.logger });
  await note.begin({ account: '', title: 'Soak', appName, environment });
  tracker.add(deploy);
  const running = deployer.deploy(deploy, await services()).then(
    () => 'deployed' as const,
    (error: unknown) => {
      if (!isCancelled(error) && ending !== 'crashed')
        wrong.push(`${ending}: ${toModalError(error).message}`);
      return 'not deployed' as const;
    },
  );
  if (ending === 'cancelled' || ending === 'reloaded') await Promise.race([sleep(afterMs), running]);
  if (ending === 'cancelled') deploy.cancel();
  const outcome =
    ending === 'reloaded' || ending === 'crashed'
      ? await cutOff(ending, afterMs, running, deploy)
      : await running;
  tracker.end(deploy);
  await newJournal().remove(deploy.id);
  const listeners = getEventListeners(deploy.signal, 'abort').length;
  if (listeners > 0) wrong.push(`${ending}: ${listeners} listeners are left`);
  return outcome;
}

/** The window goes, with or without the time to say goodbye, and the next one looks at what is true. */
async function cutOff(
  ending: Ending,
  afterMs: number,
  running: Promise<'deployed' | 'not deployed'>,
  deploy: DeployRun,
): Promise<'deployed' | 'not deployed'> {
  await Promise.race([sleep(afterMs), running]);
  if (ending === 'reloaded') deploy.cancel();
  const known = (await newJournal().entries())[0];
  if (!known) return running; // the CLI had not been started yet
  const recovered = await recoverDeploy(known, world.plane);
  const told = await running;
  deployer = new Deployer();
  // What the next window tells its user. A publish under way when it looked is the only thing that may come later.
  return recovered.published === true || told === 'deployed' ? 'deployed' : 'not deployed';
}

async function check(at: number, ending: Ending, outcome: 'deployed' | 'not deployed'): Promise<void> {
  const name = `deploy ${at} (${ending}, told: ${outcome})`;
  const left = await processesWith(folder);
  if (left.length > 0) wrong.push(`${name} left: ${left.join(' | ')}`);
  const apps = (await world.plane.listApps('main')).filter((app) => app.name === appName);
  const unfinished = apps.filter(({ state }) => state === 'initializing' || state === 'ephemeral');
  if (unfinished.length > 0) wrong.push(`${name} left an unfinished app`);
  const now = (await world.plane.findDeployedApp(appName, 'main'))?.version ?? 0;
  const isNew = now > version;
  if (isNew !== (outcome === 'deployed')) wrong.push(`${name}: version ${version} before, ${now} after`);
  version = now;
}

async function planned(): Promise<DeployPlan> {
  const app: CatalogApp = {
    id: 'soak',
    title: 'Soak',
    summary: '',
    description: '',
    entry: 'app.py',
    defaultAppName: appName,
    icon: 'cloud',
    tags: [],
    gpu: { setting: 'APP_GPU', default: 'T4', choices: [] },
    secrets: [],
    settings: [],
    endpoints: [],
    samples: [],
    folder,
  };
  const connection = await world.planes.connection();
  return planDeploy({ kind: 'bundled', app }, { plane: world.plane, connection, environment: 'main' });
}

async function services() {
  const connection = await world.planes.connection();
  return {
    cli: world.cli,
    connection,
    plane: world.plane,
    env: world.env,
    logger: world.logger,
    keepKey: () => Promise.resolve(),
  };
}

/** Command lines of running processes that name the folder. */
async function processesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(text)) found.push(line.replaceAll('\0', ' '));
  }
  return found;
}
