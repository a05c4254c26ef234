import { spawn } from 'node:child_process';
import os from 'node:os';
import { ModalError } from '../domain/errors.ts';
import { assertPassable } from './programInput.ts';
import { endTree, ownGroup } from './processTree.ts';
import { formatDuration } from '../shared/format.ts';

export interface BriefRunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

export interface BriefResult {
  /** undefined when it was ended from outside. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no proper result, in words for the user. */
  readonly trouble?: string;
}

/** More than any program says about its version; one that says more is something else. */
const mostOutput = 64 * 1024;

/**
 * Asks a program for a short answer. It runs in the home folder, so that no file of the workspace is taken for a
 * Python module, and its whole process tree is ended when it takes too long or says too much.
 * @throws kind `cancelled`, or `invalid` for input that no program can be given; whatever the program does is a result
 */
export function runBriefly(
  command: string,
  args: readonly string[],
  { env, limitMs, signal }: BriefRunOptions,
): Promise<BriefResult> {
  if (signal?.aborted) return Promise.reject(new ModalError('cancelled', 'Cancelled'));
  return new Promise((resolve, reject) => {
    assertPassable([command, ...args], env);
    const child = spawn(command, args, {
      ...ownGroup,
      cwd: os.homedir(),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    let trouble: string | undefined;
    const end = (reason: string) => {
      trouble ??= reason;
      endTree(child);
    };
    const abort = () => end('cancelled');
    const timer = setTimeout(() => end(`did not answer in ${formatDuration(limitMs)}`), limitMs);
    signal?.addEventListener('abort', abort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        if (output[stream].length + text.length > mostOutput) end('says too much for a version');
        else output[stream] += text;
      });
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      settle();
      resolve({
        ...output,
        exitCode: undefined,
        trouble: `cannot be started (${error.code ?? error.message})`,
      });
    });
    child.once('close', (code) => {
      settle();
      if (signal?.aborted) reject(new ModalError('cancelled', 'Cancelled'));
      else resolve({ ...output, exitCode: code ?? undefined, ...(trouble ? { trouble } : {}) });
    });
  });
}
