import { access } from 'node:fs/promises';
import path from 'node:path';
import type { DeployFailure } from './failure.ts';

/** What was deployed or run. */
export interface MissingIn {
  readonly script: string;
  readonly cwd: string;
}

const missing = /No module named '?([A-Za-z_]\w{0,99})/;

/** The failure with the next step that fits what is beside the script. */
export async function withOwnFiles(failure: DeployFailure, where: MissingIn): Promise<DeployFailure> {
  const nextStep = await missingModuleStep(failure, where);
  return nextStep === undefined ? failure : { ...failure, nextStep };
}

/**
 * What to do about a module that Python did not find: a file of the user's own is put where Python looks, and only a
 * package is installed.
 * @returns undefined for another cause
 */
export async function missingModuleStep(
  { cause, frames }: Pick<DeployFailure, 'cause' | 'frames'>,
  { script, cwd }: MissingIn,
): Promise<string | undefined> {
  const name = missing.exec(cause)?.[1];
  if (name === undefined) return undefined;
  const file = await ownModule(name, script, cwd);
  const isLocal = frames.length === 0 || frames.some((frame) => frame.file.startsWith(cwd + path.sep));
  const inImage = `.add_local_python_source("${name}")`;
  if (!isLocal)
    return file
      ? `${file} is a file of yours that is not in the image. Add it to the image with ${inImage}.`
      : `Add its package to the image, for example with .uv_pip_install(…). A file of your own is added with ${inImage}.`;
  return file
    ? `${file} is a file of yours, but Python does not look there. Put it beside ${path.basename(script)}, or import it from its folder; the image gets it with ${inImage}.`
    : undefined;
}

/** Looks beside the script, in the folders above it, and in the usual one for sources. */
async function ownModule(name: string, script: string, cwd: string): Promise<string | undefined> {
  const folders = [path.dirname(script), cwd, path.join(cwd, 'src')];
  for (let at = path.dirname(script); at.startsWith(cwd + path.sep); at = path.dirname(at)) folders.push(at);
  for (const folder of new Set(folders)) {
    for (const file of [`${name}.py`, path.join(name, '__init__.py'), name]) {
      const found = path.join(folder, file);
      if (
        await access(found).then(
          () => true,
          () => false,
        )
      )
        return path.relative(cwd, found);
    }
  }
  return undefined;
}
