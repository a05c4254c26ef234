import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { root } from './root.ts';

/**
 * Runs a command in the checkout with this process's output.
 * @param log a file that takes the output instead: of a long run, only its failures are worth a reader's screen
 * @returns its exit code; 1 when a signal ended it
 */
export async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  log?: string,
): Promise<number> {
  if (log === undefined) return exitCode(command, args, env, 'inherit');
  const file = openSync(log, 'a');
  try {
    return await exitCode(command, args, env, file);
  } finally {
    closeSync(file);
  }
}

function exitCode(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  output: 'inherit' | number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      // There the programs of packages are batch files.
      shell: process.platform === 'win32',
      stdio: ['inherit', output, output],
      env: { ...process.env, ...env },
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
