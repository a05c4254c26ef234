import { steadyNow } from '../shared/steadyNow.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { EndpointInfo, ListedEndpoint, ManagedEndpoint } from '../domain/managedEndpoint.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import { mapAtMost } from './atMost.ts';
import { FailureMemory } from './failureMemory.ts';

const readsAtOnce = 8;

/** More would only slow the refresh down; the rest follows with the next one. */
const mostReads = 50;

/** One that is being made takes minutes until it has its address. */
const provisioningMs = 25_000;

const longAgo = Number.NEGATIVE_INFINITY;

interface Known {
  /** Of the list's entry that it was read for. */
  readonly stamp: string;
  readonly info: EndpointInfo;
  /** When it was read, by the clock of this store. */
  readonly at: number;
}

/** What lists do not tell of managed endpoints: asked for once each, and again when the list says that one has changed. */
export class EndpointInfos {
  readonly #logger: Logger;
  readonly #failures: FailureMemory;
  readonly #now: () => number;
  #known: ReadonlyMap<string, Known> = new Map();

  constructor(logger: Logger, now: () => number = steadyNow) {
    this.#logger = logger;
    this.#failures = new FailureMemory(now);
    this.#now = now;
  }

  /** Another connection may know others, and offer more. */
  forget(): void {
    this.#known = new Map();
    this.#failures.clear();
  }

  /** Makes what could not be read due, and what is being made, because somebody asks. */
  retry(): void {
    this.#failures.clear();
    this.#known = new Map([...this.#known].map(([id, known]) => [id, { ...known, at: longAgo }]));
  }

  /** Takes over what was read in an earlier window. */
  restore(endpoints: readonly ManagedEndpoint[]): void {
    this.#known = new Map(
      endpoints.flatMap(({ id, stamp, info }) => (info ? [[id, { stamp, info, at: longAgo }]] : [])),
    );
  }

  /** The endpoints with what is known of them; what is known of others is forgotten. */
  addTo(endpoints: readonly (ListedEndpoint | ManagedEndpoint)[]): readonly ManagedEndpoint[] {
    const known = this.#known;
    this.#failures.keepOnly(new Set(endpoints.map(({ id }) => id)));
    this.#known = new Map(
      endpoints.flatMap(({ id }) => {
        const each = known.get(id);
        return each ? [[id, each] as const] : [];
      }),
    );
    return endpoints.map((each) => {
      const info = known.get(each.id)?.info;
      return info === undefined || ('info' in each && each.info === info) ? each : { ...each, info };
    });
  }

  /** @returns whether anything is known now that was not before */
  async read(
    plane: ControlPlane,
    endpoints: readonly ManagedEndpoint[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const news = endpoints
      .filter((each) => this.#isNews(each) && this.#failures.isDue(each.id, each.stamp))
      .slice(0, mostReads);
    const read = await mapAtMost(readsAtOnce, news, (each) => this.#readOne(plane, each, signal));
    const found = news.flatMap(({ id, stamp }, at) => {
      const info = read[at];
      return info ? [[id, { stamp, info, at: this.#now() }] as const] : [];
    });
    this.#known = new Map([...this.#known, ...found]);
    return found.length > 0;
  }

  /** One that is being made gets its address at some time, of which the list says nothing. */
  #isNews({ id, stamp }: ManagedEndpoint): boolean {
    const known = this.#known.get(id);
    if (known?.stamp !== stamp) return true;
    return known.info.state === 'provisioning' && this.#now() - known.at >= provisioningMs;
  }

  /** One may be stopped while we ask, and older servers do not tell; the list is good without. */
  async #readOne(
    plane: ControlPlane,
    { id, stamp }: ManagedEndpoint,
    signal: AbortSignal,
  ): Promise<EndpointInfo | undefined> {
    try {
      const info = await plane.endpointInfo(id, signal);
      this.#failures.forget(id);
      return info;
    } catch (error) {
      if (isCancelled(error)) throw error;
      const { kind, message } = toModalError(error);
      this.#failures.note(id, kind, stamp);
      this.#logger.debug(`The endpoint ${id} cannot be read: ${message}`);
      return undefined;
    }
  }
}
