/**
 * `npm run bench`: prints what, ours, rival, ratio, promise and met, and writes the same to `test/bench/results.json`.
 * With names of parts, e.g. `npm run bench -- lists activation`, it runs only those and writes no file.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from '../../scripts/build.ts';
import { TestWorld } from '../integration/support/world.ts';
import { benchActivation } from './activation.ts';
import { benchApps } from './apps.ts';
import { benchCalls } from './calls.ts';
import { benchDeploy } from './deploy.ts';
import { benchDoctor } from './doctor.ts';
import { benchEndless } from './endless.ts';
import { benchHostile } from './hostile.ts';
import { benchLists } from './lists.ts';
import { benchLoad } from './load.ts';
import { benchLogs } from './logs.ts';
import { benchLogView } from './logView.ts';
import { benchRequests } from './requests.ts';
import { benchWideApps } from './wideApps.ts';
import { benchWorkspace } from './workspace.ts';
import type { BenchRow } from './table.ts';
import { printTable } from './table.ts';

type Part = () => Promise<BenchRow[]>;

const parts: Readonly<Record<string, Part>> = {
  lists: () => inWorld(benchLists),
  deploy: () => inWorld(benchDeploy),
  logs: () => inWorld(benchLogs),
  logView: benchLogView,
  load: benchLoad,
  hostile: benchHostile,
  endless: benchEndless,
  activation: benchActivation,
  apps: benchApps,
  requests: benchRequests,
  calls: () => inWorld(benchCalls),
  wideApps: benchWideApps,
  workspace: benchWorkspace,
  doctor: benchDoctor,
};

async function inWorld(bench: (world: TestWorld) => Promise<BenchRow[]>): Promise<BenchRow[]> {
  const world = await TestWorld.start();
  try {
    return await bench(world);
  } finally {
    await world.stop();
  }
}

function chosenParts(names: readonly string[]): Part[] {
  return names.map((name) => {
    const part = parts[name];
    if (!part)
      throw new Error(`There is no part "${name}". The parts are: ${Object.keys(parts).join(', ')}.`);
    return part;
  });
}

const names = process.argv.slice(2);
const chosen = chosenParts(names.length > 0 ? names : Object.keys(parts));
await build({ production: true, write: true });
const rows: BenchRow[] = [];
for (const part of chosen) rows.push(...(await part()));
printTable(rows);
if (names.length === 0)
  await writeFile(path.join(import.meta.dirname, 'results.json'), JSON.stringify(rows, undefined, 2));
