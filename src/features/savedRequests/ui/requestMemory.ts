import type * as vscode from 'vscode';
import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';
import type { Rates } from '../../../domain/cost.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { SavedRequest } from '../../../domain/savedRequest.ts';
import { tellNotKept } from '../../../editor/storageProblem.ts';
import type { Presenter } from '../../../editor/present.ts';
import type { SentRequest } from '../core/history/entry.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { CatalogStore } from '../../../store/catalogStore.ts';
import type { RequestsController } from '../../requests/index.ts';
import { findSavedFiles, watchSavedFiles } from './savedFiles.ts';

export type MemoryFlows = import('../lazy.ts').MemoryFlows;

export interface MemoryParts {
  /** Path of a folder of the workspace's storage. */
  readonly storage: (folder: string) => string;
  readonly state: vscode.Memento;
  readonly store: AppStore;
  readonly catalog: CatalogStore;
  readonly rates: () => Rates;
  readonly requests: () => RequestsController;
  readonly presenter: Presenter;
  readonly logger: Logger;
}

/** History, saved requests, snippets and comparison. All that does work is a file of its own, loaded on first use. */
export class RequestMemory implements vscode.Disposable {
  readonly #parts: MemoryParts;
  readonly #savedChanged = new Emitter<undefined>();
  #flows: Promise<MemoryFlows> | undefined;
  #watcher: Disposable | undefined;

  /** Fires when saved requests may have changed, once somebody has read them. */
  readonly onDidChangeSaved = this.#savedChanged.event;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  load(): Promise<MemoryFlows> {
    this.#flows ??= import('../lazy.ts').then(({ MemoryFlows }) => new MemoryFlows(this.#parts));
    return this.#flows;
  }

  /** The saved requests of the workspace. Where there are none, nothing is loaded. */
  async saved(): Promise<readonly SavedRequest[]> {
    this.#watcher ??= watchSavedFiles(() => this.#savedChanged.fire(undefined));
    const files = await findSavedFiles();
    return files.length === 0 ? [] : (await this.load()).savedRequests(files);
  }

  dispose(): void {
    this.#watcher?.dispose();
    this.#savedChanged.dispose();
    void this.#flows?.then((flows) => flows.dispose()).catch(() => undefined);
  }

  /** Keeps a request that was sent. A history that cannot be written must not fail the request. */
  record(sent: SentRequest): void {
    this.load()
      .then((flows) => flows.record(sent))
      .catch((error: unknown) => tellNotKept('A request that was sent', error, this.#parts.logger));
  }
}
