/** Work that can be put aside after each of its steps, so that a long one holds nobody up. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** All of it at once, for what is short or cannot wait. */
export function inOneGo<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
