import type { ControlPlane } from '../../../modal/controlPlane.ts';
import { steadyNow } from '../../../shared/steadyNow.ts';
import type { LogPlanes } from './types.ts';

/** The way to Modal for one log: it keeps the account that it began with, whichever is chosen later. */
export class AccountPlanes {
  readonly #planes: LogPlanes;
  readonly #answers: WeakMap<ControlPlane, SharedAnswer>;
  #account: string | undefined;

  /** @param answers shared by all logs */
  constructor(planes: LogPlanes, answers: WeakMap<ControlPlane, SharedAnswer>) {
    this.#planes = planes;
    this.#answers = answers;
  }

  /** Absent until it was asked for the first time. */
  get account(): string | undefined {
    return this.#account;
  }

  async get(signal?: AbortSignal): Promise<ControlPlane> {
    this.#account ??= await this.#planes.account();
    return this.#planes.getFor(this.#account, signal);
  }

  /** Resolves when the server answers on the line of the streams. @throws as the control plane does */
  async answers(signal: AbortSignal): Promise<void> {
    const plane = await this.get(signal);
    let shared = this.#answers.get(plane);
    if (!shared) this.#answers.set(plane, (shared = new SharedAnswer(() => plane.answersOnLogs())));
    await shared.get();
  }
}

/** An answer speaks for all who ask within this time. */
const freshForMs = 3000;

/** One question to the server for all logs that are quiet at the same time. */
export class SharedAnswer {
  readonly #ask: () => Promise<void>;
  readonly #now: () => number;
  #running: Promise<void> | undefined;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(ask: () => Promise<void>, now: () => number = steadyNow) {
    this.#ask = ask;
    this.#now = now;
  }

  /** @throws as the question does */
  async get(): Promise<void> {
    if (this.#now() - this.#answeredAt < freshForMs) return;
    this.#running ??= this.#askNow().finally(() => (this.#running = undefined));
    await this.#running;
  }

  async #askNow(): Promise<void> {
    await this.#ask();
    this.#answeredAt = this.#now();
  }
}
