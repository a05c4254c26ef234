import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CatalogApp } from '../domain/catalog.ts';
import type { Logger } from '../shared/logger.ts';

/** The bundled apps, read once from their manifests. A broken manifest costs only its own row. */
export class CatalogStore {
  readonly #root: string;
  readonly #logger: Logger;
  #apps: Promise<CatalogApp[]> | undefined;

  /** @param root absolute path of `modal_apps` */
  constructor(root: string, logger: Logger) {
    this.#root = root;
    this.#logger = logger;
  }

  apps(): Promise<CatalogApp[]> {
    this.#apps ??= this.#read();
    return this.#apps;
  }

  async #read(): Promise<CatalogApp[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch((error: unknown) => {
      this.#logger.error(`The bundled apps cannot be listed in ${this.#root}`, error);
      return [];
    });
    const folders = entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.join(this.#root, entry.name));
    const apps = await Promise.all(folders.map((folder) => this.#readApp(folder)));
    return apps.flatMap((app) => app ?? []).sort((a, b) => a.title.localeCompare(b.title));
  }

  async #readApp(folder: string): Promise<CatalogApp | undefined> {
    let text: string;
    try {
      text = await readFile(path.join(folder, 'app.json'), 'utf8');
    } catch {
      return undefined; // a folder of shared code, not an app
    }
    try {
      const { parseManifest } = await import('../domain/catalog.ts');
      return { ...parseManifest(text), folder };
    } catch (error) {
      this.#logger.error(`The manifest of ${folder} cannot be read`, error);
      return undefined;
    }
  }
}
