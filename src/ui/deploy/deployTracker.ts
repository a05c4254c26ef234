import type { Disposable } from '../../domain/emitter.ts';
import { Emitter } from '../../domain/emitter.ts';

export interface RunningDeploy {
  /** Manifest id of a bundled app, or the path of a script. */
  readonly key: string;
  readonly title: string;
  /** What happens now, in words. */
  readonly stage: string;
  readonly abort: AbortController;
  showLog(): void;
}

/** Deploys under way in this window, for rows, the cancel command and the context key. */
export class DeployTracker implements Disposable {
  readonly #running = new Map<string, RunningDeploy>();
  readonly #changes = new Emitter<void>();

  readonly onDidChange = this.#changes.event;

  get all(): readonly RunningDeploy[] {
    return [...this.#running.values()];
  }

  get(key: string): RunningDeploy | undefined {
    return this.#running.get(key);
  }

  stages(): ReadonlyMap<string, string> {
    return new Map(this.all.map((deploy) => [deploy.key, deploy.stage]));
  }

  update(deploy: RunningDeploy): void {
    this.#running.set(deploy.key, deploy);
    this.#changes.fire();
  }

  end(key: string): void {
    if (this.#running.delete(key)) this.#changes.fire();
  }

  dispose(): void {
    for (const deploy of this.all) deploy.abort.abort();
    this.#changes.dispose();
  }
}
