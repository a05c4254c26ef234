import { setTimeout as sleep } from 'node:timers/promises';
import { isCancelled, toModalError } from '../../../domain/errors.ts';

/** How a freshly deployed endpoint answered. */
export type Health = { readonly kind: 'healthy' } | { readonly kind: 'unhealthy'; readonly reason: string };

export interface HealthAnswer {
  readonly status: number;
  readonly body: string;
}

export interface HealthCheck {
  /** One request; may take as long as a cold start. */
  readonly ask: (signal: AbortSignal) => Promise<HealthAnswer>;
  /** Milliseconds after which a model that still loads counts as not healthy. */
  readonly limitMs: number;
  /** Milliseconds between two tries. */
  readonly pauseMs?: number;
}

/** 503 while a model loads; 404 for the moment until Modal's edge knows the new address; 502 and 504 of proxies. */
const notYet = new Set([404, 502, 503, 504]);

/**
 * Asks until the endpoint is healthy. Never rejects but when it is cancelled: the app is deployed either way.
 * @throws kind `cancelled`
 */
export async function waitForHealth(check: HealthCheck, signal?: AbortSignal): Promise<Health> {
  const limit = AbortSignal.timeout(check.limitMs);
  const ends = signal ? AbortSignal.any([signal, limit]) : limit;
  let reason = 'no answer';
  for (;;) {
    try {
      const { status, body } = await check.ask(ends);
      if (status >= 200 && status < 300) return { kind: 'healthy' };
      reason = `HTTP ${status}${body ? `: ${body.slice(0, 200)}` : ''}`;
      if (!notYet.has(status)) return { kind: 'unhealthy', reason };
      await sleep(check.pauseMs ?? 2000, undefined, { signal: ends });
    } catch (error) {
      if (signal?.aborted) throw toModalError(error);
      if (limit.aborted) return { kind: 'unhealthy', reason: `not healthy in time (${reason})` };
      if (isCancelled(error)) throw error;
      return { kind: 'unhealthy', reason: toModalError(error).message };
    }
  }
}
