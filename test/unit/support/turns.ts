import { setImmediate as turn } from 'node:timers/promises';

/** Lets everything happen that waits for nothing from outside. */
export async function turns(): Promise<void> {
  for (let count = 0; count < 20; count++) await turn();
}
