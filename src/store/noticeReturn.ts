import type { Disposable, Listener } from '../shared/emitter.ts';
import { steadyNow } from '../shared/steadyNow.ts';
import type { AppStore } from './appStore.ts';

export interface Answers {
  /** Names the account in use. */
  account(): Promise<string>;
  /** Fires with the account whenever its server has answered something. */
  readonly onDidAnswer: (listener: Listener<string>) => Disposable;
}

/** A read that fails all the same is not begun again by each line of a log. */
const pauseMs = 10_000;

/**
 * Notices that a server which could not be reached is back, because something else got an answer from it: a log that
 * goes on, or a click. The apps are then read once, so that no two places say different things about the connection.
 * @returns ends the watch
 */
export function noticeReturn(store: AppStore, answers: Answers, now: () => number = steadyNow): Disposable {
  let lastTry = Number.NEGATIVE_INFINITY;
  const check = async (account: string) => {
    const isDue = () =>
      store.state.connection === 'offline' && !store.state.loading && now() - lastTry >= pauseMs;
    if (!isDue() || (await answers.account().catch(() => '')) !== account || !isDue()) return;
    lastTry = now();
    await store.refresh();
  };
  return answers.onDidAnswer((account) => void check(account));
}
