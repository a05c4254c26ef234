import type { DeployResult, DeployRun, DeployServices } from './deployRun.ts';
import { KeyedQueue } from './queue.ts';

/** Runs deploys: one at a time for each app, further ones wait for their turn. */
export class Deployer {
  readonly #queue = new KeyedQueue();

  /** @throws as {@link DeployRun.deploy}; kind `cancelled` also before its turn */
  deploy(run: DeployRun, services: DeployServices): Promise<DeployResult> {
    const { environment, appName, script } = run.plan;
    const key = `${environment}/${appName || script}`;
    if (this.#queue.isBusy(key)) run.enter('queued');
    return this.#queue.run(key, () => run.deploy(services), run.signal);
  }
}
