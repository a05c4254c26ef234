/**
 * The thread that reads Python: the parser has texts on which it takes hours, and cannot be stopped otherwise.
 * A bundle of its own.
 */
import { parentPort } from 'node:worker_threads';
import { readScript } from './readScript.ts';

parentPort?.on(
  'message',
  (text: string) => void readScript(text).then((reading) => parentPort?.postMessage(reading)),
);
