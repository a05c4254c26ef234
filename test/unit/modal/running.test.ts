/** Pages and answers of servers that are older, newer or out of order; what a right server says is in the integration tests. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { plainNetwork } from '../../../src/domain/network.ts';
import { chatAddress, endpointState } from '../../../src/domain/managedEndpoint.ts';
import type { Connection } from '../../../src/modal/connection.ts';
import { FieldChecks } from '../../../src/modal/fieldChecks.ts';
import { readSandboxes } from '../../../src/modal/sandboxes.ts';
import { createControlPlane } from '../../../src/modal/sdk.ts';
import { answers } from './wireAnswers.ts';

type Page = Awaited<ReturnType<Parameters<typeof readSandboxes>[0]>>;

const checks = new FieldChecks(silentLogger, 'https://api.modal.com');
const [sandbox] = answers.sandboxListV2.sandboxes;
const pageOf = (...all: readonly object[]) =>
  ({ sandboxes: all.map((each) => ({ ...sandbox, ...each })) }) as unknown as Page;
const asked: string[] = [];
let fail: (call: string) => Error | undefined = () => undefined;

vi.mock('modal', () => ({
  ModalClient: class {
    readonly cpClient = new Proxy({}, { get: (_client, call: string) => () => answer(call) });
    readonly close = () => undefined;
  },
}));

function answer(call: string): Promise<unknown> {
  asked.push(call);
  const error = fail(call);
  return error ? Promise.reject(error) : Promise.resolve(given[call]);
}

const given: Readonly<Record<string, unknown>> = { ...answers, sandboxList: answers.sandboxListV2 };

const connection = { serverUrl: 'https://api.modal.com', tokenId: 'ak-1', tokenSecret: 'as-1' } as Connection;
const unimplemented = Object.assign(new Error('12 UNIMPLEMENTED'), { code: 12 });

beforeEach(() => {
  asked.splice(0);
  fail = () => undefined;
});

describe('pages of sandboxes', () => {
  const read = async (answerTo: (before: number) => Page, most = 10) => {
    const moments: number[] = [];
    const list = await readSandboxes(
      (before) => Promise.resolve((moments.push(before), answerTo(before))),
      'main',
      most,
      checks,
    );
    return { ids: list.sandboxes.map(({ id }) => id), more: list.more, moments };
  };

  it('follow each other by the moment of the last one, until one is empty', async () => {
    const pages = [
      pageOf({ id: 'sb-1', createdAt: 9e8 }, { id: 'sb-2', createdAt: 8e8 }),
      pageOf({ id: 'sb-3', createdAt: 7e8 }),
    ];
    expect(await read(() => pages.shift() ?? pageOf())).toEqual({
      ...{ ids: ['sb-1', 'sb-2', 'sb-3'], more: false },
      moments: [0, 8e8, 7e8],
    });
  });

  it('end at the limit, and say that there are more', async () => {
    let at = 9e8;
    const list = await read(() => pageOf({ id: `sb-${at}`, createdAt: at-- }), 3);
    expect(list).toMatchObject({ more: true, moments: [0, 9e8, 9e8 - 1] });
    expect(list.ids).toHaveLength(3);
  });

  it.each([
    ['ignores the moment', 5e8],
    ['tells no moment', 0],
    ['tells none that is a number', NaN],
  ])('end also when a server %s', async (_title, createdAt) => {
    const { ids, moments, more } = await read(() => pageOf({ id: 'sb-1', createdAt }));
    expect({ ids, more }).toEqual({ ids: ['sb-1'], more: false });
    expect(moments.length).toBeLessThanOrEqual(2);
  });

  it('leave out those that have ended, whichever field says so', async () => {
    const { taskInfo } = sandbox!;
    const ended = [
      { id: 'sb-1', createdAt: 3, taskInfo: { ...taskInfo, finishedAt: 1_790_000_000 } },
      { id: 'sb-2', createdAt: 2, taskInfo: { ...taskInfo, result: { status: 3 } } },
      { id: 'sb-3', createdAt: 1, taskInfo: undefined },
    ];
    const pages = [pageOf(...ended)];
    expect(await read(() => pages.shift() ?? pageOf())).toMatchObject({ ids: ['sb-3'] });
  });
});

describe('an older server', () => {
  it('is asked once for what it does not offer, and then for its own list', async () => {
    fail = (call) => (call === 'sandboxListV2' || call === 'endpointList' ? unimplemented : undefined);
    const plane = createControlPlane(connection, silentLogger);
    for (let at = 0; at < 3; at++) {
      expect((await plane.listSandboxes({ environment: 'main' }, 1)).sandboxes).toHaveLength(3);
      await expect(plane.listEndpoints('main')).rejects.toMatchObject({ kind: 'unsupported' });
    }
    expect(asked.filter((call) => call !== 'sandboxList').sort()).toEqual(['endpointList', 'sandboxListV2']);
    expect(asked.filter((call) => call === 'sandboxList')).toHaveLength(3);
  });

  it('is asked again after any other failure', async () => {
    fail = () => new ModalError('timeout', 'late');
    const plane = createControlPlane(connection, silentLogger);
    await expect(plane.listEndpoints('main')).rejects.toMatchObject({ kind: 'timeout' });
    fail = () => undefined;
    expect(await plane.listEndpoints('main')).toHaveLength(1);
  });
});

describe('a stop', () => {
  it.each([
    ['sb-0123456789abcdefghijAB', 'sandboxTerminate'],
    ['sb-01ABCDEFGHJKMNPQRSTVWXYZ23', 'sandboxTerminateV2'],
  ])('of %s is asked for by %s', async (id, call) => {
    fail = () => Object.assign(new Error('5 NOT_FOUND'), { code: 5 });
    const plane = createControlPlane(connection, silentLogger);
    expect(await plane.stopSandbox(id)).toBe(false); // nobody knows it any more
    expect(asked).toEqual([call]);
  });
});

describe('a managed endpoint', () => {
  it('is in the state that it tells itself, else in that of the list, else in none that is known', () => {
    const info = { model: '', repository: '', url: '' };
    expect(endpointState({ status: 'Live', info: { ...info, state: 'failed' } })).toBe('failed');
    expect(endpointState({ status: 'Live', info: { ...info, state: 'unknown' } })).toBe('live');
    expect(endpointState({ status: 'Live' })).toBe('live');
    expect(endpointState({ status: 'Hibernating' })).toBe('unknown');
    expect(endpointState({ status: 'constructor' })).toBe('unknown');
  });

  it('takes a chat below its version, whether its address names that or not', () => {
    for (const url of ['https://a.b', 'https://a.b/', 'https://a.b/v1', 'https://a.b/v1/'])
      expect(chatAddress(url)).toBe('https://a.b/v1/chat/completions');
  });
});

describe('a tunnel of a sandbox', () => {
  const addressOf = async (tunnel: object) => {
    const tunnels = [{ host: 't.modal.host', port: 443, containerPort: 8000, ...tunnel }];
    const page = pageOf({ tunnels });
    const { sandboxes } = await readSandboxes(() => Promise.resolve(page), 'main', 1, checks);
    return sandboxes[0]?.tunnels?.[0]?.url;
  };

  it.each([
    [{ port: 65_535 }, 'https://t.modal.host:65535'],
    [{ port: 65_536 }, undefined],
    [{ port: 443 }, 'https://t.modal.host'],
  ])('has the port that it tells: %j', async (tunnel, url) => {
    expect(await addressOf(tunnel)).toBe(url);
  });
});

it('each answer of the server is told', async () => {
  let told = 0;
  const plane = createControlPlane(connection, silentLogger, { network: plainNetwork }, () => told++);
  await plane.whoAmI();
  await plane.listEnvironments();
  expect(told).toBe(2);
  fail = () => unimplemented;
  await expect(plane.whoAmI()).rejects.toThrow();
  expect(told).toBe(2);
  plane.close();
});
