import type { Container } from '../domain/app.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { steadyNow } from '../shared/steadyNow.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import { mapAtMost } from './atMost.ts';
import { FailureMemory } from './failureMemory.ts';

const readsAtOnce = 8;

/** More would only slow the refresh down; the rest follows with the next one. */
const mostReads = 50;

/** GPUs of containers: asked for once each, because lists do not tell and a container never changes its GPU. */
export class ContainerGpus {
  readonly #logger: Logger;
  readonly #failures: FailureMemory;
  #known: ReadonlyMap<string, string> = new Map();
  #isOffered = true;

  constructor(logger: Logger, now: () => number = steadyNow) {
    this.#logger = logger;
    this.#failures = new FailureMemory(now);
  }

  /** The next server may offer what the last one did not. */
  forget(): void {
    this.#failures.clear();
    this.#isOffered = true;
  }

  /** The containers with the GPUs that are known; what is known of others is forgotten. */
  addTo(containers: readonly Container[]): readonly Container[] {
    const known = this.#known;
    this.#failures.keepOnly(new Set(containers.map(({ id }) => id)));
    this.#known = new Map(containers.flatMap(({ id }) => entryOf(id, known.get(id))));
    return containers.map((each) => {
      const gpu = known.get(each.id);
      return gpu === undefined || gpu === each.gpu ? each : { ...each, gpu };
    });
  }

  /** @returns whether anything is known now that was not before */
  async read(plane: ControlPlane, containers: readonly Container[], signal: AbortSignal): Promise<boolean> {
    if (!this.#isOffered) return false;
    const unknown = containers
      .filter(({ id }) => !this.#known.has(id) && this.#failures.isDue(id))
      .slice(0, mostReads);
    const read = await mapAtMost(readsAtOnce, unknown, ({ id }) => this.#readOne(plane, id, signal));
    const found = read.flatMap((gpu, at) => entryOf(unknown[at]?.id ?? '', gpu));
    this.#known = new Map([...this.#known, ...found]);
    return found.length > 0;
  }

  /** A container may end while we ask, and older servers do not tell; the list is good without. */
  async #readOne(plane: ControlPlane, id: string, signal: AbortSignal): Promise<string | undefined> {
    if (!this.#isOffered) return undefined;
    try {
      const gpu = await plane.containerGpu(id, signal);
      // A container that has not started yet may not have been given one.
      if (gpu === undefined) this.#failures.note(id, 'invalid');
      return gpu;
    } catch (error) {
      if (isCancelled(error)) throw error;
      const { kind, message } = toModalError(error);
      this.#failures.note(id, kind);
      if (kind === 'unsupported') this.#isOffered = false;
      this.#logger.debug(`The GPU of ${id} cannot be read: ${message}`);
      return undefined;
    }
  }
}

function entryOf(id: string, gpu: string | undefined): (readonly [string, string])[] {
  return gpu === undefined ? [] : [[id, gpu]];
}
