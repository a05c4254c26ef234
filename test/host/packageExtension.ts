import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../../scripts/root.ts';

/** Builds the `.vsix` as a release does. @returns its path, which the script prints last */
export async function packageExtension(): Promise<string> {
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
