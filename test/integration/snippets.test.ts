/** Requests as code and as files: run by the real clients, and compared with what our own client sends. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { root } from '../../scripts/root.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { RequestSpec } from '../../src/domain/request.ts';
import type { SnippetKind } from '../../src/features/savedRequests/core/export/snippet.ts';
import { snippetKinds } from '../../src/features/savedRequests/core/export/snippets.ts';
import { parseHttpFile } from '../../src/features/savedRequests/core/httpFile/parse.ts';
import { specOfHttpRequest } from '../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { Variables } from '../../src/features/savedRequests/core/httpFile/variables.ts';
import { addRequest, fileHead, requestText } from '../../src/features/savedRequests/core/httpFile/write.ts';
import { RequestSender } from '../../src/features/requests/core/send.ts';

const run = promisify(execFile);
const key = 'the-key';

/** A request as the server saw it. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

const seen: Seen[] = [];
let server: http.Server;
let base: string;
let folder: string;
let python: string;

beforeAll(async () => {
  python = await ensurePython();
  folder = await mkdtemp(path.join(os.tmpdir(), 'snippets-'));
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks) });
      answer(url, seen.at(-1)!.body.toString(), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** Enough of an OpenAI answer for its package; a long poll where it is asked for. */
function answer(url: string, body: string, response: http.ServerResponse): void {
  if (url === '/slow') response.writeHead(303, { location: '/result' }).end();
  else if (body.includes('"stream": true')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(
      'data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "hi"}}]}\n\ndata: [DONE]\n\n',
    );
  } else {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"id": "1", "choices": [], "data": [{"index": 0, "embedding": [1, 2]}]}');
  }
}

const bearer = { secretRef: 'r', header: 'Authorization', scheme: 'Bearer' };
const json = { 'content-type': 'application/json' };
const chat = '{"model": "m", "messages": [{"role": "user", "content": "\\"a\\" $b `c` é"}], "top_k": 5}';
const cases: Readonly<Record<string, Omit<RequestSpec, 'url'> & { readonly path: string }>> = {
  'a query': {
    method: 'GET',
    path: '/q?a=1&b=%20x[0]&c={d}',
    headers: { 'x-note': `it's "$HOME" \`id\`` },
    auth: bearer,
  },
  'JSON of several lines': {
    method: 'POST',
    path: '/json',
    headers: json,
    body: '{\n  "a": "é\\n",\n\n  "b": [1.0]\n}',
    auth: bearer,
  },
  'a text that shells and files would change': {
    method: 'PUT',
    path: '/text',
    headers: { 'content-type': 'text/plain' },
    body: `\n# it's $HOME \`id\` {{x}} """ \${y} %s \\n 😀\r\n`,
    auth: { ...bearer, header: 'X-SECRET-KEY', scheme: '' },
  },
  'bytes and no type': {
    method: 'POST',
    path: '/bytes',
    headers: {},
    body: Uint8Array.from({ length: 256 }, (_, at) => at),
  },
  'a long body': {
    method: 'POST',
    path: '/long',
    headers: json,
    body: JSON.stringify({ text: "it's ".repeat(40_000) }),
  },
  'a pair of keys': {
    method: 'DELETE',
    path: '/pair',
    headers: {},
    auth: { ...bearer, header: 'Modal-Secret', scheme: '', idHeader: 'Modal-Key' },
  },
  'no body': { method: 'POST', path: '/none', headers: {}, auth: bearer },
  'a chat': { method: 'POST', path: '/v1/chat/completions', headers: json, body: chat, auth: bearer },
  'a stream': {
    method: 'POST',
    path: '/v1/chat/completions',
    headers: json,
    body: chat.replace('{', '{"stream": true, '),
    auth: bearer,
  },
  'an embedding': {
    method: 'POST',
    path: '/v1/embeddings',
    headers: json,
    body: '{"model": "m", "input": ["a"], "encoding_format": "float"}',
    auth: { ...bearer, header: 'X-API-Key', scheme: '' },
  },
  'a long poll': { method: 'POST', path: '/slow', headers: json, body: '{}', auth: bearer },
};

const specOfCase = (name: string): RequestSpec => {
  const { path: below, ...spec } = cases[name]!;
  return { ...spec, url: new URL(below, base).href };
};

/** What counts of a request: its type only where there is something of it; clients add headers of their own, which nobody wrote. */
function essence({ method, url, headers, body }: Seen, spec: RequestSpec) {
  const own = [
    ...(method === 'GET' ? [] : ['content-type']),
    'x-note',
    'authorization',
    'x-secret-key',
    'x-api-key',
    'modal-key',
    'modal-secret',
  ];
  return {
    method,
    url: decodeURIComponent(url),
    headers: Object.fromEntries(
      own.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
    ),
    body:
      typeof spec.body === 'string' || spec.body instanceof Uint8Array ? body.toString('hex') : body.length,
  };
}

/** All that the server sees while something is done. */
async function whatServerSees(act: () => Promise<unknown>): Promise<readonly Seen[]> {
  seen.length = 0;
  await act();
  return [...seen];
}

async function ours(spec: RequestSpec): Promise<readonly Seen[]> {
  const secret = spec.auth?.idHeader === undefined ? key : `id.${key}`;
  const own = new RequestSender({
    logger: silentLogger,
    resolveSecret: () => Promise.resolve(secret),
    timeoutSeconds: () => 30,
  });
  return whatServerSees(() => own.send(spec, new AbortController().signal));
}

const environment = () => ({ ...process.env, MODAL_API_KEY: key, MODAL_KEY: 'id', MODAL_SECRET: key });

/** What runs each kind of code, and how its file is called. */
const clients = {
  curl: () => ({ program: 'sh', name: 'run.sh' }),
  httpx: () => ({ program: python, name: 'run.py' }),
  openai: () => ({ program: python, name: 'run.py' }),
  fetch: () => ({ program: process.execPath, name: 'run.mts' }),
};

async function runSnippet(kind: SnippetKind, code: string): Promise<void> {
  const { program, name } = clients[kind.id as keyof typeof clients]();
  await writeFile(path.join(folder, name), code);
  await run(program, [name], { env: environment(), cwd: folder });
}

const pairs = Object.keys(cases).flatMap((name) => {
  const { path: below, ...rest } = cases[name]!;
  const spec = { ...rest, url: `http://h${below}` };
  return snippetKinds
    .filter((kind) => kind.id !== 'http' && kind.fits(spec))
    .map((kind) => [kind.label, name, kind] as const);
});

describe('exported code, run as it is', () => {
  it('covers every kind', async () => {
    expect(new Set(pairs.map(([label]) => label)).size).toBe(4);
    await run('curl', ['--version']);
  });

  it.each(pairs)('%s sends %s as we do', async (_label, name, kind) => {
    const spec = specOfCase(name);
    const expected = (await ours(spec)).map((each) => essence(each, spec));
    const code = kind.write(spec);
    const got = (await whatServerSees(() => runSnippet(kind, code))).map((each) => essence(each, spec));
    if (kind.id !== 'openai') {
      expect(got).toEqual(expected);
      return;
    }
    // The package prints the JSON its own way, and always has an Authorization header.
    const said = (hex: unknown) => JSON.parse(Buffer.from(String(hex), 'hex').toString()) as unknown;
    expect(got.map(({ method, url, body }) => [method, url, said(body)])).toEqual(
      expected.map(({ method, url, body }) => [method, url, said(body)]),
    );
    expect(got[0]!.headers).toMatchObject(expected[0]!.headers);
  });

  it.each(
    snippetKinds
      .filter(({ id }) => ['curl', 'httpx', 'fetch'].includes(id))
      .map((kind) => [kind.label, kind] as const),
  )('%s sends texts and files as parts', async (_label, kind) => {
    const file = path.join(folder, `it's a "file".bin`);
    await writeFile(file, Buffer.from([0, 1, 13, 10, 255]));
    const spec: RequestSpec = {
      method: 'POST',
      url: `${base}/parts`,
      headers: { 'Content-Type': 'multipart/form-data' },
      body: {
        parts: [
          { name: 'note', text: `$HOME 'é' @x;type=a` },
          { name: 'up', file: { path: file, name: 'seen é.bin', type: 'image/png' } },
        ],
      },
    };
    const [got] = await whatServerSees(() => runSnippet(kind, kind.write(spec)));
    const form = await formOf(got!);
    expect(form.get('note')).toBe(`$HOME 'é' @x;type=a`);
    const up = form.get('up') as File;
    expect([up.name, up.type, [...new Uint8Array(await up.arrayBuffer())]]).toEqual([
      'seen é.bin',
      'image/png',
      [0, 1, 13, 10, 255],
    ]);
  });
});

function formOf({ headers, body }: Seen): Promise<FormData> {
  const init = {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': headers['content-type']! },
  };
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- advice for servers
  return new Request('http://h/', init).formData();
}

describe('a .http file of ours', () => {
  const httpyac = path.join(root, 'node_modules/httpyac/bin/httpyac.js');

  const parts: RequestSpec['body'] = {
    parts: [
      { name: 'note', text: 'one line é' },
      { name: 'up', file: { path: 'page.bin', name: 'seen.bin', type: 'image/png' } },
    ],
  };

  it('sends texts and files as parts by httpyac', async () => {
    const spec: RequestSpec = { method: 'POST', url: `${base}/parts`, headers: {}, body: parts };
    await writeFile(path.join(folder, 'page.bin'), Buffer.from([1, 2, 255]));
    const file = path.join(folder, 'parts.http');
    await writeFile(file, requestText(spec, { name: 'parts', folder: '' }).text);
    const [got] = await whatServerSees(() =>
      run(process.execPath, [httpyac, 'send', file, '--all'], { cwd: folder }),
    );
    const form = await formOf(got!);
    expect(form.get('note')).toBe('one line é');
    const up = form.get('up') as File;
    expect([up.name, up.type, [...new Uint8Array(await up.arrayBuffer())]]).toEqual([
      'seen.bin',
      'image/png',
      [1, 2, 255],
    ]);
  });

  it('is sent by httpyac as by us: names, variables, key, bodies beside it', async () => {
    expect(existsSync(httpyac)).toBe(true);
    const requests = path.join(folder, '.modal/requests');
    await mkdir(path.join(requests, 'bodies'), { recursive: true });
    const names = Object.keys(cases).filter((name) => name !== 'a long poll');
    let text = fileHead('demo', base);
    for (const name of names) {
      const { variables } = parseHttpFile(text);
      const written = requestText(specOfCase(name), { name, folder: requests, variables });
      if (written.bodyFile)
        await writeFile(path.join(requests, written.bodyFile.name), written.bodyFile.bytes);
      text = addRequest(text, written.text);
    }
    expect(text).not.toContain(key);
    text = `${text}
### By hand
@greeting = hello {{who}}
POST {{baseUrl}}/hand
    ?x=1
    &y={{greeting}}
Content-Type: text/plain

{{greeting}}
second line
### Filled
POST {{baseUrl}}/filled
X-Note: {{$processEnv NOTE}} {{$dotenv NOTE}}

<@ ./filled.txt
`;
    await writeFile(path.join(requests, 'filled.txt'), 'to {{who}}');
    await writeFile(path.join(requests, '.env'), 'NOTE=dotted\n');
    await writeFile(path.join(requests, 'http-client.env.json'), '{"dev": {"who": "Ada"}}');
    const file = path.join(requests, 'demo.http');
    await writeFile(file, text);

    const args = [
      httpyac,
      'send',
      file,
      '--all',
      '-e',
      'dev',
      '--var',
      `MODAL_API_KEY=${key}`,
      `MODAL_KEY=id`,
      `MODAL_SECRET=${key}`,
    ];
    const theirs = await whatServerSees(() =>
      run(process.execPath, args, { cwd: requests, env: { ...process.env, NOTE: 'set' } }),
    );
    const parsed = parseHttpFile(text);
    expect(parsed.problems).toEqual([]);
    const variables = new Variables(parsed, {
      environment: { who: 'Ada' },
      dotenv: { NOTE: 'dotted' },
      processEnv: { NOTE: 'set' },
    });
    expect(theirs).toHaveLength(parsed.requests.length);
    for (const [at, request] of parsed.requests.entries()) {
      const spec = await specOfHttpRequest(parsed, request, {
        variables,
        folder: requests,
        readFile: (name) => readFile(name),
        allowFiles: (files) => Promise.resolve(files),
        secretOf: () => Promise.resolve('r'),
      });
      const [mine] = await ours(spec);
      const [a, b] = [essence(theirs[at]!, spec), essence(mine!, spec)];
      // Where nobody names a type, httpyac does.
      if (!request.headers.some(({ name }) => name.toLowerCase() === 'content-type')) {
        delete a.headers['content-type'];
      }
      expect([request.name, a]).toEqual([request.name, b]);
    }
  });
});
