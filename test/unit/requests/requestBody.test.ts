import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainNetwork } from '../../../src/domain/network.ts';
import type { MultipartPart } from '../../../src/domain/request.ts';
import { send } from '../../../src/features/requests/core/httpClient.ts';
import { openBody, unreadableFile, wholeBody } from '../../../src/features/requests/core/requestBody.ts';

let folder: string;
let file: string;
let server: Server | Http2SecureServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'parts-'));
  file = path.join(folder, 'large.bin');
});
afterEach(async () => {
  server?.close();
  await rm(folder, { recursive: true });
});

const filePart = (place: string): MultipartPart => ({
  name: 'file',
  file: { path: place, name: 'page.png', type: 'image/png' },
});

async function written(parts: readonly MultipartPart[]): Promise<string> {
  const { body, headers } = await wholeBody({ parts });
  const boundary = /boundary=(.+)$/.exec(headers['content-type']!)![1]!;
  return Buffer.from(body!).toString().replaceAll(boundary, 'cut');
}

describe('a body of parts', () => {
  it('has each part as it is: texts with their line breaks, types and no file name of their own, then files', async () => {
    await writeFile(file, 'in a file\n');
    const parts = [
      { name: 'lines', text: 'a\nb\r\nc' },
      { name: 'json', text: '{"x": 1.50}', type: 'application/json' },
      { name: 'named', text: 'sent as a file', fileName: 'note.txt' },
      { name: 'größe "1"', text: '' },
      { name: 'file', file: { path: file, name: 'a"b ü.png', type: '' } },
    ];
    expect(await written(parts)).toBe(
      [
        '--cut\r\nContent-Disposition: form-data; name="lines"\r\n\r\na\nb\r\nc',
        '--cut\r\nContent-Disposition: form-data; name="json"\r\nContent-Type: application/json\r\n\r\n{"x": 1.50}',
        '--cut\r\nContent-Disposition: form-data; name="named"; filename="note.txt"\r\n\r\nsent as a file',
        '--cut\r\nContent-Disposition: form-data; name="größe %221%22"\r\n\r\n',
        '--cut\r\nContent-Disposition: form-data; name="file"; filename="a%22b ü.png"\r\nContent-Type: application/octet-stream\r\n\r\nin a file\n',
        '--cut--\r\n',
      ].join('\r\n'),
    );
  });

  it('tells its length before a file is read, and names a file that is gone', async () => {
    await writeFile(file, Buffer.alloc(1000));
    const { body, headers } = await openBody({ parts: [filePart(file)] });
    expect(Number(headers['content-length'])).toBe((await new Response(body).arrayBuffer()).byteLength);
    await expect(openBody({ parts: [filePart(`${file}.gone`)] })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(`Can't read the file ${file}.gone`) as string,
    });
  });

  it.each([
    ['changed', () => writeFile(file, 'another')],
    ['removed', () => rm(file)],
  ])('is not sent with a file that was %s after its length was told', async (_what, act) => {
    await writeFile(file, 'as it was');
    const { body } = await openBody({ parts: [filePart(file)] });
    await act();
    const error = await new Response(body).text().catch((thrown: unknown) => thrown);
    expect(unreadableFile(error)).toMatchObject({ kind: 'invalid' });
  });

  it('says that a file cannot be read where it is no file', async () => {
    await expect(wholeBody({ parts: [filePart(folder)] })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/^A file of the request cannot be read/) as string,
    });
  });
});

describe('a body of parts on its way', () => {
  const pem = (name: string) => readFile(new URL(`fixtures/localhost-${name}.pem`, import.meta.url));

  /** @param begun a million bytes are there; what follows waits for it */
  async function upload(
    begun: () => Promise<void>,
    isSecure: boolean,
    signal = new AbortController().signal,
  ) {
    await writeFile(file, Buffer.alloc(20_000_000, 7));
    let received = 0;
    const handle = (incoming: Readable, response: { end: (text: string) => void }) => {
      incoming.on('error', () => undefined);
      incoming.on('data', (chunk: Buffer) => {
        const before = received;
        received += chunk.length;
        if (before >= 1e6 || received < 1e6) return;
        incoming.pause();
        void begun().then(() => incoming.resume());
      });
      incoming.on('end', () => response.end(String(received)));
    };
    server = isSecure
      ? createSecureServer({ key: await pem('key'), cert: await pem('cert') }, handle)
      : createServer(handle);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http${isSecure ? 's' : ''}://localhost:${(server.address() as AddressInfo).port}/`;
    const network = { ...plainNetwork, strictSsl: false };
    const body = { parts: [{ name: 'first', text: 'x' }, filePart(file)] };
    return send({ method: 'POST', url, headers: {}, body, network, signal, headersTimeoutMs: 5000 });
  }

  describe.each([
    ['HTTP/1.1', false],
    ['HTTP/2', true],
  ])('over %s', (_name, isSecure) => {
    it('comes whole', async () => {
      const { body } = await upload(() => Promise.resolve(), isSecure);
      expect(Number(body)).toBeGreaterThan(20_000_000);
    });

    it('fails, saying that a file was changed, where one was', async () => {
      const sent = upload(() => writeFile(file, 'another'), isSecure);
      await expect(sent).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringMatching(/was changed meanwhile/) as string,
      });
    });

    it('ends with a cancel', async () => {
      const abort = new AbortController();
      const sent = upload(
        () => {
          abort.abort();
          return Promise.resolve();
        },
        isSecure,
        abort.signal,
      );
      await expect(sent).rejects.toMatchObject({ kind: 'cancelled' });
    });
  });
});
