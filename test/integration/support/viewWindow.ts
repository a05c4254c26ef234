import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from '../../../src/shared/logger.ts';
import type { PlaneSource } from '../../../src/store/appStore.ts';
import { AppStore } from '../../../src/store/appStore.ts';
import type { ReadOutcome } from '../../../src/store/refreshSchedule.ts';
import { RefreshSchedule } from '../../../src/store/refreshSchedule.ts';
import type { FastClock } from './fastClock.ts';

/** A window with the Apps view: the store and the schedule as the view has them. */
export class ViewWindow implements Disposable {
  readonly store: AppStore;
  readonly schedule: RefreshSchedule;
  readonly clock: FastClock;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(planes: PlaneSource, logger: Logger, clock: FastClock) {
    const values = new Map<string, unknown>();
    this.clock = clock;
    this.store = new AppStore(
      planes,
      { get: (key) => values.get(key), update: (key, value) => Promise.resolve(void values.set(key, value)) },
      logger,
      clock.now,
    );
    this.schedule = new RefreshSchedule(
      (reason) => {
        const read = this.#read(reason === 'asked');
        this.#reading = read;
        return read;
      },
      () => 10_000,
      clock,
    );
  }

  /** Resolves when what was begun to read is read. */
  readonly settled = async (): Promise<void> => {
    await this.#reading;
    await turn();
  };

  async open(): Promise<this> {
    this.schedule.setVisible(true);
    await this.settled();
    return this;
  }

  async #read(whole: boolean): Promise<ReadOutcome> {
    const { apps } = this.store.state.snapshot;
    await this.store.refresh(undefined, { whole, environment: 'main' });
    const { error, snapshot } = this.store.state;
    if (error) return error.kind === 'offline' || error.kind === 'timeout' ? 'unreachable' : 'failed';
    return snapshot.apps === apps ? 'same' : 'news';
  }

  [Symbol.dispose](): void {
    this.schedule.dispose();
    this.store.dispose();
  }
}
