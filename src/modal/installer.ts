import { constants } from 'node:fs';
import { access, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { runBriefly } from './briefRun.ts';
import type { ModalCli } from './cli.ts';
import type { InterpreterInput } from './cliCandidates.ts';
import { interpretersIn, pathFolders } from './cliCandidates.ts';

/** One way to get the Modal CLI: commands that run one after the other, each only if the one before worked. */
export interface InstallOffer {
  readonly commands: readonly (readonly string[])[];
  /** Folder in which they run. */
  readonly cwd: string;
  /** What they change, in words for the user. */
  readonly where: string;
}

/** What an interpreter says of itself. */
interface PythonFacts {
  readonly virtual: boolean;
  readonly pip: boolean;
  /** PEP 668: the system's package manager owns it, and pip refuses. */
  readonly managed: boolean;
}

const askFacts = `
import importlib.util, json, os, sys, sysconfig
virtual = sys.prefix != sys.base_prefix or os.path.isdir(os.path.join(sys.prefix, "conda-meta"))
marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
print(json.dumps({
    "virtual": virtual,
    "pip": importlib.util.find_spec("pip") is not None,
    "managed": sys.prefix == sys.base_prefix and os.path.exists(marker),
}))`;

const factsLimitMs = 10_000;

/**
 * Ways to install the CLI on this machine, the most fitting first; empty when there is nothing to do it with.
 * @throws kind `cancelled`
 */
export async function installOffers(input: InterpreterInput, signal?: AbortSignal): Promise<InstallOffer[]> {
  const [uv, pipx] = await Promise.all([programOnPath(input, 'uv'), programOnPath(input, 'pipx')]);
  const folder = input.workspaceFolders[0];
  const cwd = folder ?? input.home ?? '';
  const modal = packageOf(input);
  const offers: InstallOffer[] = [];
  const offer = (where: string, ...commands: readonly string[][]) => offers.push({ commands, cwd, where });

  if (folder && uv && (await isUvProject(folder)))
    offer('Adds modal to the uv project of this workspace', [uv, 'add', modal]);
  const offered: string[] = [];
  for (const { command, where } of environmentPythons(input)) {
    const words = await packageInstall(input, command, [modal], uv, signal);
    if (!words) continue;
    offer(where, words);
    offered.push(command);
  }
  if (uv) offer('Installs it as a tool of its own, for every project', [uv, 'tool', 'install', modal]);
  if (pipx) offer('Installs it as a tool of its own, for every project', [pipx, 'install', modal]);
  const python = await firstOf(
    (isWindows(input) ? ['py', 'python'] : ['python3', 'python']).map((name) => programOnPath(input, name)),
  );
  const inVenv = input.workspaceFolders.flatMap((root) =>
    interpretersIn(path.join(root, '.venv'), input.platform),
  );
  if (python && folder && !offered.some((command) => inVenv.includes(command))) {
    const [inside = ''] = interpretersIn(path.join(folder, '.venv'), input.platform);
    offer(
      'Makes the virtual environment .venv in this workspace',
      [python, '-m', 'venv', '.venv'],
      [inside, '-m', 'pip', 'install', modal],
    );
  }
  if (python && !folder && offers.length === 0) {
    const facts = await factsOf(input, python, signal);
    if (facts?.pip && !facts.managed)
      offer('Installs it for your user', [python, '-m', 'pip', 'install', '--user', modal]);
  }
  return offers;
}

/**
 * The command that brings an old CLI up to date, by how it was installed; undefined when that cannot be told.
 * @throws kind `cancelled`
 */
export async function upgradeOffer(
  input: InterpreterInput,
  cli: ModalCli,
  signal?: AbortSignal,
): Promise<InstallOffer | undefined> {
  const folder = input.workspaceFolders[0];
  const cwd = folder ?? input.home ?? '';
  const where = `Upgrades version ${cli.version} (${cli.source})`;
  const uv = await programOnPath(input, 'uv');
  const file = await realpath(cli.command).catch(() => cli.command);
  if (/[/\\]uv[/\\]tools[/\\]modal[/\\]/.test(file) && uv)
    return { commands: [[uv, 'tool', 'upgrade', 'modal']], cwd, where };
  const pipx = await programOnPath(input, 'pipx');
  if (/[/\\]pipx[/\\]venvs[/\\]modal[/\\]/.test(file) && pipx)
    return { commands: [[pipx, 'upgrade', 'modal']], cwd, where };
  const python =
    cli.args.length > 0 ? cli.command : await firstPresent(interpretersIn(path.dirname(path.dirname(file))));
  if (!python) return undefined;
  if (folder && uv && python.startsWith(path.join(folder, path.sep)) && (await isUvProject(folder)))
    return { commands: [[uv, 'add', packageOf(input), '--upgrade-package', 'modal']], cwd, where };
  const words = await packageInstall(input, python, ['--upgrade', packageOf(input)], uv, signal);
  return words ? { commands: [words], cwd, where } : undefined;
}

/** With what it needs besides. */
function packageOf({ proxied }: InterpreterInput): string {
  return proxied ? 'modal[api-proxy-support]' : 'modal';
}

/** Interpreters whose packages belong to the user's project, the nearest first. */
function environmentPythons(input: InterpreterInput): { command: string; where: string }[] {
  const [chosen, ...words] = input.chosen ?? [];
  const list =
    chosen && words.length === 0 ? [{ command: chosen, where: 'Into the chosen interpreter' }] : [];
  const folders = [
    ...input.workspaceFolders.flatMap((root) =>
      ['.venv', 'venv', 'env'].map((name) => ({
        folder: path.join(root, name),
        where: `Into ${name} of this workspace`,
      })),
    ),
    ...['VIRTUAL_ENV', 'CONDA_PREFIX'].map((name) => ({
      folder: input.env[name] ?? '',
      where: `Into the environment in ${name}`,
    })),
  ];
  for (const { folder, where } of folders) {
    if (!folder) continue;
    for (const command of interpretersIn(folder, input.platform)) list.push({ command, where });
  }
  return list.filter(({ command }, at) => list.findIndex((other) => other.command === command) === at);
}

/** pip of that interpreter or, where it has none, uv's; undefined for interpreters that must be left alone. */
async function packageInstall(
  input: InterpreterInput,
  python: string,
  what: readonly string[],
  uv: string | undefined,
  signal?: AbortSignal,
): Promise<string[] | undefined> {
  const facts = await factsOf(input, python, signal);
  if (!facts || facts.managed) return undefined;
  if (facts.pip) return [python, '-m', 'pip', 'install', ...what];
  return uv ? [uv, 'pip', 'install', `--python=${python}`, ...what] : undefined;
}

async function factsOf(
  input: InterpreterInput,
  python: string,
  signal?: AbortSignal,
): Promise<PythonFacts | undefined> {
  if (!(await isThere(python))) return undefined;
  const { stdout } = await runBriefly(python, ['-c', askFacts], {
    env: input.env,
    limitMs: factsLimitMs,
    ...(signal ? { signal } : {}),
  });
  try {
    return JSON.parse(stdout) as PythonFacts;
  } catch {
    return undefined;
  }
}

async function isUvProject(folder: string): Promise<boolean> {
  if (await isThere(path.join(folder, 'uv.lock'), constants.R_OK)) return true;
  const project = await readFile(path.join(folder, 'pyproject.toml'), 'utf8').catch(() => '');
  return /^\[tool\.uv[.\]]/m.test(project);
}

function programOnPath(input: InterpreterInput, name: string): Promise<string | undefined> {
  const home = input.home ?? '';
  const folders = [...pathFolders(input.env), ...(home ? [path.join(home, '.local/bin')] : [])];
  return firstPresent(folders.map((folder) => path.join(folder, isWindows(input) ? `${name}.exe` : name)));
}

async function firstPresent(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await isThere(file)) return file;
  return undefined;
}

async function firstOf<T>(candidates: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  return (await Promise.all(candidates)).find((candidate) => candidate !== undefined);
}

function isThere(file: string, mode = constants.X_OK): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}

function isWindows({ platform = process.platform }: InterpreterInput): boolean {
  return platform === 'win32';
}
