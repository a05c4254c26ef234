/**
 * Shows a large answer as the request panel does and prints what it takes while it is shown, as JSON. Run with
 * `--expose-gc`, in a process of its own, whose memory nobody else uses.
 *
 * Arguments: megabytes of the answer; its media type; `repeated` when it repeats the key that was sent.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '../../../src/shared/logger.ts';
import { AnswerModel } from '../../../src/features/requests/core/answer/answerModel.ts';
import { StreamReader } from '../../../src/features/requests/core/answer/streamReader.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';

const [megabytes = '90', type = 'application/json', repeated = ''] = process.argv.slice(2);
const key = 'key-that-is-sent';
const row = `${JSON.stringify({ text: 'x'.repeat(1000), key: repeated ? key : '' })},\n`;
const count = Math.ceil((Number(megabytes) * 1024 * 1024) / row.length);

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-type': type });
  response.write(type.endsWith('json') ? '[' : '# All rows\n');
  const write = (at: number) => {
    for (let next = at; next < count; next++)
      if (!response.write(row)) return void response.once('drain', () => write(next + 1));
    response.end('0]');
  };
  write(0);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const sender = new RequestSender({
  logger: silentLogger,
  resolveSecret: () => Promise.resolve(key),
  timeoutSeconds: () => 60,
});
const auth = { header: 'authorization', scheme: 'Bearer', secretRef: 'k' };

/** What is in use when everything that can be freed was freed, in megabytes. */
async function used(): Promise<number> {
  for (let at = 0; at < 5; at++) {
    await sleep(20); // what was read in this turn stays until it ends
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

const before = await used();
const result = await sender.send({ method: 'GET', url, headers: {}, auth }, new AbortController().signal);
const model = new AnswerModel({ result, stream: new StreamReader({}) });
const shown = JSON.stringify(model.result.body.slice(0, 1024 * 1024));
const after = await used();
process.stdout.write(
  JSON.stringify({
    size: model.result.size / 1024 / 1024,
    used: after - before,
    shown: shown.length,
    masked: result.keyMasked === true,
    holdsKey: model.result.body.includes(key),
  }),
);
server.close();
