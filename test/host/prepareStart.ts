/** What `npm start` needs before anything can start: checked first, then installed side by side. */
import { once } from 'node:events';
import path from 'node:path';
import { missing } from '../../scripts/needs.ts';
import { hasStartPython } from '../../scripts/python.ts';
import { root } from '../../scripts/root.ts';
import { hasHost } from './install.ts';
import { packageExtension } from './packageExtension.ts';
import { ProcessGroup } from './processGroup.ts';

/**
 * @returns path of the extension's package
 * @throws Error that says in one line what is missing on this machine
 */
export async function prepareStart(): Promise<string> {
  const [python, editor] = [await hasStartPython(), hasHost()];
  const problem = missing({ python: !python, compiler: !editor });
  if (problem) throw new Error(problem);
  const [vsix] = await Promise.all([
    packageExtension(),
    python ? undefined : script('scripts/python.ts', '--start'),
    editor ? undefined : script('test/host/install.ts'),
  ]);
  return vsix;
}

/** In a process of its own, since each waits for its programs without a pause. */
async function script(file: string, ...args: string[]): Promise<void> {
  const { child } = new ProcessGroup(process.execPath, [path.join(root, file), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${file} failed, as told above.`);
}
