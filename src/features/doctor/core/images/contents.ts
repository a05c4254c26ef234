import type { Argument } from '../../../workspace/core/index.ts';
import { isList } from '../../../workspace/core/index.ts';
import type { PythonFile } from '../pythonFile.ts';
import type { ImageStep, ReadImage } from './readImage.ts';

/** What can be imported in a container because of its image. */
export interface Contents {
  /** Top-level modules of the user that it carries. */
  readonly modules: ReadonlySet<string>;
  /** Packages that are installed, by the names that pip knows them by, normalized. */
  readonly packages: ReadonlySet<string>;
}

/** Public images that hold nothing of the user's own. */
const publicImage =
  /^(?:nvidia|pytorch|vllm|lmsysorg)\/|^nvcr\.io\/nvidia\/|^(?:python|ubuntu|debian)(?:[:@]|$)/;

/** Arguments may be anything: these steps add no module that an import could find. */
const harmless = new Set(['apt_install', 'entrypoint', 'shell', 'run_function']);

/** Modules of the user lie here, and Python looks here. */
const home = '/root';

/** @returns undefined where the text does not tell all that is in the image */
export function contentsOf({ steps, isWhole }: ReadImage, file: PythonFile): Contents | undefined {
  const modules = new Set<string>();
  const packages = new Set<string>();
  const [base, ...rest] = steps;
  if (!isWhole || !base || !isPlainBase(base, file)) return undefined;
  for (const { method, args } of rest) {
    if (harmless.has(method)) continue;
    const added = addedBy(method, args, file);
    if (!added) return undefined;
    for (const name of added.modules ?? []) modules.add(name);
    for (const name of added.packages ?? []) packages.add(name);
  }
  return { modules, packages };
}

/** Packages that pip installs by the steps that can be read, normalized. */
export function packagesOf({ steps }: ReadImage, file: PythonFile): ReadonlySet<string> {
  const installs = steps.filter(({ method }) => isInstall(method));
  return new Set(installs.flatMap(({ args }) => requirementsOf(args, file).flatMap(nameOf)));
}

function isPlainBase({ method, args }: ImageStep, file: PythonFile): boolean {
  if (method === 'debian_slim') return true;
  const [name] = args;
  const tag = method === 'from_registry' && name && !name.unpacked ? file.valueOf(name.value) : undefined;
  // Steps of a Dockerfile may do anything.
  return (
    typeof tag === 'string' && publicImage.test(tag) && !args.some((each) => each.name === setupCommands)
  );
}

const setupCommands = 'setup_dockerfile_commands';

interface Added {
  readonly modules?: readonly string[];
  readonly packages?: readonly string[];
}

/** Undefined for what may add anything. */
function addedBy(method: string, args: readonly Argument[], file: PythonFile): Added | undefined {
  if (isInstall(method)) return installed(args, file);
  switch (method) {
    case 'env':
      // Where Python looks is another question, asked of the whole file.
      return args[0] && file.entriesOf(args[0].value) ? {} : undefined;
    case 'add_local_python_source': {
      const names = plain(args).map(({ value }) => file.valueOf(value));
      return names.every((name) => typeof name === 'string') ? { modules: names.map(firstPart) } : undefined;
    }
    case 'add_local_dir':
    case 'add_local_file':
      return addedFiles(method, args, file);
    default:
      return undefined;
  }
}

const isInstall = (method: string) => /^(?:uv_)?pip_install$/.test(method);
const plain = (args: readonly Argument[]) => args.filter(({ name }) => name === undefined);

function installed(args: readonly Argument[], file: PythonFile): Added | undefined {
  const requirements = requirementsOf(args, file);
  const options = args.find(({ name }) => name === 'extra_options');
  const files = args.some(({ name }) => name === 'requirements');
  if (files || (options && !isHarmlessOption(file.valueOf(options.value)))) return undefined;
  const names = requirements.map(nameOf);
  return names.some(({ length }) => length === 0) ? undefined : { packages: names.flat() };
}

/** Texts and lists of texts; what cannot be read is undefined. */
function requirementsOf(args: readonly Argument[], file: PythonFile): unknown[] {
  return plain(args).flatMap(({ value, unpacked }): unknown[] => {
    const read = unpacked ? undefined : file.valueOf(value);
    return isList(read) ? [...read] : [read];
  });
}

/** Without what would install from a file or a folder. */
const isHarmlessOption = (options: unknown) =>
  typeof options === 'string' && !/(?:^|\s)-(?:r|e|-requirement|-editable)/.test(options);

/** The name of a requirement such as `Torch[x]>=2`, normalized; none for addresses, paths and options. */
function nameOf(requirement: unknown): string[] {
  if (typeof requirement !== 'string' || /[/\\]|^\s*[-.]/.test(requirement)) return [];
  const name = /^\s*([A-Za-z0-9][\w.-]*)/.exec(requirement)?.[1];
  return name === undefined ? [] : [normalized(name)];
}

export const normalized = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

/** Of what lies elsewhere than below the folder where Python looks nothing can be imported. */
function addedFiles(method: string, args: readonly Argument[], file: PythonFile): Added | undefined {
  const [local, remote] = ['local_path', 'remote_path'].map((key, at) => {
    const argument = args.find(({ name }, index) => name === key || (name === undefined && index === at));
    return argument && file.valueOf(argument.value);
  });
  if (typeof remote !== 'string' || !remote.startsWith('/')) return undefined;
  const path = remote.replace(/\/{2,}/g, '/').replace(/\/$/, '');
  if (!path.startsWith(`${home}/`)) {
    const isAround = path === '' || path === home;
    // A file takes its own name in a folder.
    if (isAround && method === 'add_local_file' && typeof local === 'string')
      return { modules: [moduleIn(local.slice(local.lastIndexOf('/') + 1))] };
    return isAround ? undefined : {};
  }
  const [first = ''] = path.slice(home.length + 1).split('/');
  return { modules: [moduleIn(first)] };
}

export const moduleIn = (fileName: string) => fileName.replace(/\.py$/, '');
const firstPart = (name: string) => name.split('.')[0] ?? name;
