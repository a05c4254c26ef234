/**
 * Milliseconds of a clock that nobody sets, for waits and ages within this process: by the clock of the machine, what is
 * due in ten seconds would be due in a day after somebody has set it back.
 */
export const steadyNow = (): number => performance.now();
