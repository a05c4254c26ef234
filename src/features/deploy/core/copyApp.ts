import { cp, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CatalogApp } from '../../../domain/catalog.ts';
import { ModalError } from '../../../domain/errors.ts';

/** Name of the folder under which the copy stands, as the app's README writes its commands. */
const parent = 'modal_apps';
const kit = 'appkit';
/** For the extension only, or made by Python. */
const notCopied = new Set(['app.json', '__pycache__']);

export interface CopiedApp {
  readonly folder: string;
  readonly entry: string;
  readonly readme: string;
  /** As it is typed in `root`. */
  readonly command: string;
  /** The kit that the apps share was there already and differs; it was left as it is. */
  readonly kitDiffers: boolean;
}

/**
 * Copies a bundled app and the kit it needs, so that the copy deploys by itself.
 * @param root absolute path of the folder in which `modal_apps` will stand
 * @throws kind `conflict` when the app is there already, `invalid` when the disk refuses; nothing is overwritten
 */
export async function copyApp(app: CatalogApp, root: string): Promise<CopiedApp> {
  const source = path.dirname(app.folder);
  const name = path.basename(app.folder);
  const folder = path.join(root, parent, name);
  if (await exists(folder)) {
    throw new ModalError(
      'conflict',
      `${folder} is there already. Rename or remove it to copy the app again.`,
    );
  }
  const kitFolder = path.join(root, parent, kit);
  try {
    const kitDiffers = (await exists(kitFolder))
      ? !(await isSame(path.join(source, kit), kitFolder))
      : (await copy(path.join(source, kit), kitFolder), false);
    await copy(app.folder, folder);
    return {
      folder,
      entry: path.join(folder, app.entry),
      readme: path.join(folder, 'README.md'),
      command: `modal deploy ${[parent, name, app.entry].join('/')}`,
      kitDiffers,
    };
  } catch (error) {
    throw new ModalError('invalid', `The app cannot be copied to ${root}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function copy(from: string, to: string): Promise<void> {
  return cp(from, to, {
    recursive: true,
    errorOnExist: true,
    force: false,
    filter: (file) => !notCopied.has(path.basename(file)),
  });
}

async function exists(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}

async function isSame(from: string, to: string): Promise<boolean> {
  const files = (await readdir(from, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'),
  );
  const equal = await Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const other = await readFile(path.join(to, path.relative(from, file))).catch(() => undefined);
      return other?.equals(await readFile(file)) ?? false;
    }),
  );
  return equal.every(Boolean);
}
