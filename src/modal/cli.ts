import { spawn } from 'node:child_process';
import { ModalError } from '../domain/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { redactBeginning } from '../shared/redact.ts';
import type { Connection } from './connection.ts';
import { OutputLines } from './outputLines.ts';
import { OutputTail } from './outputTail.ts';
import { assertPassable } from './programInput.ts';
import { endTree, ownGroup } from './processTree.ts';
import { formatDuration } from '../shared/format.ts';

/** How to start the user's own `modal`. */
export interface ModalCli {
  readonly command: string;
  /** What stands before the subcommand, e.g. `-m modal`. */
  readonly args: readonly string[];
  readonly version: string;
  /** Where it was found, in words for the user. */
  readonly source: string;
}

export interface CliRunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Gets the head of the process group. */
  readonly onStart?: (pid: number) => void;
  readonly signal?: AbortSignal;
  /** Absent for what runs until it is ended, as a serve does. */
  readonly timeoutMs?: number;
  readonly logger: Logger;
  /** Arguments as they may stand in a log; absent: as they are. */
  readonly loggedArgs?: readonly string[];
}

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Of each stream this many last characters are kept for messages. */
const tailLength = 200_000;

/**
 * Variables under which the CLI's output can be read: no colours, no wrapping, UTF-8, unbuffered. Credentials go here
 * and never into arguments, which every process of the machine can read.
 */
export function cliEnvironment(base: NodeJS.ProcessEnv, connection?: Connection): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...base,
    COLUMNS: '4000',
    NO_COLOR: '1',
    TERM: 'dumb',
    PYTHONUTF8: '1',
    PYTHONIOENCODING: 'utf-8',
    PYTHONUNBUFFERED: '1',
    // The bundled apps lie in a folder that may be read-only and is shipped without caches.
    PYTHONDONTWRITEBYTECODE: '1',
  };
  delete env['FORCE_COLOR'];
  return connection ? { ...env, ...connectionEnvironment(connection) } : env;
}

/** Makes the CLI use this connection, whatever its own profile file says. */
export function connectionEnvironment(connection: Connection): Record<string, string> {
  return {
    // Also where no profile is active: the CLI refuses to guess, although it is given the token.
    MODAL_PROFILE: connection.profile,
    MODAL_TOKEN_ID: connection.tokenId,
    MODAL_TOKEN_SECRET: connection.tokenSecret,
    MODAL_SERVER_URL: connection.serverUrl,
    ...(connection.environment ? { MODAL_ENVIRONMENT: connection.environment } : {}),
  };
}

/**
 * Runs the CLI to its end, passing on each line as it comes.
 * @throws kind `cancelled`, `timeout`, `invalid` for input that no program can be given, or `cliMissing` when it cannot
 * be started; a bad exit code is a result
 */
export function runCli(cli: ModalCli, args: readonly string[], options: CliRunOptions): Promise<CliResult> {
  const { signal, logger, timeoutMs } = options;
  if (signal?.aborted) return Promise.reject(new ModalError('cancelled', 'Cancelled'));
  const start = performance.now();
  return new Promise((resolve, reject) => {
    assertPassable(args, options.env);
    const child = spawn(cli.command, [...cli.args, ...args], {
      ...ownGroup,
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    const tails = { stdout: new OutputTail(tailLength), stderr: new OutputTail(tailLength) };
    const readers = (['stdout', 'stderr'] as const).map((stream) => {
      const lines = new OutputLines((line) => {
        tails[stream].add(line);
        options.onLine(line, stream);
      });
      child[stream].on('data', (chunk: Buffer) => lines.push(chunk));
      return lines;
    });
    let reason: ModalError | undefined;
    const end = (error: ModalError) => {
      if (reason) return;
      reason = error;
      endTree(child);
    };
    const abort = () => end(new ModalError('cancelled', 'Cancelled'));
    signal?.addEventListener('abort', abort, { once: true });
    const tooLong = (ms: number) =>
      new ModalError('timeout', `The Modal CLI did not finish in ${Math.round(ms / 60_000)} minutes.`);
    const limit = timeoutMs === undefined ? undefined : setTimeout(() => end(tooLong(timeoutMs)), timeoutMs);
    const settle = () => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', abort);
    };
    child.once('error', (error) => {
      settle();
      reject(
        new ModalError('cliMissing', `${cli.command} cannot be started: ${error.message}`, { cause: error }),
      );
    });
    child.once('close', (code, killedBy) => {
      settle();
      for (const lines of readers) lines.end();
      const outcome = killedBy ?? `exit code ${code ?? 'unknown'}`;
      const logged = (options.loggedArgs ?? args).join(' ');
      logger.info(
        redactBeginning(`modal ${logged}: ${outcome} after ${formatDuration(performance.now() - start)}`),
      );
      if (reason) reject(reason);
      else resolve({ exitCode: code ?? 1, stdout: String(tails.stdout), stderr: String(tails.stderr) });
    });
  });
}
