import type * as vscode from 'vscode';
import type { Rates } from '../../domain/cost.ts';
import type { Logger } from '../../domain/logger.ts';
import type { Presenter } from '../../platform/present.ts';
import type { SentRequest } from '../../requests/history/entry.ts';
import type { AppStore } from '../../store/appStore.ts';
import type { CatalogStore } from '../../store/catalogStore.ts';
import type { RequestsController } from '../requests/requestsController.ts';

export type MemoryFlows = import('./flows.ts').MemoryFlows;

export interface MemoryParts {
  /** Folder of the workspace's storage; the one of all workspaces where none is open. */
  readonly storage: vscode.Uri;
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
  #flows: Promise<MemoryFlows> | undefined;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  load(): Promise<MemoryFlows> {
    this.#flows ??= import('./flows.ts').then(({ MemoryFlows }) => new MemoryFlows(this.#parts));
    return this.#flows;
  }

  dispose(): void {
    void this.#flows?.then((flows) => flows.dispose()).catch(() => undefined);
  }

  /** Keeps a request that was sent. A history that cannot be written must not fail the request. */
  record(sent: SentRequest): void {
    this.load()
      .then((flows) => flows.record(sent))
      .catch((error: unknown) => this.#parts.logger.error('The request history could not be written', error));
  }
}
