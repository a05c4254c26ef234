import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensurePython } from '../../scripts/python.ts';
import { root } from '../../scripts/root.ts';
import type { BenchRow } from './table.ts';

const script = path.join(root, 'modal_apps/tests/bench/bench_apps.py');

/** The bundled apps on this machine's CPU, beside the bare models. @throws when a part of it fails */
export async function benchApps(): Promise<BenchRow[]> {
  const env = { ...process.env, OMP_NUM_THREADS: '2', PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(await ensurePython(), [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const rows: BenchRow[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The apps' own progress lines come along.
    if (line.startsWith('{"what"')) rows.push(JSON.parse(line) as BenchRow);
  }
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== 0)
    throw new Error(`The bench of the apps ended with exit code ${String(child.exitCode)}.`);
  return rows;
}
