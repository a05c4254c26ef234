import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { ModalError, toModalError } from '../../../src/domain/errors.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';

/** Modal, and the way to it. */
export interface PlaneServices extends ControlPlane {
  connect(signal?: AbortSignal): Promise<unknown>;
}

/** Something that calls Modal, and can be cancelled in each call. */
export interface Flow {
  readonly title: string;
  readonly answers: () => Readonly<Partial<Record<keyof PlaneServices, unknown>>>;
  readonly run: (services: PlaneServices, signal: AbortSignal) => Promise<unknown>;
  /** The calls that it is cancelled in. */
  readonly calls: readonly (keyof PlaneServices)[];
  readonly ends?: 'quietly';
}

interface Call {
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/** Calls that are answered with a stream. */
const streams: readonly string[] = ['streamLogs', 'appGetLogs'];

/** Long enough for a busy machine; nothing waits for it but a test that fails. */
const patienceMs = 3000;
const mostCalls = 60;

/**
 * Cancels an operation at each of its calls in turn: that call and all after it hang until their signal is aborted, those
 * before it are answered. The operation must end as it promises, with every call that it made let go at once and without
 * another one.
 * @param answers what its calls are answered with: values, or functions of the arguments; made anew for each cancel
 * @param ends `cancelled`: it rejects with that kind; `quietly`: it resolves
 * @returns the calls that it was cancelled in, in their order
 */
export async function cancelAtEachCall<T extends object>(
  answers: () => { readonly [Name in keyof T]?: unknown },
  run: (services: T, signal: AbortSignal) => Promise<unknown>,
  ends: 'cancelled' | 'quietly' = 'cancelled',
): Promise<string[]> {
  const cancelledIn: string[] = [];
  for (let at = 0; at < mostCalls; at++) {
    const { services, calls, hangs } = hanging(answers(), at);
    const abort = new AbortController();
    const outcome = run(services as T, abort.signal).then(
      () => 'quietly',
      (error: unknown) => toModalError(error).kind,
    );
    const first = await Promise.race([outcome, hangs]);
    if (first !== 'hangs') return cancelledIn;
    const name = calls.at(at)?.name ?? '';
    cancelledIn.push(name);
    const made = calls.length;
    abort.abort();
    expect(calls.flatMap(stillWaits), `cancelled while ${name} hangs`).toEqual([]);
    const end = await Promise.race([outcome, sleep(patienceMs, 'does not end', { ref: false })]);
    expect(end, `the end of what was cancelled while ${name} hangs`).toBe(ends);
    expect(
      calls.slice(made).map((call) => call.name),
      'calls after the cancel',
    ).toEqual([]);
  }
  throw new Error(`It does not end after ${mostCalls} calls.`);
}

/**
 * Cancels an operation just as each of its calls is answered: the answer is there, and nobody wants it any more. It may
 * end with the answer to its last call, but must not send anything else.
 * @param check what must not have come of the answer to a call, and what was sent after it
 * @returns the calls that it was cancelled in, in their order
 */
export async function cancelWithEachAnswer<T extends object>(
  answers: () => { readonly [Name in keyof T]?: unknown },
  run: (services: T, signal: AbortSignal) => Promise<unknown>,
  check: (name: string, after: readonly string[]) => void = sendsNothing,
): Promise<string[]> {
  const cancelledIn: string[] = [];
  for (let at = 0; at < mostCalls; at++) {
    const abort = new AbortController();
    const { services, sent } = answering(answers(), at, abort);
    const end = await run(services as T, abort.signal).then(
      () => 'quietly',
      (error: unknown) => toModalError(error).kind,
    );
    if (!abort.signal.aborted) return cancelledIn;
    const name = sent.before[at] ?? '';
    cancelledIn.push(name);
    expect(['cancelled', 'quietly'], `cancelled as ${name} was answered`).toContain(end);
    check(name, sent.after);
  }
  throw new Error(`It does not end after ${mostCalls} calls.`);
}

/** The answers one after the other. */
export const inTurn = (...answers: readonly unknown[]) => {
  let at = 0;
  return () => {
    const answer = answers[Math.min(at++, answers.length - 1)];
    return typeof answer === 'function' ? (answer as () => unknown)() : answer;
  };
};

function sendsNothing(name: string, after: readonly string[]): void {
  expect(after, `sent after it was cancelled as ${name} was answered`).toEqual([]);
}

/** Services that answer, and cancel as one of their calls is answered; as real ones, they send nothing for an aborted signal. */
function answering(answers: object, cancelledAt: number, abort: AbortController) {
  const sent = { before: [] as string[], after: [] as string[] };
  const call =
    (name: string) =>
    (...args: unknown[]): unknown => {
      const signal = signalIn(args);
      if (signal?.aborted) return streams.includes(name) ? endedStream(signal) : untilAborted(signal);
      sent[abort.signal.aborted ? 'after' : 'before'].push(name);
      if (sent.before.length === cancelledAt + 1) queueMicrotask(() => abort.abort());
      return answerOf(name, Reflect.get(answers, name), args);
    };
  const services = new Proxy(answers, {
    get: (_target, name) => (typeof name === 'string' && name in answers ? call(name) : undefined),
  });
  return { services, sent };
}

function endedStream(signal: AbortSignal): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => untilAborted(signal) }) };
}

function stillWaits({ name, signal }: Call): string[] {
  if (!signal) return [`${name} was given no signal`];
  return signal.aborted ? [] : [`${name} was not told of the cancel`];
}

/** Services whose first calls are answered; all others wait for their signal. */
function hanging(answers: object, answered: number) {
  const calls: Call[] = [];
  const hung = Promise.withResolvers<'hangs'>();
  const call =
    (name: string) =>
    (...args: unknown[]): unknown => {
      const signal = signalIn(args);
      calls.push({ name, signal });
      if (calls.length <= answered) return answerOf(name, Reflect.get(answers, name), args);
      hung.resolve('hangs');
      const end = untilAborted(signal);
      return streams.includes(name) ? { [Symbol.asyncIterator]: () => ({ next: () => end }) } : end;
    };
  const services = new Proxy(answers, {
    get: (_target, name) => (typeof name === 'string' && name in answers ? call(name) : undefined),
  });
  return { services, calls, hangs: hung.promise };
}

function answerOf(name: string, answer: unknown, args: unknown[]): unknown {
  const value = typeof answer === 'function' ? (answer as (...args: unknown[]) => unknown)(...args) : answer;
  return streams.includes(name) ? value : Promise.resolve(value);
}

/** The last argument is the signal, or options that have it. */
function signalIn(args: readonly unknown[]): AbortSignal | undefined {
  const given = args.flatMap((arg) => [arg, (arg as { signal?: unknown } | undefined)?.signal]);
  return given.find((arg) => arg instanceof AbortSignal);
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  const end = Promise.withResolvers<never>();
  end.promise.catch(() => undefined);
  const abort = () => end.reject(new ModalError('cancelled', 'Cancelled'));
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return end.promise;
}
