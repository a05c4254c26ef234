import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface InterpreterInput {
  /** Setting of the user: an interpreter, an environment's folder or the `modal` executable; '' = look for one. */
  readonly configured: string;
  /** Words that start the interpreter chosen in the editor, if its Python extension tells. */
  readonly chosen?: readonly string[];
  readonly workspaceFolders: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
  /** Modal is reached through a proxy, for which the CLI needs more packages. */
  readonly proxied?: boolean;
}

/** Something that may be the Modal CLI. */
export interface Candidate {
  readonly command: string;
  /** What stands before the subcommand, e.g. `-m modal`. */
  readonly args: readonly string[];
  /** Where it is, in words for the user. */
  readonly source: string;
}

/** Names of virtual environments that tools and people give; Poetry and uv make the first. */
const environmentNames = ['.venv', 'venv', 'env'];

/** A folder with one of these is a project, so its environment may serve the folders below it. */
const projectMarks = ['.git', 'pyproject.toml', 'uv.lock'];

/**
 * Every place where `modal` may be, the nearest first: setting, chosen interpreter, workspace, variables, `PATH`, and
 * the folders of uv and pipx. Nothing is looked at yet.
 *
 * `uv run modal` is not among them. It makes an environment where there is none, even with `--no-sync`, and then falls
 * back to any `modal` on `PATH`; the environment of a uv project is found directly.
 */
export async function cliCandidates(input: InterpreterInput): Promise<Candidate[]> {
  if (input.configured) return [await configuredCandidate(input)];
  const roots = await projectFolders(input.workspaceFolders);
  return unique([
    ...chosenCandidate(input),
    ...inWorkspace(input, roots),
    ...fromVariables(input),
    ...onPath(input),
    ...toolFolders(input).map(({ folder, source }) => modalIn(input, folder, source)),
  ]);
}

/** Interpreter of a virtual environment or, on Windows, also of a conda environment. */
export function interpretersIn(folder: string, platform: NodeJS.Platform = process.platform): string[] {
  if (platform !== 'win32') return [path.join(folder, 'bin/python')];
  return [path.join(folder, 'Scripts/python.exe'), path.join(folder, 'python.exe')];
}

/** Folders of `PATH`. Relative ones mean the current folder, which may hold anybody's programs. */
export function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

/** The folder itself and, where that is a project of the same owner, the one above. */
export async function projectFolders(folders: readonly string[]): Promise<string[]> {
  const above = await Promise.all(
    folders.map(async (folder) => ((await isProjectAbove(folder)) ? [path.dirname(folder)] : [])),
  );
  return [...new Set([...folders, ...above.flat()])];
}

async function isProjectAbove(folder: string): Promise<boolean> {
  const parent = path.dirname(folder);
  const [own, other] = await Promise.all([stats(folder), stats(parent)]);
  // A shared folder such as /tmp is no part of the user's project, whatever others put there.
  if (!own || !other || parent === folder || own.uid !== other.uid) return false;
  const marks = await Promise.all(projectMarks.map((name) => stats(path.join(parent, name))));
  return marks.some((mark) => mark !== undefined);
}

async function configuredCandidate(input: InterpreterInput): Promise<Candidate> {
  const source = 'the setting modalGpu.cli.path';
  const file = input.configured
    .replace(/^~(?=\/|\\|$)/, input.home ?? os.homedir())
    .replaceAll('${workspaceFolder}', input.workspaceFolders[0] ?? '');
  if ((await stats(file))?.isDirectory()) {
    const [command = file] = interpretersIn(file, input.platform);
    return { command, args: ['-m', 'modal'], source };
  }
  const isModal = /^modal(\.exe)?$/i.test(path.basename(file));
  return { command: file, args: isModal ? [] : ['-m', 'modal'], source };
}

function chosenCandidate({ chosen = [] }: InterpreterInput): Candidate[] {
  const [command, ...words] = chosen;
  if (!command) return [];
  return [{ command, args: [...words, '-m', 'modal'], source: 'the interpreter chosen in the editor' }];
}

function inWorkspace(input: InterpreterInput, roots: readonly string[]): Candidate[] {
  const own = input.env['UV_PROJECT_ENVIRONMENT'];
  const names = own ? [own, ...environmentNames] : environmentNames;
  return roots.flatMap((root) => {
    const where = input.workspaceFolders.includes(root) ? 'the workspace' : 'the folder above the workspace';
    return names.flatMap((name) => pythons(input, path.resolve(root, name), `${name} of ${where}`));
  });
}

function fromVariables(input: InterpreterInput): Candidate[] {
  return ['VIRTUAL_ENV', 'CONDA_PREFIX'].flatMap((name) => {
    const folder = input.env[name];
    return folder ? pythons(input, folder, `the environment in ${name}`) : [];
  });
}

function onPath(input: InterpreterInput): Candidate[] {
  const folders = pathFolders(input.env);
  const ending = isWindows(input) ? '.exe' : '';
  const names = isWindows(input) ? ['python', 'python3', 'py'] : ['python3', 'python'];
  return [
    ...folders.map((folder) => modalIn(input, folder, 'modal on PATH')),
    ...names.flatMap((name) =>
      folders.map((folder) => python(path.join(folder, name + ending), `${name} on PATH`)),
    ),
  ];
}

/** Where uv and pipx put commands, for an editor that was started without the shell's `PATH`. */
function toolFolders({ env, home = os.homedir() }: InterpreterInput): { folder: string; source: string }[] {
  const data = env['XDG_DATA_HOME'];
  const folders = [
    [env['UV_TOOL_BIN_DIR'], 'UV_TOOL_BIN_DIR'],
    [env['PIPX_BIN_DIR'], 'PIPX_BIN_DIR'],
    [env['XDG_BIN_HOME'], 'XDG_BIN_HOME'],
    [data && path.join(data, '../bin'), 'XDG_DATA_HOME'],
    [path.join(home, '.local/bin'), '~/.local/bin'],
  ] as const;
  return folders.flatMap(([folder, source]) => (folder ? [{ folder, source }] : []));
}

function isWindows({ platform = process.platform }: InterpreterInput): boolean {
  return platform === 'win32';
}

function modalIn(input: InterpreterInput, folder: string, source: string): Candidate {
  return { command: path.join(folder, isWindows(input) ? 'modal.exe' : 'modal'), args: [], source };
}

function pythons(input: InterpreterInput, folder: string, source: string): Candidate[] {
  return interpretersIn(folder, input.platform).map((command) => python(command, source));
}

function python(command: string, source: string): Candidate {
  return { command, args: ['-m', 'modal'], source };
}

/** By path and not by what a link points to: interpreters of different environments link to the same file. */
function unique(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = [candidate.command, ...candidate.args].join('\n');
    if (!seen.has(key)) seen.set(key, candidate);
  }
  return [...seen.values()];
}

async function stats(file: string) {
  return stat(file).catch(() => undefined);
}
