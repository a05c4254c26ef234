/**
 * `node scripts/measureDoctor.ts`: runs the example of every rule with real releases of `modal`, each installed into a
 * folder of its own, and writes what they did to `test/unit/doctor/measured.json`, which the unit tests compare with
 * the rules.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { askModal, hits, misses } from '../test/integration/doctor/samples.ts';
import { cacheRoot } from './cache.ts';
import { installOnce } from './install.ts';
import { ensurePython } from './python.ts';
import { root } from './root.ts';

/** The last release before each of the larger changes, and the newest. */
const releases = ['0.77.0', '1.0.5', '1.1.4', '1.2.6', '1.3.5', '1.4.3', '1.5.4', '1.6.4'];

const base = await ensurePython();
const results: Record<string, Record<string, 'fails' | 'warns' | 'ok'>> = {};
for (const release of releases) {
  const python = await install(release);
  for (const [id, { outcome, warnings }] of await askModal(python, [...hits, ...misses]))
    (results[id] ??= {})[release] = outcome === 'fails' ? 'fails' : warnings.length > 0 ? 'warns' : 'ok';
  console.error(`modal ${release}: done`);
}
await writeFile(path.join(root, 'test/unit/doctor/measured.json'), `${JSON.stringify(results, null, 2)}\n`);

async function install(release: string): Promise<string> {
  const folder = path.join(cacheRoot, `modal-${release}`);
  const python = path.join(folder, 'bin/python');
  await installOnce(folder, () => {
    execute(base, ['-m', 'venv', folder]);
    execute(python, ['-m', 'pip', 'install', '--quiet', `modal==${release}`, 'fastapi']);
  });
  return python;
}

function execute(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}`);
}
