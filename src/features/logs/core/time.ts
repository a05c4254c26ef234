/** Resolves after that time, or at once when aborted. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Work goes on for at most this long before others have their turn. */
const turnMs = 8;
let turnBegan = 0;

/**
 * Gives way to timers and input when the turn has lasted long enough. Without it, messages that have arrived already
 * would be worked off in one go, as each is only a promise away.
 */
export async function breathe(): Promise<void> {
  const now = performance.now();
  if (now - turnBegan < turnMs) return;
  await new Promise<void>((resolve) => setImmediate(resolve));
  turnBegan = performance.now();
}
