import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ModalError } from '../domain/errors.ts';
import type { ModalCli } from './cli.ts';

export interface InterpreterInput {
  /** Setting of the user: an interpreter or the `modal` executable; '' = look for one. */
  readonly configured: string;
  /** Interpreter chosen in the editor, if its Python extension tells. */
  readonly chosen?: string;
  readonly workspaceFolders: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
}

interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  readonly source: string;
}

/** `modal app logs -f`, module references and the present decorators need this. */
export const lowestVersion = '1.4.0';

const versionLimitMs = 15_000;

/**
 * Finds the `modal` that the user would get, the nearest first.
 * @throws kind `cliMissing` saying where it looked, or `cliUnsupported` with the version that was found
 */
export async function findCli(input: InterpreterInput): Promise<ModalCli> {
  const candidates = input.configured ? [configuredCandidate(input)] : await presentCandidates(input);
  let old: ModalCli | undefined;
  for (const candidate of candidates) {
    const version = await versionOf(candidate, input.env);
    if (version === undefined) continue;
    const cli = { ...candidate, version };
    if (!isOlder(version, lowestVersion)) return cli;
    old ??= cli;
  }
  if (old) throw tooOld(old);
  throw missing(input, candidates);
}

function configuredCandidate(input: InterpreterInput): Candidate {
  const file = input.configured.replace(/^~(?=\/|\\|$)/, input.home ?? os.homedir());
  const isModal = /^modal(\.exe)?$/i.test(path.basename(file));
  return { command: file, args: isModal ? [] : ['-m', 'modal'], source: 'the setting modalGpu.cli.path' };
}

async function presentCandidates(input: InterpreterInput): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const candidate of allCandidates(input)) {
    if (await isExecutable(candidate.command)) found.push(candidate);
  }
  return found;
}

function allCandidates(input: InterpreterInput): Candidate[] {
  const windows = (input.platform ?? process.platform) === 'win32';
  const inVenv = (folder: string) => path.join(folder, windows ? 'Scripts/python.exe' : 'bin/python');
  const python = (command: string, source: string): Candidate => ({ command, args: ['-m', 'modal'], source });
  const list: Candidate[] = [];
  if (input.chosen) list.push(python(input.chosen, 'the interpreter chosen in the editor'));
  for (const folder of input.workspaceFolders) {
    for (const name of ['.venv', 'venv', 'env']) {
      list.push(python(inVenv(path.join(folder, name)), `${name} of the workspace`));
    }
  }
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX']) {
    const folder = input.env[name];
    if (folder) list.push(python(inVenv(folder), `the environment in ${name}`));
  }
  const folders = (input.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const ending = windows ? '.exe' : '';
  for (const folder of folders)
    list.push({ command: path.join(folder, `modal${ending}`), args: [], source: 'modal on PATH' });
  for (const name of ['python3', 'python']) {
    for (const folder of folders) list.push(python(path.join(folder, name + ending), `${name} on PATH`));
  }
  // Where uv and pipx put tools, for an editor that was started without the shell's PATH.
  list.push({
    command: path.join(input.home ?? os.homedir(), `.local/bin/modal${ending}`),
    args: [],
    source: '~/.local/bin',
  });
  return list;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(candidate: Candidate, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      candidate.command,
      [...candidate.args, '--version'],
      { env, timeout: versionLimitMs, windowsHide: true },
      (_error, stdout) => resolve(/modal client version:\s*(\S+)/.exec(stdout)?.[1]),
    );
  });
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

function tooOld(cli: ModalCli): ModalError {
  return new ModalError(
    'cliUnsupported',
    `Modal CLI ${cli.version} (${cli.source}) is too old: ${lowestVersion} or newer is needed. Upgrade it with: ${cli.command} ${
      cli.args.length > 0
        ? '-m pip install --upgrade modal'
        : '(pip install --upgrade modal in its environment)'
    }`,
  );
}

function missing(input: InterpreterInput, tried: readonly Candidate[]): ModalError {
  const looked = input.configured
    ? `${input.configured} (the setting modalGpu.cli.path) has no modal`
    : 'neither the chosen interpreter, the workspace environment, nor PATH has it';
  return new ModalError(
    'cliMissing',
    `The Modal CLI was not found: ${looked}. Install it with: pip install modal`,
    {
      detail: `Looked at: ${tried.map((candidate) => `${candidate.command} (${candidate.source})`).join(', ') || 'nothing'}`,
    },
  );
}
