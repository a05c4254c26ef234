/**
 * What the bundled apps need: gigabytes of Python packages, and small models. `npm start` opens the editor first and
 * installs them meanwhile; the local Modal lets apps that need them wait.
 *
 * `node test/host/appPackages.ts FILE` installs them and names their interpreter in that file; it stays empty if it fails.
 */
import { rename, writeFile } from 'node:fs/promises';
import { isInstalled } from '../../scripts/install.ts';
import { ensurePython, ensureStartPython, hasWholePython } from '../../scripts/python.ts';
import { ProcessGroup } from './processGroup.ts';
import { describeTinyHub, ensureTinyHub } from './tinyHub.ts';
import type { TinyHub } from './tinyHub.ts';

export interface AppPackages {
  /** Runs the `modal` command and the local Modal, and containers until there is another. */
  readonly python: string;
  readonly hub: TinyHub;
  /** Variables of the local Modal. */
  readonly env: Readonly<Record<string, string>>;
  /** Begins with what is missing, if anything is; it ends with this process at the latest. */
  install(): void;
}

/** @param file a file to come, which tells the local Modal when they are there */
export async function appPackages(file: string): Promise<AppPackages> {
  const hub = await describeTinyHub();
  const python = await ensureStartPython();
  if ((await hasWholePython()) && isInstalled(hub.folder))
    return { python, hub, env: {}, install: () => undefined };
  const install = () => {
    console.error(
      'Installing what the bundled apps need (once; about 3 GB). The editor can be used meanwhile.',
    );
    new ProcessGroup(process.execPath, [import.meta.filename, file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  return { python, hub, env: { MODAL_SIMULATOR_PYTHON_FILE: file }, install };
}

async function installAndTell(file: string): Promise<void> {
  try {
    const python = await ensurePython();
    await ensureTinyHub(python);
    await tell(file, python);
    console.error('The bundled apps can be deployed now.');
  } catch (error) {
    await tell(file, '');
    console.error('What the bundled apps need could not be installed, so they cannot be deployed here.');
    throw error;
  }
}

/** In one step, so that nobody reads half of it. */
async function tell(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}

if (import.meta.main) await installAndTell(process.argv[2] ?? '');
