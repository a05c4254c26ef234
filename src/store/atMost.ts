/**
 * Runs a job for each item, at most `limit` at once, and keeps the order of the results.
 * @throws the first failure; no further job is started after it
 */
export async function mapAtMost<T, R>(
  limit: number,
  items: readonly T[],
  job: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const rest = take(items);
  const work = async () => {
    for (const [at, item] of rest) results[at] = await job(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}

/** @returns runs a job at once, or when one of at most `limit` others has ended */
export function limiter(limit: number): <R>(job: () => Promise<R>) => Promise<R> {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (job) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** One line for all workers: a generator, because it ends for everyone when one of them fails. */
function* take<T>(items: readonly T[]): Generator<readonly [number, T]> {
  yield* items.entries();
}
