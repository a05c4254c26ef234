/** One run of the job and who waits for it. */
class Flight {
  readonly #result = Promise.withResolvers<undefined>();
  readonly #leaving = new AbortController();
  readonly #letGo: (() => void)[] = [];
  #waiting = 0;

  /** Aborted when nobody waits any more. */
  get abandoned(): AbortSignal {
    return this.#leaving.signal;
  }

  join(signal: AbortSignal | undefined): Promise<void> {
    this.#waiting++;
    const leave = () => {
      if (--this.#waiting === 0) this.#leaving.abort();
    };
    if (signal?.aborted) leave();
    else if (signal) {
      // By hand: Node forgets listeners that another signal should remove, once it has collected garbage.
      signal.addEventListener('abort', leave, { once: true });
      this.#letGo.push(() => signal.removeEventListener('abort', leave));
    }
    return this.#result.promise;
  }

  async run(job: (abandoned: AbortSignal) => Promise<void>): Promise<void> {
    try {
      if (!this.abandoned.aborted) await job(this.abandoned);
      this.#result.resolve(undefined);
    } catch (error) {
      this.#result.reject(error);
    } finally {
      for (const letGo of this.#letGo.splice(0)) letGo();
    }
  }
}

/**
 * Runs a job at most once at a time. Calls during a run share one further run, which starts when it ends, so that
 * everyone who awaits sees a result that began after their call.
 */
export class SingleFlight {
  readonly #job: (abandoned: AbortSignal) => Promise<void>;
  #running: Flight | undefined;
  #queued: Flight | undefined;

  /** @param job gets a signal that is aborted when everyone who waited for the run has left */
  constructor(job: (abandoned: AbortSignal) => Promise<void>) {
    this.#job = job;
  }

  /** @param signal ends this caller's interest in the run, which goes on for the others */
  run(signal?: AbortSignal): Promise<void> {
    if (this.#running) return (this.#queued ??= new Flight()).join(signal);
    const flight = new Flight();
    const result = flight.join(signal);
    void this.#start(flight);
    return result;
  }

  /** Joins the run that is under way, if there is one, though it began before this call. */
  join(signal?: AbortSignal): Promise<void> | undefined {
    return this.#running?.join(signal);
  }

  async #start(flight: Flight): Promise<void> {
    this.#running = flight;
    await flight.run(this.#job);
    this.#running = undefined;
    const next = this.#queued;
    this.#queued = undefined;
    if (next) void this.#start(next);
  }
}
