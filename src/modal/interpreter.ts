import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { ModalError } from '../domain/errors.ts';
import { redactBeginning } from '../shared/redact.ts';
import { runBriefly } from './briefRun.ts';
import type { ModalCli } from './cli.ts';
import type { Candidate, InterpreterInput } from './cliCandidates.ts';
import { cliCandidates } from './cliCandidates.ts';

export type { InterpreterInput } from './cliCandidates.ts';

/** Before 1.4 commands were others, and 1.4 still lacks calls and output forms that deploys and sign-ins read. */
export const lowestVersion = '1.5.0';

export interface SearchLimits {
  /** Milliseconds for one candidate; a cold Python on a slow disk takes seconds. */
  readonly eachMs: number;
  readonly totalMs: number;
}

const defaultLimits: SearchLimits = { eachMs: 15_000, totalMs: 45_000 };

/** A candidate that was passed over, and why. */
interface Refused {
  readonly candidate: Candidate;
  readonly trouble: string;
}

export interface CliSearch {
  readonly cli?: ModalCli;
  /** The nearest one that is too old; only looked at when there is no other. */
  readonly tooOld?: ModalCli;
  readonly refused: readonly Refused[];
  /** The search ended before every candidate was looked at. */
  readonly cutShort: boolean;
}

/**
 * Finds the `modal` that the user would get, the nearest first.
 * @throws kind `cliMissing` saying where it looked, `cliUnsupported` with the version that was found, or `cancelled`
 */
export async function findCli(
  input: InterpreterInput,
  signal?: AbortSignal,
  limits?: SearchLimits,
): Promise<ModalCli> {
  const search = await searchCli(input, signal, limits);
  if (search.cli) return search.cli;
  if (search.tooOld) throw tooOld(search.tooOld, search);
  throw missing(input, search);
}

/** As `findCli`, with all that was seen on the way. @throws kind `cancelled` */
export async function searchCli(
  input: InterpreterInput,
  signal?: AbortSignal,
  limits: SearchLimits = defaultLimits,
): Promise<CliSearch> {
  const until = performance.now() + limits.totalMs;
  const refused: Refused[] = [];
  let tooOld: ModalCli | undefined;
  for (const candidate of await cliCandidates(input)) {
    if (signal?.aborted) throw new ModalError('cancelled', 'Cancelled');
    if (!input.configured && !(await isProgram(candidate.command))) continue;
    const limitMs = Math.min(limits.eachMs, until - performance.now());
    if (limitMs <= 0) return { refused, cutShort: true, ...(tooOld ? { tooOld } : {}) };
    const { version, trouble = '' } = await versionOf(candidate, input.env, limitMs, signal);
    if (version === undefined) {
      refused.push({ candidate, trouble });
      continue;
    }
    const cli = { ...candidate, version };
    if (!isOlder(version, lowestVersion)) return { cli, refused, cutShort: false };
    refused.push({ candidate, trouble: `has version ${version}, which is too old` });
    tooOld ??= cli;
  }
  return { refused, cutShort: false, ...(tooOld ? { tooOld } : {}) };
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function versionOf(
  candidate: Candidate,
  env: NodeJS.ProcessEnv,
  limitMs: number,
  signal?: AbortSignal,
): Promise<{ version?: string; trouble?: string }> {
  const { stdout, stderr, exitCode, trouble } = await runBriefly(
    candidate.command,
    [...candidate.args, '--version'],
    { env, limitMs, ...(signal ? { signal } : {}) },
  );
  if (trouble) return { trouble };
  const version = /^modal client version:\s*(\d\S*)/m.exec(stdout)?.[1];
  if (version) return { version };
  if (/No module named '?modal/.test(stderr)) return { trouble: 'has no modal' };
  const said = redactBeginning((stdout || stderr).trim().split('\n').at(-1) ?? '').slice(0, 100);
  return { trouble: `is not the Modal CLI: ${said ? `it says "${said}"` : `exit code ${exitCode ?? '?'}`}` };
}

/** Compares the numbers of two versions; suffixes such as `.dev3` do not count. */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(version), numbers(than)];
  for (let at = 0; at < 3; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function tooOld(cli: ModalCli, search: CliSearch): ModalError {
  return new ModalError(
    'cliUnsupported',
    `Modal CLI ${cli.version} (${cli.source}) is too old: ${lowestVersion} or newer is needed. Upgrade it with "Modal: Install Modal CLI".`,
    { detail: detailOf(search) },
  );
}

function missing(input: InterpreterInput, search: CliSearch): ModalError {
  const looked = input.configured
    ? `${input.configured} (the setting modalGpu.cli.path) ${search.refused[0]?.trouble ?? 'has no modal'}`
    : search.cutShort
      ? 'the search took too long, because something it found did not answer'
      : 'neither the chosen interpreter, the workspace environment, PATH, uv nor pipx has it';
  return new ModalError(
    'cliMissing',
    `The Modal CLI was not found: ${looked}. Install it with "Modal: Install Modal CLI", or: pip install modal`,
    { detail: detailOf(search) },
  );
}

function detailOf({ refused, cutShort }: CliSearch): string {
  const lines = refused.map(
    ({ candidate, trouble }) =>
      `${[candidate.command, ...candidate.args].join(' ')} (${candidate.source}) ${trouble}`,
  );
  if (cutShort) lines.push('The rest was not looked at: the search took too long.');
  return `Looked at:\n${lines.join('\n') || 'nothing: no candidate exists'}`;
}
