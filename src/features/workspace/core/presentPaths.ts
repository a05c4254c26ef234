import { folderOf } from './slashPath.ts';

/** Files and the folders that they are in: a folder with Python files in it may be a package. */
export class PresentPaths {
  /** Files at or below each path. */
  readonly #counts = new Map<string, number>();
  readonly #files = new Set<string>();

  has(path: string): boolean {
    return this.#counts.has(path);
  }

  add(file: string): void {
    if (this.#files.has(file)) return;
    this.#files.add(file);
    for (let at = file; at; at = folderOf(at)) this.#counts.set(at, (this.#counts.get(at) ?? 0) + 1);
  }

  delete(file: string): void {
    if (!this.#files.delete(file)) return;
    for (let at = file; at; at = folderOf(at)) {
      const left = (this.#counts.get(at) ?? 0) - 1;
      if (left > 0) this.#counts.set(at, left);
      else this.#counts.delete(at);
    }
  }
}
