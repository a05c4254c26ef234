import type { Rates } from '../domain/cost.ts';
import { datedRates } from '../domain/cost.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import { Emitter } from '../shared/emitter.ts';
import type { Logger } from '../shared/logger.ts';
import type { PlaneSource } from './appStore.ts';

/**
 * Today's rates, for a question about money; the dated table where they cannot be read, which says so wherever it is
 * shown: not every role may read them.
 * @throws kind `cancelled`
 */
export async function readRates(plane: ControlPlane, signal?: AbortSignal): Promise<Rates> {
  try {
    return await plane.rates(signal);
  } catch (error) {
    if (isCancelled(error)) throw toModalError(error);
    return datedRates;
  }
}

/** The rates that rows and lenses show: the dated table until the live ones were read. */
export class CurrentRates {
  readonly #planes: PlaneSource;
  readonly #logger: Logger;
  readonly #changed = new Emitter<undefined>();
  #rates: Rates = datedRates;
  #asked = false;

  readonly onDidChange = this.#changed.event;

  constructor(planes: PlaneSource, logger: Logger) {
    this.#planes = planes;
    this.#logger = logger;
  }

  get current(): Rates {
    return this.#rates;
  }

  /** Once in a window, as prices change a few times a year. */
  async readOnce(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      this.#rates = await (await this.#planes.get()).rates();
      this.#changed.fire(undefined);
    } catch (error) {
      this.#logger.debug(`Live prices cannot be read, the dated table is used: ${String(error)}`);
    }
  }
}
