import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import type { LogHistory } from './history.ts';

/** The state at the top of a log, where older lines can be loaded. */
export interface OlderState {
  readonly kind: 'more' | 'loading' | 'start' | 'full' | 'failed';
  /** Why it ends there; '' while it may go on. */
  readonly text: string;
}

/** Loads older lines on request, one page at a time. A load can be cancelled, and tried again. */
export class OlderLines implements Disposable {
  readonly #history: () => LogHistory | undefined;
  readonly #changed = new Emitter<OlderState>();
  #abort: AbortController | undefined;
  #state: OlderState = { kind: 'more', text: '' };
  #keptDays: number | undefined;

  readonly onDidChange = this.#changed.event;

  /** @param history undefined: it is not known yet where it begins */
  constructor(history: () => LogHistory | undefined) {
    this.#history = history;
  }

  get state(): OlderState {
    return this.#state;
  }

  /** The last load was given up by the user. */
  get wasCancelled(): boolean {
    return this.#abort?.signal.aborted === true;
  }

  /** How long the server keeps these logs, in days, once it has said so. */
  get keptDays(): number | undefined {
    return this.#keptDays;
  }

  /** Loads one page. Does nothing while one is loading, or where there is no more. Never rejects. */
  async load(): Promise<void> {
    const { kind } = this.#state;
    if (kind !== 'more' && kind !== 'failed') return;
    const history = this.#history();
    if (!history) {
      this.#set({ kind: 'failed', text: 'The log is still connecting.' });
      return;
    }
    const abort = (this.#abort = new AbortController());
    this.#set({ kind: 'loading', text: '' });
    try {
      const state = await history.loadOlder(abort.signal);
      if (this.#abort !== abort) return;
      this.#keptDays = history.keptDays ?? this.#keptDays;
      this.#set(state.kind === 'more' ? { kind: 'more', text: '' } : { kind: state.kind, text: state.text });
    } catch (error) {
      if (this.#abort !== abort) return;
      this.#set(
        isCancelled(error)
          ? { kind: 'more', text: '' }
          : { kind: 'failed', text: toModalError(error).message },
      );
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** The history is another one from now on. */
  reset(): void {
    this.cancel();
    this.#abort = undefined;
    this.#set({ kind: 'more', text: '' });
  }

  dispose(): void {
    this.cancel();
    this.#abort = undefined;
    this.#changed.dispose();
  }

  #set(state: OlderState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}
