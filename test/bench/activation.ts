import { build } from '../../scripts/build.ts';
import { root } from '../../scripts/root.ts';
import { bundleSuite } from '../extension/bundleSuite.ts';
import { runInHostSuite } from '../extension/hostSuite.ts';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BenchRow } from './table.ts';
import { median } from './table.ts';

const runs = 5;

/** Load and activation of the production build in a real extension host, several starts. */
export async function benchActivation(): Promise<BenchRow[]> {
  await build({ production: true, write: true });
  const testEntry = await bundleSuite();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await startOnce(testEntry));
  const entry = (await stat(path.join(root, 'dist/extension.js'))).size / 1024;
  const ours = median(times);
  return [
    { what: 'load + activate (p50, real host)', unit: 'ms', ours, promise: '<= 30 ms', met: ours <= 30 },
    { what: 'entry bundle', unit: 'KB', ours: entry, promise: '<= 150 KB', met: entry <= 150 },
  ];
}

async function startOnce(testEntry: string): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
  const file = path.join(folder, 'times.json');
  try {
    await runInHostSuite({
      extension: root,
      testEntry,
      workspace: folder,
      env: {
        MODAL_CONFIG_PATH: path.join(folder, 'modal.toml'),
        MODAL_GPU_START_TIMES: file,
        MODAL_GPU_SETTLE_MS: '6000',
      },
    });
    const { load, activate } = JSON.parse(await readFile(file, 'utf8')) as { load: number; activate: number };
    return load + activate;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
