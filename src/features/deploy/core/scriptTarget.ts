import path from 'node:path';
import type { ModuleMode } from '../../../domain/script.ts';

/** A file as the CLI is given it. */
export interface CliTarget {
  readonly cwd: string;
  /** `['/w/app.py::web']`, or `['-m', 'package.module::web']`. */
  readonly args: readonly string[];
}

/**
 * A file that belongs to a package is given as a module: by its path, its relative imports would fail.
 * @param object behind the `::`, '' = none
 */
export function cliTarget(script: string, module: ModuleMode | undefined, object: string): CliTarget {
  const behind = object ? `::${object}` : '';
  return module
    ? { cwd: path.normalize(module.folder), args: ['-m', `${module.name}${behind}`] }
    : { cwd: path.dirname(script), args: [`${script}${behind}`] };
}
