import type { Disposable } from '../shared/emitter.ts';
import { Emitter } from '../shared/emitter.ts';
import type { ModalError } from '../domain/errors.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import { limiter } from './atMost.ts';

/** What was last read of one thing. A value stays while it is read anew, and when that fails. */
export interface Fact<V> {
  readonly value?: V;
  readonly error?: ModalError;
  readonly loading: boolean;
  /** State of the world that it was read for, e.g. the live version. */
  readonly stamp: string;
  /** Counts changes, so that rows know when they are old. */
  readonly revision: number;
}

/** An app may have hundreds of functions; their facts come a few at a time. */
const readsAtOnce = 8;

/** Facts that are read only for what somebody looks at, and again when the world has moved on. */
export class LazyFacts<V> implements Disposable {
  readonly #read: (key: string, signal: AbortSignal) => Promise<V>;
  readonly #facts = new Map<string, Fact<V>>();
  readonly #running = new Map<string, { readonly stamp: string; readonly done: Promise<void> }>();
  readonly #changes = new Emitter<string>();
  readonly #abort = new AbortController();
  readonly #inTurn = limiter(readsAtOnce);

  /** Fires with the key. */
  readonly onDidChange = this.#changes.event;

  constructor(read: (key: string, signal: AbortSignal) => Promise<V>) {
    this.#read = read;
  }

  /** Nobody has looked at anything yet. */
  get isEmpty(): boolean {
    return this.#facts.size === 0;
  }

  get(key: string): Fact<V> | undefined {
    return this.#facts.get(key);
  }

  /** Reads unless the fact, or the reason why it cannot be read, is known for this stamp. */
  async ensure(key: string, stamp: string): Promise<void> {
    const fact = this.#facts.get(key);
    if (fact?.stamp === stamp && !fact.loading) return;
    await this.load(key, stamp);
  }

  /** Reads anew; joins a read for the same stamp that is under way. Never rejects: a failure is part of the fact. */
  load(key: string, stamp: string): Promise<void> {
    const running = this.#running.get(key);
    if (running?.stamp === stamp) return running.done;
    const done = this.#load(key, stamp);
    this.#running.set(key, { stamp, done });
    return done;
  }

  /** Takes over what was read elsewhere. */
  put(key: string, stamp: string, value: V): void {
    this.#set(key, { value, loading: false, stamp });
  }

  dispose(): void {
    this.#abort.abort();
    this.#changes.dispose();
  }

  async #load(key: string, stamp: string): Promise<void> {
    const known = this.#facts.get(key)?.value;
    const before = known === undefined ? {} : { value: known };
    this.#set(key, { ...before, loading: true, stamp });
    const isLatest = () => this.#facts.get(key)?.stamp === stamp;
    try {
      const value = await this.#inTurn(() => this.#read(key, this.#abort.signal));
      if (isLatest()) this.#set(key, { value, loading: false, stamp });
    } catch (error) {
      if (isLatest() && !isCancelled(error))
        this.#set(key, { ...before, loading: false, stamp, error: toModalError(error) });
    } finally {
      if (this.#running.get(key)?.stamp === stamp) this.#running.delete(key);
    }
  }

  #set(key: string, fact: Omit<Fact<V>, 'revision'>): void {
    const revision = (this.#facts.get(key)?.revision ?? 0) + 1;
    this.#facts.set(key, { ...fact, revision });
    this.#changes.fire(key);
  }
}
