import type { LogChunk } from '../../../domain/log.ts';

/** Ended containers that are remembered, because their last lines may come after their end. */
const mostEnded = 2000;

/** Which containers are running, as far as the log shows. One that vanishes silently counts as running. */
export class RunningContainers {
  readonly #running = new Set<string>();
  readonly #ended = new Set<string>();

  get any(): boolean {
    return this.#running.size > 0;
  }

  take({ containerId, phase }: LogChunk): void {
    if (!containerId) return;
    if (phase === 'finished' || phase === 'preempted') this.#end(containerId);
    else if (!this.#ended.has(containerId)) this.#running.add(containerId);
  }

  #end(containerId: string): void {
    this.#running.delete(containerId);
    this.#ended.add(containerId);
    if (this.#ended.size <= mostEnded) return;
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest);
      return;
    }
  }
}
