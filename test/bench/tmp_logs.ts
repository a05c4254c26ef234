import { TestWorld } from '../integration/support/world.ts';
import { benchLogs } from './logs.ts';
import { printTable } from './table.ts';
const world = await TestWorld.start();
try {
  printTable(await benchLogs(world));
} finally {
  await world.stop();
}
