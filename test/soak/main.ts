/**
 * `npm run soak`: days of use in compressed time, then many deploys that end in every way. `npm run soak -- use` or
 * `npm run soak -- deploys 40 7` runs one of them; the numbers are of the deploys, how many and their seed.
 */
import { soakDeploys } from './deploys.ts';
import { soakUse } from './use/main.ts';
import { printSoak } from './use/row.ts';

const words = process.argv.slice(2);
const part = words.find((word) => !/^\d+$/.test(word));
const [count = 200, seed = 1] = words.filter((word) => word !== part).map(Number);
if (part !== undefined && part !== 'use' && part !== 'deploys')
  throw new Error(`There is no part "${part}". The parts are: use, deploys.`);

if (part !== 'deploys') {
  const rows = await soakUse();
  printSoak(rows);
  if (rows.some(({ met }) => !met)) process.exitCode = 1;
}
if (part !== 'use' && !(await soakDeploys(count, seed))) process.exitCode = 1;
