import { folderOf, join } from '../../../workspace/core/index.ts';
import type { Finding } from '../rule.ts';
import type { PendingImport } from './pendingImport.ts';
import { settled } from './pendingImport.ts';

/** What lies around a file. Paths have slashes. */
export interface Surroundings {
  /** Of the file. */
  readonly path: string;
  /** The outermost folder in which Python may be told to look for modules. */
  readonly top: string;
  /** Names of what is in a folder; none for a folder that cannot be read. */
  readonly list: (folder: string) => Promise<ReadonlySet<string>>;
  /** Modules that the Python of `modal` can import, without those of its own library; undefined where that is unknown. */
  readonly installed: () => Promise<ReadonlySet<string> | undefined>;
}

/** Folders above a file in which a module is looked for. */
const mostFolders = 12;

/** Findings about imports that hold where the file lies. */
export async function importFindings(
  imports: readonly PendingImport[],
  around: Surroundings,
): Promise<Finding[]> {
  if (imports.length === 0) return [];
  const installed = await around.installed();
  const holds = await Promise.all(
    imports.map(async (each) => {
      const [first = ''] = each.module.split('.');
      const isInstalled = installed?.has(first);
      if (each.when === 'absent') return isInstalled === false && (await placeOf(each, around)) === undefined;
      return isInstalled !== true && (await placeOf(each, around)) === 'module';
    }),
  );
  return settled(imports.filter((_, at) => holds[at]));
}

/**
 * What the workspace has by the name of a module: surely the module, or something that may be it. The file's own package
 * is no module to be added: an app that is deployed by `-m` carries it.
 */
async function placeOf(
  { module, members }: PendingImport,
  { path, top, list }: Surroundings,
): Promise<'module' | 'perhaps' | undefined> {
  const [first = '', second] = module.split('.');
  let found: 'perhaps' | undefined;
  for (const root of foldersAbove(path, top)) {
    const names = await list(root);
    const folder = join(root, first);
    const file = `${first}.py`;
    if (names.has(file)) return join(root, file) === path ? 'perhaps' : 'module';
    if (!names.has(first)) continue;
    if (path.startsWith(`${folder}/`)) return 'perhaps';
    const inside = await list(folder);
    // A folder without `__init__.py` yields to a package that is installed, which nobody here knows.
    const wanted = second === undefined ? members : [second];
    const isPackage =
      inside.has('__init__.py') || wanted.some((name) => inside.has(`${name}.py`) || inside.has(name));
    if (isPackage) return 'module';
    found = 'perhaps';
  }
  return found;
}

function foldersAbove(path: string, top: string): string[] {
  const folders = [folderOf(path)];
  for (let at = folders[0] ?? ''; at !== top && at.startsWith(`${top}/`) && folders.length < mostFolders;) {
    at = folderOf(at);
    folders.push(at);
  }
  return folders;
}
