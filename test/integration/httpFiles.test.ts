/**
 * What each request of the corpus sends: ours beside the real httpyac, byte by byte as a bare socket receives it. Where
 * they differ, `httpFileDifferences.ts` says in what and why; a difference that is gone fails as one that is new does.
 */
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import * as httpyac from 'httpyac';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { root } from '../../scripts/root.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { RequestSpec } from '../../src/domain/request.ts';
import { readEnvironments } from '../../src/features/savedRequests/core/httpFile/environment.ts';
import { parseHttpFile } from '../../src/features/savedRequests/core/httpFile/parse.ts';
import { specOfHttpRequest } from '../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { Variables } from '../../src/features/savedRequests/core/httpFile/variables.ts';
import { requestText } from '../../src/features/savedRequests/core/httpFile/write.ts';
import { filledHeaders } from '../../src/features/requests/core/secretHeaders.ts';
import { RequestSender } from '../../src/features/requests/core/send.ts';
import { differences, writtenDifferences } from './httpFileDifferences.ts';
import { requestLines } from './support/httpText.ts';
import type { WireRequest } from './support/rawServer.ts';
import { RawServer } from './support/rawServer.ts';

const corpus = path.join(root, 'test/integration/fixtures/httpFiles');
const names = (await readdir(corpus)).filter((name) => name.endsWith('.http')).sort();

it('reads the whole corpus, in which no name of a request is there twice', async () => {
  const titles = await Promise.all(
    names.map(async (name) => parseHttpFile(await readFile(path.join(corpus, name), 'utf8')).requests),
  );
  const all = titles.flatMap((requests, at) => requests.map(({ name }) => `${names[at]}: ${name}`));
  expect(all.length).toBeGreaterThan(220);
  expect(all.filter((title, at) => all.indexOf(title) !== at || title.endsWith(': '))).toEqual([]);
});

let folder: string;
let given: Record<string, string>;
const server = new RawServer();

beforeAll(async () => {
  // Both clients are asked at the same moment.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-31T10:20:30.456Z') });
  vi.stubEnv('HTTP_FILE_TEST', 'from the process');
  folder = await mkdtemp(path.join(os.tmpdir(), 'http-files-'));
  await cp(corpus, folder, { recursive: true });
  const host = `127.0.0.1:${await server.listen()}`;
  given = { host, base: `http://${host}` };
  await httpyac.cli.initIOProvider();
  httpyac.io.log.options.level = silent;
});
afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  server.close();
  await rm(folder, { recursive: true });
});

/** Above all levels of httpyac. */
const silent = 100;

/** What counts of a request; clients add headers of their own, which nobody wrote. */
interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A text is why it is not sent. */
type Outcome = Sent | string;

function essence({ method, target, headers, body }: WireRequest, named: readonly string[]): Sent {
  const all: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (!named.includes(name)) continue;
    const before = all[name] === undefined ? '' : `${all[name]}${name === 'cookie' ? '; ' : ', '}`;
    all[name] = before + value;
  }
  return withoutBoundary({
    method,
    target: target.replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, 'an id'),
    headers: all,
    body: body.toString('latin1'),
  });
}

/** Each client has a boundary of its own, and a line end after the last one or none. */
function withoutBoundary(sent: Sent): Sent {
  const type = sent.headers['content-type'] ?? '';
  const found = /^multipart\/form-data;\s*boundary=(?:"([^"]+)"|(\S+))/.exec(type);
  if (!found) return sent;
  const mark = `--${found[1] ?? found[2]}`;
  const lines = sent.body
    .replace(/--\r\n$/, '--')
    .split('\r\n')
    .map((line) => (line === mark || line === `${mark}--` ? line.replace(mark, '--BOUNDARY') : line));
  return {
    ...sent,
    headers: { ...sent.headers, 'content-type': 'multipart/form-data' },
    body: lines.join('\r\n'),
  };
}

/** Of the headers that a request has; host and length follow from what is sent. */
const namesOf = ({ headers }: RequestSpec) => [
  ...Object.keys(headers).map((name) => name.toLowerCase()),
  'content-type',
];

/** In what two differ; a refusal is a difference in everything. */
function differing(a: Outcome, b: Outcome): string[] {
  if (typeof a === 'string' || typeof b === 'string') return typeof a === typeof b ? [] : ['sent'];
  return (['method', 'target', 'headers', 'body'] as const).filter(
    (part) => JSON.stringify(sorted(a[part])) !== JSON.stringify(sorted(b[part])),
  );
}

function sorted(part: Sent['headers'] | string): unknown {
  return typeof part === 'string' ? part : Object.entries(part).sort(([a], [b]) => a.localeCompare(b));
}

function asText(outcome: Outcome): string {
  if (typeof outcome === 'string') return outcome;
  const { method, target, headers, body } = outcome;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  return `${method} ${target}\n${lines.join('')}\n${body}`;
}

/** Requests of a text, by the line of their first word. */
async function specsOf(text: string, more: Record<string, string> = {}) {
  const file = parseHttpFile(text);
  const environments = await readEnvironments(folder, folder);
  expect(environments.problems).toEqual([]);
  const variables = new Variables(file, {
    environment: { ...environments.values('dev'), ...given, ...more },
    dotenv: environments.dotenvOf('dev'),
    processEnv: process.env,
  });
  const context = {
    variables,
    folder,
    readFile: (name: string) => readFile(name),
    allowFiles: (files: readonly string[]) => Promise.resolve(files),
    secretOf: () => Promise.resolve(undefined),
  };
  return Promise.all(
    file.requests.map(async (request) => ({
      name: request.name,
      line: text.slice(0, request.head.start).split('\n').length - 1,
      spec: await specOfHttpRequest(file, request, context).catch(
        (error: unknown) => (error as Error).message,
      ),
    })),
  );
}

const sender = new RequestSender({
  logger: silentLogger,
  resolveSecret: () => Promise.resolve(undefined),
  timeoutSeconds: () => 30,
});

async function ours(spec: RequestSpec): Promise<Outcome> {
  const [seen] = await server.during(() => sender.send(spec, new AbortController().signal));
  return seen ? essence(seen, namesOf(spec)) : 'nothing came';
}

interface Region {
  /** Of its request line, from 0. */
  readonly line: number | undefined;
  readonly send: () => Promise<unknown>;
}

async function regionsOf(fileName: string, variables: Record<string, string>): Promise<Region[]> {
  const httpFile = await new httpyac.store.HttpFileStore().getOrCreate(
    fileName,
    () => readFile(fileName, 'utf8'),
    0,
    { workingDir: folder, config: {} },
  );
  const activeEnvironment = ['dev'];
  return httpFile.httpRegions.map((httpRegion) => ({
    line: httpRegion.symbol.children?.find(({ kind }) => kind === httpyac.HttpSymbolKind.requestLine)
      ?.startLine,
    send: () =>
      httpyac.send({ httpFile, httpRegion, activeEnvironment, variables: { ...variables }, config: {} }),
  }));
}

async function theirs(region: Region | undefined, named: readonly string[]): Promise<Outcome> {
  if (!region) return 'no such request';
  const [seen] = await server.during(() => region.send().catch(() => undefined));
  return seen ? essence(seen, named) : 'nothing came';
}

describe.each(names)('%s', (name) => {
  it('sends what httpyac sends, but for the differences that are listed', async () => {
    const regions = await regionsOf(path.join(folder, name), given);
    const found: Record<string, unknown> = {};
    for (const { name: title, line, spec } of await specsOf(
      await readFile(path.join(corpus, name), 'utf8'),
    )) {
      const named = typeof spec === 'string' ? [] : namesOf(spec);
      const mine = typeof spec === 'string' ? spec : await ours(spec);
      const region = regions.find((each) => each.line === line);
      const differs = differing(mine, await theirs(region, named));
      if (differs.length > 0 || typeof mine === 'string') found[title] = { differs, ours: asText(mine) };
    }
    const listed = Object.entries(differences[name] ?? {}).map(([title, { differs, ours: piece }]) => [
      title,
      { differs, ours: expect.stringContaining(piece) as unknown },
    ]);
    expect(found).toEqual(Object.fromEntries(listed));
  });

  it('means the same with CRLF and a byte order mark', async () => {
    const text = await readFile(path.join(corpus, name), 'utf8');
    const plain = await specsOf(text);
    const other = await specsOf(`\uFEFF${text.replaceAll('\n', '\r\n')}`);
    const random = /"?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;
    expect(JSON.stringify(other).replaceAll(random, '')).toEqual(
      JSON.stringify(plain).replaceAll(random, ''),
    );
  });

  it('is read by us and by httpyac as it was, when we have written it', async () => {
    const found: Record<string, unknown> = {};
    for (const { name: title, spec } of await specsOf(await readFile(path.join(corpus, name), 'utf8'))) {
      if (typeof spec === 'string') continue;
      const differs = await writtenDiffers(title, spec);
      if (differs.length > 0) found[title] = differs;
    }
    const listed = Object.entries(writtenDifferences[name] ?? {}).map(([title, { differs }]) => [
      title,
      differs,
    ]);
    expect(found).toEqual(Object.fromEntries(listed));
  });
});

it('sends any request as httpyac does, wherever its comments stand', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(requestLines, { minLength: 1, maxLength: 6 }), async (requests) => {
      const text = requests.map((each, at) => `### ${at}\n${each.join('\n')}\n`).join('');
      const file = path.join(folder, 'any.http');
      await writeFile(file, text);
      const regions = await regionsOf(file, { ...given, word: 'hello' });
      const all = await specsOf(text);
      expect(all).toHaveLength(requests.length);
      for (const { line, spec } of all) {
        if (typeof spec === 'string') throw new Error(spec);
        const region = regions.find((each) => each.line === line);
        expect(await theirs(region, namesOf(spec))).toEqual(await ours(spec));
      }
    }),
    { numRuns: 40 },
  );
});

/** In what a request differs that is written and sent by httpyac; also when we read it as something else. */
async function writtenDiffers(title: string, spec: RequestSpec): Promise<string[]> {
  const written = await writeAlone(title, spec);
  if (typeof written === 'string') return [written];
  const secrets = { ...spec.secrets, ...writtenSecrets(spec, written.text) };
  const [again] = await specsOf(written.text, secrets);
  if (typeof again?.spec !== 'object') return [again?.spec ?? 'nothing'];
  const mine = await ours(spec);
  const [region] = (await regionsOf(written.file, { ...given, ...secrets })).filter(
    ({ line }) => line !== undefined,
  );
  const named = namesOf(spec);
  return [
    ...differing(mine, await ours(again.spec)).map((part) => `our ${part}`),
    ...differing(mine, await theirs(region, named)),
  ];
}

/** @returns a text why it cannot be written */
async function writeAlone(
  title: string,
  spec: RequestSpec,
): Promise<{ text: string; file: string } | string> {
  const file = path.join(folder, 'written.http');
  try {
    const { text, bodyFile } = requestText(spec, { name: title, folder });
    await writeFile(file, text);
    if (bodyFile) {
      await mkdir(path.dirname(path.join(folder, bodyFile.name)), { recursive: true });
      await writeFile(path.join(folder, bodyFile.name), bodyFile.bytes);
    }
    return { text, file };
  } catch (error) {
    return (error as Error).message;
  }
}

/** A credential is written as a variable, whose value somebody gives later. */
function writtenSecrets(spec: RequestSpec, text: string): Record<string, string> {
  const headers = filledHeaders(spec);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const line = text.split('\n').find((each) => each.startsWith(`${name}: `)) ?? '';
      const [, before = '', variable] = /^[^:]+: (.*)\{\{(\w+)\}\}$/.exec(line) ?? [];
      return variable === undefined ? [] : [[variable, value.slice(before.length)]];
    }),
  );
}
