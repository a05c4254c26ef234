/** A point in time by both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
}

/**
 * How long something has lasted, in milliseconds. The wall clock can be set back, and the steady one may stand still
 * while the computer sleeps: each of them says too little then, so that the longer time is the true one.
 */
export function elapsedMs(since: Moment, now: Moment): number {
  return Math.max(0, now.wallMs - since.wallMs, now.steadyMs - since.steadyMs);
}
