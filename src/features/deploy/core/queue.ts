import { ModalError } from '../../../domain/errors.ts';

/** Runs jobs with the same key one after the other, in the order they came; others run side by side. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Whether a job with this key runs or waits. */
  isBusy(key: string): boolean {
    return this.#last.has(key);
  }

  /** @throws kind `cancelled` when aborted before its turn; the job is then not started */
  async run<T>(key: string, job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last.get(key);
    const turn = (before ?? Promise.resolve()).then(() => {
      if (signal?.aborted) throw new ModalError('cancelled', 'Cancelled');
      return job();
    });
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, settled);
    void settled.then(() => this.#last.get(key) === settled && this.#last.delete(key));
    return before && signal ? Promise.race([turn, cancelledBefore(before, signal)]) : turn;
  }
}

/** Somebody who cancels does not want to wait for the job before theirs; once it is their turn, the job decides. */
function cancelledBefore(turn: Promise<unknown>, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(new ModalError('cancelled', 'Cancelled'));
    signal.addEventListener('abort', abort, { once: true });
    void turn.then(() => signal.removeEventListener('abort', abort));
  });
}
