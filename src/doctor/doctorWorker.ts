/** The thread that looks for outdated code, for the reason that `parserWorker.ts` gives. A bundle of its own. */
import { parentPort } from 'node:worker_threads';
import type { Rates } from '../domain/cost.ts';
import { diagnose } from './diagnose.ts';

export interface DoctorQuestion {
  readonly text: string;
  /** Release of the `modal` that will read the file. */
  readonly release: string;
  readonly rates: Rates;
}

parentPort?.on('message', ({ text, release, rates }: DoctorQuestion) => {
  parentPort?.postMessage(diagnose(text, release, rates));
});
