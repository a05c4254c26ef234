/** When an account's connections are made anew, and that none is left behind. */
import type { ModalClient } from 'modal';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { steadyNow } from '../../../src/shared/steadyNow.ts';
import { SdkClients } from '../../../src/modal/sdkClients.ts';

const made: { closed: boolean }[] = [];
let clients: SdkClients;

beforeEach(() => {
  vi.useFakeTimers();
  made.length = 0;
  clients = new SdkClients(() => {
    const client = { closed: false, close: () => (client.closed = true) };
    made.push(client);
    return client as unknown as ModalClient;
  }, silentLogger);
});
afterEach(() => vi.useRealTimers());

const closed = () => made.map((each) => each.closed);

it('makes a connection for calls and one for streams, when they are needed', () => {
  expect(made).toEqual([]);
  expect(clients.calls).toBe(clients.calls);
  expect(clients.streams).toBe(clients.streams);
  expect(clients.calls).not.toBe(clients.streams);
  expect(made).toHaveLength(2);
  clients.close();
  expect(closed()).toEqual([true, true]);
});

it('gives what runs over the old connections a minute to end', () => {
  const before = [clients.calls, clients.streams];
  clients.renew();
  expect(before).not.toContain(clients.calls);
  expect(before).not.toContain(clients.streams);
  vi.advanceTimersByTime(60_000);
  expect(closed()).toEqual([false, false, false, false]);
  vi.advanceTimersByTime(60_000);
  expect(closed()).toEqual([true, true, false, false]);
});

it('takes a line for dead when a call got no answer and no other did meanwhile', () => {
  const first = clients.calls;
  const since = steadyNow();
  vi.advanceTimersByTime(15_000);
  clients.noteAnswer();
  clients.noteSilence(since);
  expect(clients.calls).toBe(first);
  const later = steadyNow() + 1;
  vi.advanceTimersByTime(15_000);
  clients.noteSilence(later);
  expect(clients.calls).not.toBe(first);
});
