import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../../scripts/root.ts';

/** Names the `.vsix` that was built for a whole run of tests. */
export const packagedVariable = 'GPU_APPS_PACKAGED';

/** Builds the `.vsix` as a release does, unless the run has it. @returns its path, which the script prints last */
export async function packageExtension(): Promise<string> {
  const packaged = process.env[packagedVariable];
  if (packaged) return packaged;
  const child = spawn(process.execPath, ['scripts/package.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let errors = '';
  child.stdout.on('data', (part: Buffer) => (printed += part.toString()));
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const file = printed.trim().split('\n').at(-1);
  if (code === 0 && file?.endsWith('.vsix')) return file;
  throw new Error(`Packaging the extension failed.\n${printed}${errors}`);
}
