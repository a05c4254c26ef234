import { describe, expect, it } from 'vitest';
import { waitForHealth } from '../../../src/features/deploy/core/health.ts';
import { ModalError } from '../../../src/domain/errors.ts';

const answers = (...statuses: number[]) => {
  let at = 0;
  return {
    asked: () => at,
    ask: () => Promise.resolve({ status: statuses[Math.min(at++, statuses.length - 1)]!, body: 'text' }),
  };
};

describe('the first healthy answer', () => {
  it('comes after the model has loaded', async () => {
    const server = answers(404, 503, 503, 200);
    expect(await waitForHealth({ ask: server.ask, limitMs: 5000, pauseMs: 1 })).toEqual({ kind: 'healthy' });
    expect(server.asked()).toBe(4);
  });

  it('is not waited for when the app answers wrongly', async () => {
    const server = answers(500);
    const health = await waitForHealth({ ask: server.ask, limitMs: 5000, pauseMs: 1 });
    expect(health).toEqual({ kind: 'unhealthy', reason: 'HTTP 500: text' });
    expect(server.asked()).toBe(1);
  });

  it('is not waited for beyond the limit', async () => {
    const health = await waitForHealth({ ask: answers(503).ask, limitMs: 30, pauseMs: 1 });
    expect(health).toMatchObject({
      kind: 'unhealthy',
      reason: expect.stringContaining('HTTP 503') as string,
    });
  });

  it('may be unreachable, which is told and not thrown', async () => {
    const ask = () => Promise.reject(new ModalError('offline', 'No connection.'));
    expect(await waitForHealth({ ask, limitMs: 5000 })).toEqual({
      kind: 'unhealthy',
      reason: 'No connection.',
    });
  });

  it('ends when the user does not want to wait', async () => {
    const abort = new AbortController();
    const server = answers(503);
    const waiting = waitForHealth({ ask: server.ask, limitMs: 60_000, pauseMs: 60_000 }, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
