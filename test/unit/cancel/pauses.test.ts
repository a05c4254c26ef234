/** What waits between two calls ends at once too, and makes no other call. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { waitForHealth } from '../../../src/features/deploy/core/health.ts';
import { ModalError, toModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { LogFollower } from '../../../src/features/logs/core/follower.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { replaceContainers } from '../../../src/modal/replaceContainers.ts';
import { checkHealth } from '../../../src/features/health/core/checkHealth.ts';
import { watchContainers } from '../../../src/features/loadTest/core/watchContainers.ts';
import { httpResult } from '../support/httpResult.ts';

interface Pausing {
  readonly title: string;
  readonly ends: 'cancelled' | 'quietly';
  /** @param onCall is called for each call; the first pause is after the last of `calls` */
  readonly run: (signal: AbortSignal, onCall: () => void) => Promise<unknown>;
  readonly calls: number;
}

/** Longer than any test. */
const pauseMs = 600_000;
const old = { id: 'ta-1', appId: 'ap-1', enqueuedAt: 1 };

const pausing: readonly Pausing[] = [
  {
    title: 'replacing containers, until they have ended',
    ends: 'cancelled',
    calls: 2,
    run: (signal, onCall) =>
      replaceContainers(
        {
          listContainers: () => Promise.resolve([old]).finally(onCall),
          stopContainer: () => Promise.resolve().finally(onCall),
        },
        { appId: 'ap-1', environment: 'main', deployedAt: 2, pauseMs },
        signal,
      ),
  },
  {
    title: 'waiting for the first healthy answer',
    ends: 'cancelled',
    calls: 1,
    run: (signal, onCall) =>
      waitForHealth(
        { ask: () => Promise.resolve({ status: 503, body: '' }).finally(onCall), limitMs: pauseMs, pauseMs },
        signal,
      ),
  },
  {
    title: 'a health check, until the app has started',
    ends: 'cancelled',
    calls: 1,
    run: (signal, onCall) =>
      checkHealth(
        { bundled: true, cheap: true, requiresProxyAuth: false, key: 'none', limitMs: pauseMs, pauseMs },
        {
          connect: () => Promise.resolve({ address: '', nameMs: 0, connectMs: 0 }),
          containers: () => Promise.resolve({ running: 0, starting: 0 }),
          get: () => Promise.resolve(httpResult('', { status: 503 })).finally(onCall),
          mayWake: () => Promise.resolve(true),
          onLine: () => undefined,
        },
        signal,
      ),
  },
  {
    title: 'watching containers, until the next look',
    ends: 'quietly',
    calls: 1,
    run: (signal, onCall) =>
      watchContainers(
        {
          plane: {
            listContainers: () => Promise.resolve([]).finally(onCall),
            functionStats: () => Promise.reject(new ModalError('unsupported', 'no')),
          } as unknown as ControlPlane,
          ...{ environment: 'main', appId: 'ap-1', functionId: 'fu-1', logger: silentLogger },
          ...{ onLook: () => undefined, everyMs: pauseMs },
        },
        signal,
      ),
  },
  {
    title: 'following a log that broke, until the next try',
    ends: 'quietly',
    calls: 1,
    run: (signal, onCall) => {
      const follower = new LogFollower({
        query: { appId: 'ap-1' },
        connect: () => Promise.reject(new ModalError('offline', 'no')).finally(onCall),
        open: () => {
          throw new Error('never connected');
        },
        sink: { push: () => undefined, mark: () => undefined, flush: () => undefined },
        onState: () => undefined,
        // The pause itself is the editor's clock; it must be given what ends it.
        sleep: (_ms, given) =>
          new Promise((resolve) => given.addEventListener('abort', () => resolve(), { once: true })),
      });
      signal.addEventListener('abort', () => follower.stop());
      return follower.run();
    },
  },
];

describe.each(pausing)('$title', ({ run, calls, ends }) => {
  it('ends at once when it is cancelled in its pause', async () => {
    const abort = new AbortController();
    let made = 0;
    const reached = Promise.withResolvers<undefined>();
    const onCall = () => {
      if (++made === calls) reached.resolve(undefined);
    };
    const outcome = run(abort.signal, onCall).then(
      () => 'quietly',
      (error: unknown) => toModalError(error).kind,
    );
    await reached.promise;
    await sleep(20); // it has read the answer and pauses
    abort.abort();
    expect(await Promise.race([outcome, sleep(3000, 'does not end', { ref: false })])).toBe(ends);
    expect(made).toBe(calls);
  });
});

describe('waiting for the first healthy answer', () => {
  it('has its limit also where it can be cancelled', async () => {
    const { signal } = new AbortController();
    const ask = () => Promise.resolve({ status: 503, body: '' });
    const waiting = waitForHealth({ ask, limitMs: 30, pauseMs }, signal);
    const health = await Promise.race([waiting, sleep(3000, 'does not end', { ref: false })]);
    expect(health).toEqual({ kind: 'unhealthy', reason: 'not healthy in time (HTTP 503)' });
  });
});
