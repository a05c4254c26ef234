/**
 * Runs a job at most once at a time. Calls during a run share one further run, which starts when it ends, so that
 * everyone who awaits sees a result that began after their call.
 */
export class SingleFlight {
  readonly #job: () => Promise<void>;
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;

  constructor(job: () => Promise<void>) {
    this.#job = job;
  }

  run(): Promise<void> {
    if (!this.#running) return this.#start();
    this.#queued ??= this.#running.then(
      () => this.#startQueued(),
      () => this.#startQueued(),
    );
    return this.#queued;
  }

  #startQueued(): Promise<void> {
    this.#queued = undefined;
    return this.#start();
  }

  #start(): Promise<void> {
    this.#running = this.#job().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
