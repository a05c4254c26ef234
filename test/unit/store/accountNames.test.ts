import { describe, expect, it } from 'vitest';
import type { App, AppDetails } from '../../../src/domain/app.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import type { NameList } from '../../../src/store/accountNames.ts';
import { AccountNames } from '../../../src/store/accountNames.ts';
import type { ConnectionState } from '../../../src/store/appStore.ts';
import type { Snapshot } from '../../../src/store/snapshot.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';

const secrets: NameList = { of: 'secret', environment: 'main' };
const app = (name: string, state: App['state'] = 'deployed', version = 2): App => ({
  ...{ id: `ap-${name}`, name, environment: 'main', state, version },
});
const details: AppDetails = {
  ...{ appId: 'ap-shop', version: 2 },
  functions: (
    [
      ['run', 'function'],
      ['Model.*', 'class'],
      ['Web', 'server'],
    ] as const
  ).map(([tag, kind]) => ({ id: `fu-${tag}`, tag, kind, gpus: [], endpoints: [] })),
};

function world({
  connection = 'ready',
  snapshot = emptySnapshot,
}: { readonly connection?: ConnectionState; readonly snapshot?: Snapshot } = {}) {
  const asked: string[] = [];
  const calls = {
    objectNames: (kind: string, environment: string) => {
      asked.push(`${kind} ${environment}`);
      return Promise.resolve({ names: ['one', 'two'], more: false });
    },
    listApps: (environment: string) => {
      asked.push(`apps ${environment}`);
      return Promise.resolve([app('shop'), app('old', 'stopped'), app('shop')]);
    },
    listEnvironments: () => {
      asked.push('environments');
      return Promise.resolve([{ name: 'main', isDefault: true }]);
    },
    describeApp: (id: string) => {
      asked.push(`describe ${id}`);
      return Promise.resolve(details);
    },
  };
  const state = { connection, snapshot };
  const clock = { now: 0, account: 'a' as string | undefined };
  const names = new AccountNames({
    planes: {
      get: () => Promise.resolve(calls as unknown as ControlPlane),
      cacheKey: () =>
        clock.account === undefined
          ? Promise.reject(new ModalError('signedOut', 'Nobody is signed in.'))
          : Promise.resolve(clock.account),
    },
    store: { state },
    logger: silentLogger,
    now: () => clock.now,
  });
  return { names, asked, calls, clock };
}

describe('names of the account', () => {
  it('are read when somebody asks, and again only after some minutes', async () => {
    const { names, asked, clock } = world();
    expect(await names.names(secrets)).toEqual({ names: ['one', 'two'], more: false });
    await names.names(secrets);
    expect(asked).toEqual(['secret main']);
    expect(await names.known(secrets)).toEqual({ names: ['one', 'two'], more: false });
    clock.now += 5 * 60_000;
    expect(await names.known(secrets)).toBeUndefined();
    await names.names(secrets);
    expect(asked).toHaveLength(2);
  });

  it('are read once for all who wait', async () => {
    const { names, asked } = world();
    await Promise.all([names.names(secrets), names.names(secrets), names.names(secrets)]);
    expect(asked).toEqual(['secret main']);
  });

  it('are not asked for while nobody is signed in', async () => {
    const out = world();
    out.clock.account = undefined;
    expect(await out.names.names(secrets)).toBeUndefined();
    for (const connection of ['signedOut', 'unauthenticated', 'profileBroken'] as const) {
      const refused = world({ connection });
      expect(await refused.names.names(secrets)).toBeUndefined();
      expect(refused.asked).toEqual([]);
    }
    expect(out.asked).toEqual([]);
  });

  it('that cannot be read are left alone for a while, and longer each time', async () => {
    const { names, asked, calls, clock } = world();
    calls.objectNames = (kind) => {
      asked.push(kind);
      return Promise.reject(new ModalError('offline', 'The server cannot be reached.'));
    };
    expect(await names.names(secrets)).toBeUndefined();
    clock.now += 29_000;
    expect(await names.names(secrets)).toBeUndefined();
    expect(asked).toHaveLength(1);
    clock.now += 1000;
    await names.names(secrets);
    clock.now += 30_000;
    await names.names(secrets);
    expect(asked).toHaveLength(2);
  });

  it('that a server does not offer are not asked for again', async () => {
    const { names, asked, calls, clock } = world();
    calls.objectNames = (kind) => {
      asked.push(kind);
      return Promise.reject(new ModalError('unsupported', 'The server does not offer this.'));
    };
    await names.names(secrets);
    clock.now += 86_400_000;
    await names.names(secrets);
    expect(asked).toHaveLength(1);
  });

  it('are let go by who no longer waits, and stay for the next', async () => {
    const { names, asked, calls } = world();
    const answer = Promise.withResolvers<{ names: string[]; more: boolean }>();
    calls.objectNames = (kind) => {
      asked.push(kind);
      return answer.promise;
    };
    const left = new AbortController();
    const waiting = names.names(secrets, left.signal);
    await Promise.resolve();
    left.abort();
    expect(await waiting).toBeUndefined();
    const next = names.names(secrets);
    answer.resolve({ names: ['late'], more: false });
    expect((await next)?.names).toEqual(['late']);
    expect(asked).toHaveLength(1);
  });

  it.each<[NameList, string[]]>([
    [{ of: 'environment' }, ['get', 'listEnvironments']],
    [{ of: 'app', environment: 'main' }, ['get', 'listApps']],
    [{ of: 'function', environment: 'main', app: 'shop' }, ['get', 'listApps', 'describeApp']],
    [secrets, ['get', 'objectNames']],
  ])('are given up after a while, whichever call does not end: %j', async (wanted, made) => {
    const { calls } = world();
    const limited: string[] = [];
    const noting = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (of, name: string) => {
          const call = Reflect.get(of, name) as unknown;
          if (typeof call !== 'function') return call;
          return (...args: unknown[]): unknown => {
            if (args.some((each) => each instanceof AbortSignal)) limited.push(name);
            return Reflect.apply(call, of, args) as unknown;
          };
        },
      });
    const plane = noting(calls as unknown as ControlPlane);
    const planes = noting({ get: () => Promise.resolve(plane), cacheKey: () => Promise.resolve('a') });
    const state = { connection: 'ready', snapshot: emptySnapshot } as const;
    const names = new AccountNames({ planes, store: { state }, logger: silentLogger });
    await names.names(wanted);
    expect(limited).toEqual(made);
  });

  it('are forgotten with the account, also those that come late', async () => {
    const { names, asked, calls, clock } = world();
    await names.names(secrets);
    const answer = Promise.withResolvers<{ names: string[]; more: boolean }>();
    calls.objectNames = (kind) => {
      asked.push(kind);
      return answer.promise;
    };
    const late = names.names({ of: 'volume', environment: 'main' });
    await new Promise((resolve) => setImmediate(resolve));
    clock.account = 'b';
    answer.resolve({ names: ['of a'], more: false });
    expect(await late).toBeUndefined();
    expect(await names.known(secrets)).toBeUndefined();
    clock.account = 'a';
    expect(await names.known({ of: 'volume', environment: 'main' })).toBeUndefined();
  });

  it('of apps are those that are deployed, each once', async () => {
    const { names, asked } = world();
    expect((await names.names({ of: 'app', environment: 'main' }))?.names).toEqual(['shop']);
    expect(asked).toEqual(['apps main']);
  });

  it('that are more than a name are left out, since they would stand in code', async () => {
    const { names, calls } = world();
    calls.listApps = () => Promise.resolve([app('fine'), app('x"); import os; ("'), app('a b'), app('a\\')]);
    expect((await names.names({ of: 'app', environment: 'main' }))?.names).toEqual(['fine']);
  });

  it('of apps and functions come from the rows where those were read in this window', async () => {
    const { names, asked } = world({
      snapshot: {
        ...emptySnapshot,
        apps: [app('shop')],
        details: new Map([['ap-shop', details]]),
        listedAt: new Map([['main', 1]]),
      },
    });
    expect((await names.names({ of: 'app', environment: 'main' }))?.names).toEqual(['shop']);
    expect((await names.names({ of: 'function', environment: 'main', app: 'shop' }))?.names).toEqual(['run']);
    expect(asked).toEqual([]);
  });

  it('of functions, classes and servers are told apart', async () => {
    const { names, asked } = world();
    const of = async (kind: 'function' | 'cls' | 'server', name = 'shop') =>
      (await names.names({ of: kind, environment: 'main', app: name }))?.names;
    expect([await of('function'), await of('cls'), await of('server'), await of('cls', 'none')]).toEqual([
      ['run'],
      ['Model'],
      ['Web'],
      [],
    ]);
    expect(asked).toContain('describe ap-shop');
  });
});
