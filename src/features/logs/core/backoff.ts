const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** Pause before the next try: doubling from half a second to half a minute, less up to a quarter at random. */
export function backoff(attempt: number, random: () => number): number {
  const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
  return pause * (1 - 0.25 * random());
}
