import { spawn } from 'node:child_process';
import { root } from './root.ts';

/**
 * Runs a command in the checkout with this process's output.
 * @returns its exit code; 1 when a signal ended it
 */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
