import { setTimeout as sleep } from 'node:timers/promises';

export interface PollOptions {
  /** For the error: "frame of the Logs view". */
  readonly what: string;
  readonly timeoutMs?: number;
}

const everyMs = 150;

/** Asks until there is an answer. @throws Error that names what was missing, and the last error on the way */
export async function poll<T>(ask: () => Promise<T | undefined>, options: PollOptions): Promise<T> {
  const { what, timeoutMs = 20_000 } = options;
  let cause: unknown;
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs);
  }
  throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`, { cause });
}

/** Gives up on a promise that has no limit of its own. */
export async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const limit = sleep(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`Waited ${limitMs / 1000} s in vain for ${what}.`);
  });
  limit.catch(() => undefined); // ended below, on purpose
  try {
    return await Promise.race([promise, limit]);
  } finally {
    stop.abort();
  }
}
