/** Paths with slashes, as the editor has them in addresses and every system takes them. */
import { sep } from 'node:path';

/** '' above the first folder. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function join(folder: string, name: string): string {
  return `${folder}/${name}`;
}

/** The name of a Python file without its ending. */
export function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.py$/, '');
}

/** Whether a name can stand in an import. */
export function isIdentifier(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
}

/**
 * A path of the system.
 * @param separator of the system: elsewhere than on Windows, a backslash is a character of a name
 */
export function toSlashes(path: string, separator: string = sep): string {
  return path.replaceAll(separator, '/');
}
