/** `npm run bench`: prints what, ours, rival, ratio, promise and met, and writes the same to `test/bench/results.json`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from '../../scripts/build.ts';
import { TestWorld } from '../integration/support/world.ts';
import { benchActivation } from './activation.ts';
import { benchApps } from './apps.ts';
import { benchDeploy } from './deploy.ts';
import { benchLists } from './lists.ts';
import { benchLogs } from './logs.ts';
import type { BenchRow } from './table.ts';
import { printTable } from './table.ts';

await build({ production: true, write: true });
const world = await TestWorld.start();
const rows: BenchRow[] = [];
try {
  rows.push(...(await benchLists(world)), ...(await benchDeploy(world)), ...(await benchLogs(world)));
} finally {
  await world.stop();
}
rows.push(...(await benchActivation()), ...(await benchApps()));
printTable(rows);
await writeFile(path.join(import.meta.dirname, 'results.json'), JSON.stringify(rows, undefined, 2));
