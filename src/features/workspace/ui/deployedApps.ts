import type { Disposable, Listener } from '../../../shared/emitter.ts';
import type { AppStore } from '../../../store/appStore.ts';

/** Names under which something is deployed, as last read; nothing is read for it. */
export class DeployedApps {
  readonly #store: Pick<AppStore, 'state' | 'onDidChange'>;

  constructor(store: Pick<AppStore, 'state' | 'onDidChange'>) {
    this.#store = store;
  }

  has(name: string | undefined): boolean {
    return this.#store.state.snapshot.apps.some((app) => app.state === 'deployed' && app.name === name);
  }

  /** Tells when the names are others, not of every read. */
  onDidChange(listener: Listener<void>): Disposable {
    let before = this.#names();
    return this.#store.onDidChange(() => {
      const now = this.#names();
      if (now === before) return;
      before = now;
      listener();
    });
  }

  #names(): string {
    const names = this.#store.state.snapshot.apps
      .filter(({ state }) => state === 'deployed')
      .map(({ name }) => name);
    return names.sort().join('\n');
  }
}
