/**
 * The thread that reads Python: the parser has texts on which it takes hours, and cannot be stopped otherwise.
 * A bundle of its own.
 */
import { parentPort } from 'node:worker_threads';
import { parseScript } from './parseScript.ts';

parentPort?.on('message', (text: string) => parentPort?.postMessage(parseScript(text)));
