import { isLive } from '../../../domain/app.ts';
import { bundledOf } from '../../../domain/bundled.ts';
import type { CatalogApp } from '../../../domain/catalog.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import { keyName } from '../../requests/core/index.ts';
import type { RequestApp } from '../core/history/entry.ts';
import type { FoundEndpoint } from '../../../store/findEndpoint.ts';
import { findEndpoint, originOf } from '../../../store/findEndpoint.ts';
import type { MemoryParts } from './requestMemory.ts';

/** How long an address that no app has is not looked for again, in milliseconds. */
const missedFor = 30_000;

/** What belongs to the address of a deployed endpoint: its app, its key. */
export class Endpoints {
  readonly #parts: Pick<MemoryParts, 'store' | 'catalog' | 'rates'>;
  readonly #missed = new Map<string, number>();

  constructor(parts: Pick<MemoryParts, 'store' | 'catalog' | 'rates'>) {
    this.#parts = parts;
  }

  /** Of all endpoints that the store has read already. */
  origins(): string[] {
    const { details, endpoints: managed } = this.#parts.store.state.snapshot;
    const urls = [
      ...[...details.values()].flatMap(({ functions }) =>
        functions.flatMap(({ endpoints }) => endpoints.map(({ url }) => url)),
      ),
      ...managed.flatMap(({ info }) => info?.url ?? []),
    ];
    return urls.flatMap((url) => originOf(url) ?? []);
  }

  /** Reads the apps first if the address is not among those that are known. */
  async find(url: string): Promise<{ target?: FoundEndpoint; bundled?: CatalogApp }> {
    const target = this.#known(url) ?? (await this.#read(url));
    if (!target) return {};
    const bundled = await this.#bundled(target);
    return { target, ...(bundled ? { bundled } : {}) };
  }

  /** Where the key of an address is kept, or its proxy token. A key belongs to one deployed endpoint and goes nowhere else. */
  async secretOf(url: string, kind: 'bearer' | 'proxy'): Promise<string | undefined> {
    const { target, bundled } = await this.find(url);
    if (!target) return undefined;
    return keyName(kind, target, bundled);
  }

  appOf(url: string): RequestApp | undefined {
    const found = this.#known(url);
    if (!found) return undefined;
    const { app, endpoint } = found;
    const fn = this.#parts.store.state.snapshot.details
      .get(app.id)
      ?.functions.find(({ id }) => id === endpoint.functionId);
    const gpu = fn?.gpus?.[0];
    const usdPerHour = gpu === undefined ? undefined : gpuUsdPerHour(gpu, this.#parts.rates());
    return {
      id: app.id,
      name: app.name,
      environment: app.environment,
      endpoint: endpoint.name,
      ...(app.version === undefined ? {} : { version: app.version }),
      ...(usdPerHour === undefined ? {} : { usdPerHour }),
    };
  }

  #known(url: string): FoundEndpoint | undefined {
    return findEndpoint(url, this.#parts.store.state.snapshot);
  }

  async #read(url: string): Promise<FoundEndpoint | undefined> {
    const { store } = this.#parts;
    const origin = originOf(url) ?? '';
    if (Date.now() - (this.#missed.get(origin) ?? -Infinity) < missedFor) return undefined;
    await store.refresh();
    for (const app of store.state.snapshot.apps.filter(({ state }) => isLive(state))) {
      await store.loadDetails(app.id);
      const found = this.#known(url);
      if (found) return found;
    }
    this.#missed.set(origin, Date.now());
    return undefined;
  }

  async #bundled({ app }: FoundEndpoint): Promise<CatalogApp | undefined> {
    return bundledOf(app, await this.#parts.catalog.apps());
  }
}
