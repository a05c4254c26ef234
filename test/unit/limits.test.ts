/**
 * Limits at their edge: exactly so much passes, and one more does not. The numbers stand here again, because a test that
 * takes them from the source cannot notice that one has changed.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModalError } from '../../src/domain/errors.ts';
import { safeFileName } from '../../src/shared/fileName.ts';
import type { LogBatch } from '../../src/domain/log.ts';
import { findLinks } from '../../src/domain/logLinks.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { noFilter } from '../../src/domain/logFilter.ts';
import type { RequestSpec } from '../../src/domain/request.ts';
import { webAddress } from '../../src/shared/webAddress.ts';
import { downloadLogs } from '../../src/features/logs/core/download.ts';
import { LogFollower } from '../../src/features/logs/core/follower.ts';
import { fetchRange } from '../../src/features/logs/core/fetchLogs.ts';
import { LineAssembler } from '../../src/features/logs/core/lines.ts';
import { bucketSecondsFor, bucketWidths } from '../../src/features/logs/core/timeBuckets.ts';
import { tabToClose } from '../../src/features/logs/ui/logTabs.ts';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import { fromGrpc } from '../../src/modal/grpcErrors.ts';
import { OutputLines } from '../../src/modal/outputLines.ts';
import { replaceContainers } from '../../src/modal/replaceContainers.ts';
import { imagesOf } from '../../src/features/requests/core/answer/images.ts';
import { tablePage } from '../../src/features/requests/core/answer/table.ts';
import { vectorsOf } from '../../src/features/requests/core/answer/vectors.ts';
import { fileState } from '../../src/features/requests/core/files.ts';
import { modelOf } from '../../src/features/health/core/readAnswers.ts';
import { entryOf } from '../../src/features/savedRequests/core/history/entry.ts';
import { KeyMask } from '../../src/features/requests/core/keyMask.ts';
import { credentialValues } from '../../src/features/requests/core/secretVariables.ts';
import { summarize } from '../../src/features/requests/core/summary.ts';
import { parseScript } from '../../src/features/workspace/core/parseScript.ts';
import { ScriptIndex } from '../../src/features/workspace/core/scriptIndex.ts';
import { ContainerGpus } from '../../src/store/containerGpus.ts';
import { emptySnapshot, storeSnapshot } from '../../src/store/snapshot.ts';
import { chunk } from './logs/support.ts';
import { appOf } from './support/apps.ts';
import { httpResult } from './support/httpResult.ts';

const times = <T>(count: number, item: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => item(at));
const mb = 1024 * 1024;
const spec = { method: 'POST', url: 'https://h/', headers: {} };

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'limits-'))));
afterAll(() => rm(folder, { recursive: true }));

/** Of what is given so many are taken, and the rest is left. */
const taken: readonly (readonly [string, number, (given: number) => unknown])[] = [
  [
    'apps in the cache of a window',
    500,
    (n) => storeSnapshot({ ...emptySnapshot, apps: times(n, () => appOf()) }).apps.length,
  ],
  ['GPUs that one refresh asks for', 50, gpusRead],
  ['links of a line', 50, (n) => findLinks(times(n, (at) => `https://h/${at}`).join(' ')).length],
  ['bytes of the name of a file', 200, (n) => Buffer.byteLength(safeFileName(`${'x'.repeat(n - 4)}.txt`)!)],
  [
    'characters of what a server says',
    2000,
    (n) => fromGrpc({ code: 3, details: 'x'.repeat(n) }).detail?.length ?? 0,
  ],
  ['characters of one line of a command', 256 * 1024, longestLineOf],
  ['pictures of an answer', 24, (n) => imagesOf(times(n, picture)).length],
  [
    'columns of a table',
    40,
    (n) => tablePage([Object.fromEntries(times(n, (at) => [`c${at}`, at]))], [], 1).columns.length,
  ],
  [
    'vectors of an answer',
    100,
    (n) => vectorsOf({ data: times(n, () => ({ embedding: times(16, (at) => at / 7) })) }).length,
  ],
  [
    'columns of a summary',
    8,
    (n) => tableOf([Object.fromEntries(times(n, (at) => [`c${at}`, at]))]).columns.length,
  ],
  [
    'characters of a cell of a summary',
    1000,
    (n) => tableOf([{ a: 'x'.repeat(n) }]).rows[0]![0]!.replace('…', '').length,
  ],
  ['containers that are stopped at once', 32, stoppedAtOnce],
  ['parts of a log that are downloaded at once', 10, fetchedAtOnce],
  [
    'buckets of a histogram',
    100,
    (n) => (bucketSecondsFor({ since: 0, until: n * 60_000 }) === 60 ? n : 100),
  ],
  ['pages that a gap is read in', 10, pagesOfGap],
  ['characters of the name of a model', 120, (n) => modelNameOf('m'.repeat(n)).length],
  ['characters of one line of a log', 64 * 1024, longestRowOf],
];

describe('so many are taken, and no more:', () => {
  it.each(taken)('%s: %i', async (_what, most, count) => {
    expect(await count(most)).toBe(most);
    expect(await count(most + 1)).toBe(most);
  });
});

/** So much passes, and one more is something else. */
const passes: readonly (readonly [string, number, (given: number) => unknown])[] = [
  [
    'characters of an address that is opened',
    8192,
    (n) => webAddress(`https://h/${'x'.repeat(n - 10)}`) !== undefined,
  ],
  ['bytes of a body that the history keeps', 64 * 1024, async (n) => (await kept('x'.repeat(n))) === 'text'],
  ['characters of parts that the history keeps', 64 * 1024, async (n) => (await keptParts(n)) === 'parts'],
  [
    'credentials of a request whose answer is kept',
    200,
    async (n) => (await kept('x', { hidden: times(n, (at) => `credential ${at}`) })) === 'text',
  ],
  ['bytes of a file that is sent', 50 * mb, async (n) => (await stateOf(n)) === ''],
  ['bytes of a script that is looked at', mb, async (n) => (await scriptsOf(n)) === 1],
  ['logs that are kept open', 8, (n) => droppedOf(n) === undefined],
  [
    'characters of a card of a summary',
    60,
    (n) => summarize(JSON.stringify({ a: 'x'.repeat(n) }))[0]?.kind === 'cards',
  ],
];

describe('so much passes, and one more does not:', () => {
  it.each(passes)('%s: %i', async (_what, most, isPassed) => {
    expect(await isPassed(most)).toBe(true);
    expect(await isPassed(most + 1)).toBe(false);
  });
});

/** From so much on it counts. */
const counts: readonly (readonly [string, number, (given: number) => unknown])[] = [
  [
    'characters of a key that is masked',
    6,
    (n) => new KeyMask(['k'.repeat(n)]).text('k'.repeat(n)) !== 'k'.repeat(n),
  ],
  [
    'characters of a credential that is taken out of answers',
    6,
    async (n) => (await credentialValues({ ...spec, hidden: ['q'.repeat(n)] })).length === 1,
  ],
  ['numbers of a vector', 16, (n) => vectorsOf({ embedding: times(n, (at) => at / 7) }).length === 1],
];

describe('from so much on it counts:', () => {
  it.each(counts)('%s: %i', async (_what, least, counted) => {
    expect(await counted(least)).toBe(true);
    expect(await counted(least - 1)).toBe(false);
  });
});

it('buckets of a log are as wide as those of the official command, version 1.6.4: a server may refuse others', () => {
  expect(bucketWidths).toEqual([
    ...[2, 4, 6, 12, 20, 30, 60, 120, 180, 240, 300, 360, 600, 720, 900, 1200, 1800, 3600],
    ...[7200, 10_800, 14_400, 28_800, 43_200, 86_400],
  ]);
});

it('a gap in a log is never asked for over more than 35 days, which the server refuses', async () => {
  const day = 86_400_000;
  const now = 100 * day;
  const ranges: number[] = [];
  for (const age of [34, 35, 40]) {
    let opened = 0;
    await new LogFollower({
      query: { appId: 'ap-1' },
      open: async function* () {
        yield await Promise.resolve({
          entryId: '',
          chunks: opened ? [] : [chunk('x\n', { time: now - age * day })],
          appDone: opened++ > 0,
        });
      },
      fetch: (_query, { since, until }) => {
        ranges.push((until - since) / day);
        return Promise.resolve([]);
      },
      sink: { push: () => undefined, mark: () => undefined, flush: () => undefined },
      onState: () => undefined,
      now: () => now,
      sleep: () => Promise.resolve(),
    }).run();
  }
  expect(ranges[0]).toBeGreaterThan(34);
  expect(ranges[0]).toBeLessThan(34.01);
  expect(ranges.slice(1)).toEqual([35, 35]);
});

async function gpusRead(count: number): Promise<number> {
  let asked = 0;
  const plane = { containerGpu: () => Promise.resolve((asked++, 'T4')) } as unknown as ControlPlane;
  const containers = times(count, (at) => ({ id: `ta-${at}`, appId: 'ap-1' }));
  await new ContainerGpus(silentLogger).read(plane, containers, new AbortController().signal);
  return asked;
}

function longestLineOf(length: number): number {
  const lines: string[] = [];
  const reader = new OutputLines((line) => lines.push(line));
  reader.push(Buffer.from(`${'x'.repeat(length)}\n`));
  reader.end();
  expect(lines.join('')).toHaveLength(length);
  return Math.max(...lines.map((line) => line.length));
}

function longestRowOf(length: number): number {
  const lines: string[] = [];
  const assembler = new LineAssembler(({ text }) => lines.push(text));
  assembler.push(chunk(`${'x'.repeat(length)}\n`));
  expect(lines.join('')).toHaveLength(length);
  return Math.max(...lines.map((line) => line.length));
}

function modelNameOf(id: string): string {
  return modelOf(JSON.stringify({ status: 'ready', model: { id } })).text.replace(' is loaded.', '');
}

function picture(at: number): string {
  const gif = Buffer.concat([Buffer.from('GIF89a'), createHash('sha512').update(String(at)).digest()]);
  return `data:image/gif;base64,${gif.toString('base64')}`;
}

function tableOf(rows: readonly Record<string, unknown>[]) {
  const table = summarize(JSON.stringify({ rows })).find((block) => block.kind === 'table');
  return table ?? expect.fail('there is no table');
}

async function stoppedAtOnce(count: number): Promise<number> {
  const most = new AtOnce();
  let lists = 0;
  await replaceContainers(
    {
      listContainers: () =>
        Promise.resolve(
          lists++ ? [] : times(count, (at) => ({ id: `ta-${at}`, appId: 'ap-1', enqueuedAt: 1 })),
        ),
      stopContainer: () => most.during(),
    },
    { appId: 'ap-1', environment: 'main', deployedAt: 2, pauseMs: 1 },
  );
  return most.most;
}

async function fetchedAtOnce(count: number): Promise<number> {
  const most = new AtOnce();
  await downloadLogs({
    ...{ query: { appId: 'ap-1' }, filter: noFilter, format: 'text', write: () => Promise.resolve() },
    range: { since: 0, until: count * 2000 },
    count: () => Promise.reject(new ModalError('unsupported', 'no')),
    fetch: async () => {
      await most.during();
      return [];
    },
  });
  return most.most;
}

/** Counts how many are under way at the same time. */
class AtOnce {
  most = 0;
  #now = 0;

  async during(): Promise<void> {
    this.most = Math.max(this.most, ++this.#now);
    await new Promise(setImmediate);
    this.#now--;
  }
}

/** Of a range whose every page is full. */
async function pagesOfGap(pages: number): Promise<number> {
  let asked = 0;
  const full = (time: number): LogBatch => ({
    ...{ entryId: '', appDone: false, chunks: [chunk('x', { time })] },
    leftOut: { count: 19_999, oldest: time },
  });
  const last: LogBatch = { entryId: '', appDone: false, chunks: [] };
  const fetch = () => Promise.resolve([++asked < pages ? full(1000 - asked * 10) : last]);
  const { isWhole } = await fetchRange(fetch, { appId: 'ap-1' }, { since: 0, until: 1000 });
  expect(isWhole).toBe(pages <= 10);
  return asked;
}

async function kept(body: string, more: Partial<RequestSpec> = {}): Promise<string | undefined> {
  const { answer } = await entryOf({ spec: { ...spec, ...more }, at: 0, result: httpResult(body) }, '1');
  return answer?.body.kind;
}

async function keptParts(length: number): Promise<string | undefined> {
  const parts = ['x'.repeat(length - 1), 'x'].map((text) => ({ name: 'a', text }));
  const sent = { spec: { ...spec, body: { parts } }, at: 0, result: httpResult() };
  return (await entryOf(sent, '1')).request.body?.kind;
}

async function stateOf(size: number): Promise<string> {
  const file = path.join(folder, 'sent');
  const handle = await open(file, 'w');
  await handle.truncate(size); // takes no room on the disk
  await handle.close();
  return (await fileState({ uri: pathToFileURL(file).href, name: 'sent', type: '' })).problem;
}

async function scriptsOf(size: number): Promise<number> {
  const files = {
    find: () => Promise.resolve({ uris: ['a.py'], isCut: false }),
    includes: () => Promise.resolve(true),
    stat: () => Promise.resolve({ mtime: 1, size }),
    read: () => Promise.resolve('import modal\napp = modal.App("demo")\n'),
    label: (uri: string) => uri,
    path: (uri: string) => `/w/${uri}`,
    top: () => '/w',
  };
  const index = new ScriptIndex(files, parseScript, silentLogger);
  await index.update();
  return index.scripts.length;
}

function droppedOf(count: number): unknown {
  const tabs = times(count, () => ({
    session: { status: { words: '', icon: '', bad: false, ended: true }, traits: {} },
  }));
  return tabToClose(tabs, tabs.at(-1)!);
}
