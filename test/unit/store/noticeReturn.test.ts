import { setImmediate as settle } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Emitter } from '../../../src/shared/emitter.ts';
import type { AppStore } from '../../../src/store/appStore.ts';
import { noticeReturn } from '../../../src/store/noticeReturn.ts';

function watched(connection: string) {
  const answers = new Emitter<string>();
  const state = { connection, loading: false };
  let reads = 0;
  let now = 0;
  const store = {
    state,
    refresh: () => {
      reads++;
      answers.fire('here'); // the read itself gets answers too
      return Promise.resolve();
    },
  } as unknown as AppStore;
  const source = { account: () => Promise.resolve('here'), onDidAnswer: answers.event };
  const watch = noticeReturn(store, source, () => now);
  const answer = async (account = 'here') => {
    answers.fire(account);
    await settle();
  };
  return { watch, answer, state, reads: () => reads, pass: (ms: number) => (now += ms), answers };
}

it('reads the apps once when a server that could not be reached has answered something else', async () => {
  const { answer, reads, state } = watched('offline');
  await answer();
  expect(reads()).toBe(1);
  state.connection = 'ready';
  await answer();
  expect(reads()).toBe(1);
});

it('reads at most every ten seconds, however many lines a log brings, while reads fail', async () => {
  const { answer, reads, pass } = watched('offline');
  for (let line = 0; line < 1000; line++) await answer();
  expect(reads()).toBe(1);
  pass(10_000);
  await answer();
  expect(reads()).toBe(2);
});

it('takes no answer of another account for one of this', async () => {
  const { answer, reads } = watched('offline');
  await answer('elsewhere');
  expect(reads()).toBe(0);
});

it.each(['ready', 'signedOut', 'unauthenticated', 'error', 'unknown'])(
  'reads nothing while the connection is %s',
  async (connection) => {
    const { answer, reads } = watched(connection);
    await answer();
    expect(reads()).toBe(0);
  },
);

it('listens no more once it is disposed', () => {
  const { watch, answers } = watched('offline');
  watch.dispose();
  expect(answers.listenerCount).toBe(0);
});
