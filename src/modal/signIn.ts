import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isModalError, ModalError } from '../domain/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { ModalCli } from './cli.ts';
import { cliEnvironment, runCli } from './cli.ts';
import { configPath } from './profile.ts';
import type { SignInNews } from './signInOutput.ts';
import { readSignInLine, signInFailure } from './signInOutput.ts';
import { plural } from '../shared/format.ts';

export interface SignInOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** Profile to write; '' = the CLI's choice: `MODAL_PROFILE`, else the name of the workspace. */
  readonly profile: string;
  /** Whether the profile becomes the active one, for every project and the terminal. */
  readonly activate: boolean;
  /** Server of an account elsewhere; '' = the one that the CLI is set to. */
  readonly serverUrl?: string;
  readonly onNews: (news: SignInNews) => void;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

export interface SignedIn {
  readonly profile: string;
  /** The profile file, which holds the token now. */
  readonly file: string;
  /** Name of the Modal workspace; '' when the CLI does not tell. */
  readonly workspace: string;
}

/** Modal's page asks people to log in, maybe to register first. */
const signInLimitMs = 10 * 60_000;

/**
 * Signs in through the CLI's own browser flow. The CLI makes the token and writes it to its file; it never comes
 * through here, and nothing of the CLI's output is logged.
 * @throws kind `profileBroken` when the file cannot be written, `cliFailed` with the CLI's cause, `timeout`, `cancelled`
 */
export async function signInByCli(cli: ModalCli, options: SignInOptions): Promise<SignedIn> {
  const file = configPath(options.env);
  await assertWritable(file);
  const limitMs = options.limitMs ?? signInLimitMs;
  let workspace = '';
  let written: SignedIn | undefined;
  const { exitCode, stderr } = await runCli(
    cli,
    ['token', 'new', ...(options.activate ? [] : ['--no-activate'])],
    {
      cwd: os.homedir(), // a modal.py of the workspace would be imported instead of the CLI
      env: signInEnvironment(options),
      timeoutMs: limitMs,
      logger: options.logger,
      ...(options.signal ? { signal: options.signal } : {}),
      onLine: (line) => {
        const news = readSignInLine(line);
        if (!news) return;
        if (news.kind === 'workspace') workspace = news.name;
        if (news.kind === 'written') written = { profile: news.profile, file: news.file, workspace };
        options.onNews(news);
      },
    },
  ).catch((error: unknown) => {
    throw isTimeout(error) ? tooLate(limitMs) : error;
  });
  if (exitCode === 0 && written) return written;
  await assertWritable(file);
  const cause = signInFailure(stderr) || `The CLI ended with exit code ${exitCode}.`;
  throw new ModalError('cliFailed', `${cause} Try again, or sign in in a terminal.`);
}

/**
 * Variables for the flow. The profile is named by its variable, which every version of the CLI knows, while its option
 * `--profile` is newer.
 *
 * `BROWSER` names a browser that does not exist: the CLI then opens nothing and prints the address, and the editor opens
 * it where the user sits, which in a remote window is another machine. The CLI's port on the loopback interface is
 * only how Modal's page recognises that browser and CLI share a machine. It is not printed and needs no forwarding: the
 * page does without it, as it does for a CLI in an SSH session.
 */
function signInEnvironment({ env, profile, serverUrl }: SignInOptions): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = { ...cliEnvironment(env), BROWSER: 'none', MODAL_TRACEBACK: '0' };
  if (profile) result['MODAL_PROFILE'] = profile;
  // An empty name would become the name of the profile.
  else if (!result['MODAL_PROFILE']) delete result['MODAL_PROFILE'];
  if (serverUrl) result['MODAL_SERVER_URL'] = serverUrl;
  return result;
}

/** @throws kind `profileBroken` when a file, present or not, cannot be written */
export async function assertWritable(file: string): Promise<void> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  const reason = isFolder
    ? 'it is a folder'
    : await refusalOf(isFolder === undefined ? path.dirname(file) : file);
  if (!reason) return;
  throw new ModalError(
    'profileBroken',
    `Signing in writes the token to ${file}, which cannot be written: ${reason}. Make it writable, or set MODAL_CONFIG_PATH to another file, then sign in again.`,
  );
}

async function refusalOf(place: string): Promise<string> {
  try {
    await access(place, constants.W_OK);
    return '';
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'its folder does not exist';
    if (code === 'EROFS') return 'it lies on a read-only disk';
    return code === 'EACCES' || code === 'EPERM' ? 'it is read-only for you' : code;
  }
}

function isTimeout(error: unknown): boolean {
  return isModalError(error) && error.kind === 'timeout';
}

function tooLate(limitMs: number): ModalError {
  const minutes = Math.max(1, Math.round(limitMs / 60_000));
  return new ModalError(
    'timeout',
    `Nobody finished signing in in the browser within ${plural(minutes, 'minute')}. Sign in again, or in a terminal.`,
  );
}
