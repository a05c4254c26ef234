/** Reads every hostile text with one reader, in a thread that can be ended when it hangs. */
import { parentPort, workerData } from 'node:worker_threads';
import { readers } from './readers.ts';
import { hostileTexts } from './texts.ts';

const { reader, size } = workerData as { reader: string; size: number };
const read = readers[reader];
if (!read) throw new Error(`There is no reader of the name ${reader}.`);
for (const { name, text } of hostileTexts(size)) {
  parentPort?.postMessage({ begins: name });
  await read(text);
}
parentPort?.postMessage({ done: true });
