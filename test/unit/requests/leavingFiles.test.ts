/** The question before a file leaves, and the server that then gets it. */
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';
import type { Endpoints } from '../../../src/features/savedRequests/ui/endpoints.ts';
import { HttpFiles } from '../../../src/features/savedRequests/ui/httpFiles.ts';
import { Uri } from '../support/editor.ts';

const editor = vi.hoisted(() => ({
  trusted: true,
  folders: [] as { uri: { scheme: string; fsPath: string } }[],
  said: [] as string[],
}));
vi.mock('vscode', async () => ({
  ...(await import('../support/editor.ts')),
  EventEmitter: (await import('../../../src/shared/emitter.ts')).Emitter,
  workspace: {
    get isTrusted() {
      return editor.trusted;
    },
    get workspaceFolders() {
      return editor.folders;
    },
    getWorkspaceFolder: () => editor.folders[0],
  },
  window: {
    showWarningMessage: (text: string, { detail }: { detail: string }, ...buttons: readonly string[]) => {
      editor.said.push(`${text}\n${detail}`);
      return Promise.resolve(buttons[0]);
    },
  },
}));

interface Received {
  readonly server: string;
  readonly body: string;
  readonly authorization: string | undefined;
}

/** Where the next answers lead. */
const redirects: { status: number; to: string }[] = [];
const secret = 'private key of the reader';
const received: Received[] = [];
const servers: Server[] = [];
let ports: [number, number];
let folder: string;
let root: string;

async function listen(port: number): Promise<number> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      received.push({
        server: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        body: Buffer.concat(chunks).toString(),
        authorization: incoming.headers.authorization,
      });
      const location = redirects.shift();
      if (location) response.writeHead(location.status, { location: location.to });
      response.end('ok');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

/** Two whose ports follow one another, so that a random number can choose between them. */
async function neighbours(): Promise<[number, number]> {
  for (;;) {
    const first = await listen(0);
    const second = await listen(first + 1).catch(() => undefined);
    if (second !== undefined) return [first, second];
  }
}

beforeAll(async () => {
  ports = await neighbours();
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'leaving-')));
  root = path.join(folder, 'work');
  await mkdir(root);
  await writeFile(path.join(folder, 'id_ed25519'), secret);
  await writeFile(path.join(root, 'inside.txt'), 'inside');
  await symlink('../id_ed25519', path.join(root, 'notes.txt'));
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  editor.trusted = true;
  editor.folders = [{ uri: { scheme: 'file', fsPath: root } }];
  editor.said.length = 0;
  received.length = 0;
  redirects.length = 0;
});

/** The key is that of the endpoint at the first port. */
const sender = new RequestSender({
  logger: silentLogger,
  resolveSecret: () => Promise.resolve('key-of-the-endpoint'),
  timeoutSeconds: () => 5,
});
const endpoints = {
  secretOf: (url: string) => Promise.resolve(new URL(url).port === String(ports[0]) ? 'ref' : undefined),
} as unknown as Endpoints;

async function read(text: string): Promise<RequestSpec> {
  const files = new HttpFiles(endpoints, { get: () => '' } as unknown as vscode.Memento);
  const file = parseHttpFile(text);
  const uri = Uri.parse(`file://${path.join(root, 'a.http')}`) as unknown as vscode.Uri;
  return files.spec(uri, file, file.requests[0]!);
}

async function send(text: string): Promise<void> {
  await sender.send(await read(text), new AbortController().signal);
}

const near = () => `127.0.0.1:${ports[0]}`;
const far = () => `127.0.0.1:${ports[1]}`;
const parts = (file: string) =>
  `Content-Type: multipart/form-data; boundary=x\n\n--x\nContent-Disposition: form-data; name="f"\n\n< ${file}\n--x--`;

describe('the question before a file leaves', () => {
  const shapes: [string, () => string][] = [
    ['path with Host', () => `POST /${near()}/upload\nHost: ${far()}\n\n< ../id_ed25519`],
    ['path with two like Hosts', () => `POST /x\nHost: ${far()}\nhost: ${far()}\n\n< ../id_ed25519`],
    ['path with a Host of a variable', () => `@h = ${far()}\nPOST /x\nHost: {{h}}\n\n< ../id_ed25519`],
    ['path with a Host by a variable', () => `@n = Host\nPOST /x\n{{n}}: ${far()}\n\n< ../id_ed25519`],
    [
      'name and password before the host',
      () => `POST http://${near().replace(':', '%3A')}@${far()}/\n\n< ../id_ed25519`,
    ],
    ['backslashes', () => `@b = http:\\\\${far()}\\@${near()}/\nPOST {{b}}\n\n< ../id_ed25519`],
    ['a number as address', () => `POST http://2130706433:${ports[1]}/\n\n< ../id_ed25519`],
    ['a variable', () => `@base = http://${far()}/${near()}\nPOST {{base}}/x\n\n< ../id_ed25519`],
    ['a file with variables', () => `POST http://${far()}/\n\n<@ ../id_ed25519`],
    ['a file amid text', () => `POST http://${far()}/\n\na\n< ../id_ed25519\nb`],
    ['a link', () => `POST http://${far()}/\n\n< notes.txt`],
    ['an absolute path', () => `POST http://${far()}/\n\n< ${folder}/id_ed25519`],
    ['a path of a variable', () => `@p = ../id\nPOST http://${far()}/\n\n< {{p}}_ed25519`],
    ['a part', () => `POST http://${far()}/\n${parts('../id_ed25519')}`],
    ['a part that is a link', () => `POST http://${far()}/\n${parts('notes.txt')}`],
  ];

  it.each(shapes)('names the server that gets it, and where it is: %s', async (_shape, text) => {
    await send(text());
    expect(received).toHaveLength(1);
    expect(received[0]?.body).toContain(secret);
    expect(editor.said).toHaveLength(1);
    expect(editor.said[0]?.split('\n')[0]).toBe(
      `Send ${path.join(folder, 'id_ed25519')} to ${received[0]?.server ?? ''}?`,
    );
  });

  it('names the server of a random address that is then used', async () => {
    for (let at = 0; at < 12; at++)
      await send(`POST http://127.0.0.1:{{$randomInt ${ports[0]} ${ports[1] + 1}}}/\n\n< ../id_ed25519`);
    expect(editor.said.map((text) => /to (\S+)\?/.exec(text)?.[1])).toEqual(
      received.map(({ server }) => server),
    );
  });

  it('names all files at once', async () => {
    await writeFile(path.join(folder, 'other'), 'other');
    await send(`POST http://${far()}/\n\n< ../id_ed25519\n< inside.txt\n< ../other\n`);
    expect(editor.said).toEqual([
      `Send 2 files to ${far()}?\nThese files are outside the workspace.\n${folder}/id_ed25519\n${folder}/other`,
    ]);
  });

  it('shows why first and what lies outside before the rest, and never leaves one out', async () => {
    editor.trusted = false;
    const many = Array.from({ length: 60 }, (_, at) => `near-${at}.txt`);
    for (const name of many) await writeFile(path.join(root, name), 'near');
    const textOf = (files: readonly string[]) =>
      `POST http://${far()}/\n\n${files.map((file) => `< ${file}\n`).join('')}`;
    await send(textOf([...many.slice(0, 19), '../id_ed25519']));
    const [, why, first, ...rest] = editor.said[0]!.split('\n');
    expect(why).toContain("isn't trusted");
    expect(first).toBe(path.join(folder, 'id_ed25519'));
    expect(rest).toHaveLength(19);
    const tooMany = textOf([...many, '../id_ed25519']);
    await expect(send(tooMany)).rejects.toThrow('61 files that need your consent; at most 20 are allowed');
    await expect(send(textOf(many.slice(19, 40)))).rejects.toThrow('21 files');
    expect([editor.said.length, received.length]).toEqual([1, 1]);
  });

  it('shows a name without what would turn or break the text', async () => {
    const name = 'a\u202etxt.\u200bb';
    await writeFile(path.join(folder, name), 'x');
    await send(`POST http://${far()}/\n\n< ../${name}`);
    expect(editor.said[0]).toContain(`${folder}/a\ufffdtxt.\ufffdb to`);
  });

  it.each([['inside.txt'], ['./inside.txt']])(
    'is asked inside of a folder only when it is not trusted: %s',
    async (name) => {
      const text = `POST http://${far()}/\n\n< ${name}`;
      await send(text);
      expect(editor.said).toEqual([]);
      editor.trusted = false;
      await send(text);
      await send(`POST http://${far()}/\n${parts(name)}`);
      expect(editor.said.map((each) => each.split('\n')[0])).toEqual([
        `Send ${root}/inside.txt to ${far()}?`,
        `Send ${root}/inside.txt to ${far()}?`,
      ]);
    },
  );

  it.each([['~/.ssh/id_ed25519'], ['file:///etc/passwd'], ['.'], ['%2e%2e/id_ed25519'], ['..\\id_ed25519']])(
    'is not asked, and nothing is sent, for what is no file: %s',
    async (name) => {
      await expect(send(`POST http://${far()}/\n\n< ${name}`)).rejects.toThrow(
        "doesn't exist or isn't a file",
      );
      expect([editor.said, received]).toEqual([[], []]);
    },
  );
});

describe('a Host header beside an address', () => {
  const hosts: [string, () => string][] = [
    ['another', () => `Host: ${far()}`],
    ['another, by a variable', () => `{{n}}: ${far()}`],
    ['one of each', () => `Host: ${near()}\nHost: ${far()}`],
    ['another port', () => 'Host: 127.0.0.1'],
    ['more than a host', () => `Host: ${near()}/x`],
    ['a name before it', () => `Host: x@${near()}`],
    ['nothing', () => 'Host:'],
  ];

  it.each(hosts)('that names %s is refused, and nothing is sent', async (_what, host) => {
    const text = `@n = host\nPOST http://${near()}/\nAuthorization: Bearer {{MODAL_API_KEY}}\n${host()}\n\n< ../id_ed25519`;
    await expect(send(text)).rejects.toThrow(/the Host header names/);
    expect([editor.said, received]).toEqual([[], []]);
  });

  it('that says the same changes nothing', async () => {
    await send(`GET http://${near()}/\nAuthorization: Bearer {{MODAL_API_KEY}}\nHOST: ${near()}`);
    expect(received).toMatchObject([{ server: near(), authorization: 'Bearer key-of-the-endpoint' }]);
  });

  it('gets a key only where it is the endpoint', async () => {
    const key = 'Authorization: Bearer {{MODAL_API_KEY}}';
    await expect(send(`GET /${near()}\nHost: ${far()}\n${key}`)).rejects.toThrow('No key for');
    await expect(send(`GET http://${near()}@${far()}/\n${key}`)).rejects.toThrow('No key for');
    expect(received).toEqual([]);
  });

  it('is refused by the sender too, whoever made the request', async () => {
    const auth = { secretRef: 'ref', header: 'Authorization', scheme: 'Bearer' };
    const spec = { method: 'GET', url: `http://${near()}/`, headers: { hOST: far() }, auth };
    await expect(sender.send(spec, new AbortController().signal)).rejects.toThrow('the Host header names');
    await expect(sender.headersOf(spec)).rejects.toThrow('the Host header names');
    expect(received).toEqual([]);
  });
});

describe('a redirect to another server', () => {
  const forms: [string, () => string][] = [
    ['address', () => `http://${far()}/`],
    ['address in capitals', () => `HTTP://${far()}/`],
    ['no scheme', () => `//${far()}/`],
    ['three slashes', () => `///${far()}/`],
    ['backslashes', () => `\\\\${far()}/`],
    ['slash and backslash', () => `/\\${far()}/`],
    ['name before it', () => `http://${near()}@${far()}/`],
    ['number', () => `http://2130706433:${ports[1]}/`],
    ['other name of the same machine', () => `http://localhost:${ports[0]}/`],
    ['other scheme', () => `https://${near()}/`],
    ['blanks and tabs', () => ` http:/\t/${far()}/ `],
  ];
  const bodies: [string, () => string][] = [
    ['body', () => `POST http://${near()}/\nAuthorization: Bearer {{MODAL_API_KEY}}\n\n< ../id_ed25519`],
    [
      'part',
      () => `POST http://${near()}/\nAuthorization: Bearer {{MODAL_API_KEY}}\n${parts('../id_ed25519')}`,
    ],
  ];
  const all = forms.flatMap(([form, to]) => bodies.map(([kind, text]) => ({ form, kind, to, text })));

  it.each(all)('takes neither file nor key along: $form, $kind', async ({ to, text }) => {
    for (const status of [301, 302, 303, 307, 308]) {
      received.length = 0;
      redirects.push({ status: 307, to: '/again' }, { status, to: to() });
      await send(text());
      // The same server gets it again, and nobody else gets anything.
      expect(received.map(({ server, body }) => [server, body.includes(secret)])).toEqual([
        [near(), true],
        [near(), true],
      ]);
      expect(redirects).toEqual([]);
    }
  });
});

describe('values of files of the reader', () => {
  it('are not put in where the folder is not trusted, nor where a link leads out of it', async () => {
    await writeFile(path.join(root, 'http-client.env.json'), '{"dev": {"region": "eu"}}');
    await writeFile(path.join(root, 'http-client.private.env.json'), '{"dev": {"TOKEN": "own"}}');
    await writeFile(path.join(folder, 'credentials'), 'aws_secret_access_key = own\n');
    await symlink('../credentials', path.join(root, '.env'));
    const url = (name: string) => `GET http://${far()}/?x={{${name}}}`;
    expect((await read(url('TOKEN'))).url).toContain('?x=own');
    await expect(read(url('$dotenv aws_secret_access_key'))).rejects.toThrow("isn't in the .env file");
    editor.trusted = false;
    await expect(read(url('TOKEN'))).rejects.toThrow('Restricted Mode');
    await expect(read(url('$dotenv x'))).rejects.toThrow('Restricted Mode');
    await expect(read(url('$processEnv PATH'))).rejects.toThrow('Restricted Mode');
    expect((await read(url('region'))).url).toContain('?x=eu');
  });
});
