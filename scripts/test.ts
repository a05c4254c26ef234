/**
 * `npm test`: every suite, then one line `N passed, N failed`. One that computes goes on in the background while the next
 * ones wait for processes and servers most of their time.
 *
 * `npm test -- unit python` runs only the named suites. Whatever a suite prints is in
 * `out/test/<suite>.log`; what failed is printed here too.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Count } from './reports.ts';
import { root } from './root.ts';
import type { Suite } from './suites.ts';
import { suites } from './suites.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `No suite named ${unknown.join(', ')}. There are: ${suites.map((suite) => suite.name).join(', ')}`,
  );
  process.exit(2);
}

await rm(path.join(root, 'out/test'), { recursive: true, force: true });
await mkdir(path.join(root, 'out/test'), { recursive: true });

const chosen = suites.filter((suite) => wanted.length === 0 || wanted.includes(suite.name));
const runs: Promise<Count>[] = [];
for (const suite of chosen) {
  if (suite.isAlone) await Promise.all(runs);
  await suite.prepare?.().catch(() => undefined); // the suite itself tells why
  const running = runSuite(suite);
  runs.push(running);
  if (!suite.inBackground) await running;
}
const counts = await Promise.all(runs);

const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function runSuite(suite: Suite): Promise<Count> {
  const start = performance.now();
  console.log(`\n== ${suite.name}`);
  const count = await suite.run().catch((error: unknown): Count => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`== ${suite.name}: ${count.passed} passed, ${count.failed} failed (${seconds} s)`);
  return count;
}
