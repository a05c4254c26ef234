import type { Container, ModalFunction } from '../../../domain/app.ts';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import type { AutoscalerValues } from '../../../domain/lifecycle.ts';

/** What a load test may cost, and what it probably cost. */

/** A function or class that requests of the test may start containers of. */
export interface LoadUnit {
  readonly fn: ModalFunction;
  /** At most at the same time. */
  readonly containers: number;
  /** It has a limit of its own; else the number of open requests is taken for it. */
  readonly limited: boolean;
  /** Seconds that an idle container is kept, and paid, after the test. */
  readonly scaledownSeconds: number;
  /** Of one container, at the dearest of its GPUs; undefined where the price is unknown. */
  readonly usdPerHour: number | undefined;
}

/** Modal's own, for functions whose settings cannot be read. */
const unread: AutoscalerValues = {
  minContainers: 0,
  maxContainers: 0,
  bufferContainers: 0,
  scaledownWindow: 60,
};

/**
 * The function that answers, and all that have a GPU: an app may hand the work on to them.
 * @param functionId of the endpoint
 * @param autoscalers by id of the function, as far as they could be read
 */
export function loadUnits(
  functions: readonly ModalFunction[],
  functionId: string,
  autoscalers: ReadonlyMap<string, AutoscalerValues>,
  concurrency: number,
  rates: Rates,
): LoadUnit[] {
  return functions
    .filter(({ id, gpus }) => id === functionId || gpus?.length !== 0)
    .map((fn) => {
      const values = autoscalers.get(fn.id) ?? unread;
      const { minContainers, maxContainers, bufferContainers, scaledownWindow } = values;
      const limited = maxContainers > 0;
      const needed = concurrency + bufferContainers;
      // Each open request occupies at most one container of the function that answers; of others it may use several.
      const most = fn.id === functionId ? Math.min(needed, maxContainers || needed) : maxContainers || needed;
      return {
        fn,
        containers: Math.max(most, minContainers),
        limited: limited && most === maxContainers,
        scaledownSeconds: scaledownWindow,
        usdPerHour: dearest(fn.gpus, rates),
      };
    });
}

function dearest(gpus: readonly string[] | undefined, rates: Rates): number | undefined {
  if (gpus === undefined) return undefined;
  if (gpus.length === 0) return cpuUsdPerHour(rates);
  const prices = gpus.map((gpu) => gpuUsdPerHour(gpu, rates));
  return prices.some((price) => price === undefined)
    ? undefined
    : Math.max(...prices.map((price) => price ?? 0));
}

/**
 * What a container without a GPU costs while it keeps one core and one GiB busy, which is taken for all of them.
 * @returns US dollars; undefined where a price is unknown
 */
export function cpuUsdPerHour({ usdPerHour }: Rates): number | undefined {
  const { cpu_hour_cost: core, mem_gib_hour_cost: memory } = usdPerHour;
  return core === undefined || memory === undefined ? undefined : core + memory;
}

/**
 * All containers at once, from the first moment to the limit, and idle until they are scaled down.
 * @returns US dollars; undefined where a price is unknown
 */
export function worstCaseUsd(units: readonly LoadUnit[], limitSeconds: number): number | undefined {
  return units.reduce<number | undefined>((sum, { usdPerHour, containers, scaledownSeconds }) => {
    if (sum === undefined || usdPerHour === undefined) return undefined;
    return sum + (usdPerHour * containers * (limitSeconds + scaledownSeconds)) / 3600;
  }, 0);
}

/** Seconds of containers that were seen, by GPU ('' = none). */
export type ContainerSeconds = ReadonlyMap<string, number>;

/** Adds up how long containers were seen, from one look to the next. */
export class ContainerMeter {
  readonly #seconds = new Map<string, number>();
  readonly #fallbackGpu: string;
  #last: { readonly second: number; readonly gpus: readonly string[] } | undefined;
  #most = 0;

  /** @param fallbackGpu of containers that do not tell theirs */
  constructor(fallbackGpu: string) {
    this.#fallbackGpu = fallbackGpu;
  }

  /** Largest number of containers that were seen at once. */
  get most(): number {
    return this.#most;
  }

  get seconds(): ContainerSeconds {
    return this.#seconds;
  }

  /** @param second since the start, of this look; not before the one before */
  look(second: number, containers: readonly Container[]): void {
    this.advance(second);
    this.#last = { second, gpus: containers.map(({ gpu }) => gpu ?? this.#fallbackGpu) };
    this.#most = Math.max(this.#most, containers.length);
  }

  /** Counts on what was seen last. */
  advance(second: number): void {
    const last = this.#last;
    if (!last) return;
    for (const gpu of last.gpus)
      this.#seconds.set(gpu, (this.#seconds.get(gpu) ?? 0) + Math.max(0, second - last.second));
    this.#last = { ...last, second };
  }
}

/** @returns US dollars; undefined where a price is unknown */
export function seenUsd(seconds: ContainerSeconds, rates: Rates): number | undefined {
  return [...seconds].reduce<number | undefined>((sum, [gpu, count]) => {
    const price = gpu === '' ? cpuUsdPerHour(rates) : gpuUsdPerHour(gpu, rates);
    return sum === undefined || price === undefined ? undefined : sum + (price * count) / 3600;
  }, 0);
}
