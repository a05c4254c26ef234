/** Whose key an endpoint gets: names of secrets, of deployed apps and of runs are chosen by different people. */
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App, Endpoint } from '../../../src/domain/app.ts';
import { bundledOf } from '../../../src/domain/bundled.ts';
import { appKeyName, runKeyName, secretKeyName } from '../../../src/domain/keyNames.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { EndpointKeys } from '../../../src/editor/endpointKeys.ts';
import { defaultAuth, keyName, secretNames, withOwnKey } from '../../../src/features/requests/core/auth.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { specOfHttpRequest } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { Endpoints } from '../../../src/features/savedRequests/ui/endpoints.ts';
import type { MemoryParts } from '../../../src/features/savedRequests/ui/requestMemory.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';

const bundled = catalogApp();
const names = secretNames([bundled]);
const kept = new Map<string, string>();
const keysOf = (account: string) =>
  new EndpointKeys(
    {
      get: (name) => Promise.resolve(kept.get(name)),
      store: (name, value) => Promise.resolve(void kept.set(name, value)),
      delete: (name) => Promise.resolve(void kept.delete(name)),
    },
    { account: () => Promise.resolve(account), secretNames: () => Promise.resolve(names) },
  );
const keys = keysOf('me');

let received: IncomingHttpHeaders[] = [];
const server = createServer((request, response) => {
  received.push(request.headers);
  response.end('ok');
});
let url: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  received = [];
  kept.clear();
});

/** Sends the headers of a `.http` file to the only endpoint of an app. */
async function send(app: App, headers: string, changes: Partial<Endpoint> = {}): Promise<void> {
  const endpoint = endpointOf({ url, ...changes });
  const functions = [{ id: 'fu-1', tag: 'web', kind: 'function', gpus: [], endpoints: [endpoint] }] as const;
  const snapshot = {
    ...emptySnapshot,
    apps: [app],
    details: new Map([[app.id, { appId: app.id, functions }]]),
  };
  const endpoints = new Endpoints({
    store: { state: { snapshot } },
    catalog: { apps: () => Promise.resolve([bundled]) },
    rates: () => ({ usdPerHour: {} }),
  } as unknown as MemoryParts);
  const file = parseHttpFile(`GET ${url}/\n${headers}\n`);
  const [request] = file.requests;
  const spec = await specOfHttpRequest(file, request!, {
    variables: new Variables(file, { environment: {}, dotenv: {}, processEnv: {} }),
    folder: '/',
    allowFiles: (files) => Promise.resolve(files),
    readFile: () => Promise.reject(new Error('no file here')),
    secretOf: (address, kind) => endpoints.secretOf(address, kind),
  });
  const sender = new RequestSender({
    logger: silentLogger,
    resolveSecret: (name) => keys.get(name),
    timeoutSeconds: () => 5,
  });
  await sender.send(spec, new AbortController().signal);
}

const bearer = 'Authorization: Bearer {{MODAL_API_KEY}}';
const pair = 'Modal-Key: {{MODAL_KEY}}\nModal-Secret: {{MODAL_SECRET}}';

describe('a key goes to no endpoint of another', () => {
  const taken = [
    'modal-proxy-token',
    'modal-apps-key',
    'demo-key',
    'demo-app',
    'myapp',
    'secret/main/demo-key',
  ];
  const states = ['ephemeral', 'detached', 'initializing', 'deployed'] as const;
  const others = taken.flatMap((name) => states.map((state) => [state, name] as const));
  /** Deployed, these are the user's own, or what their manifest was made for. */
  const own = new Set(['deployed demo-app', 'deployed myapp']);
  const all: readonly (readonly [string, string])[] = [
    [secretKeyName('main', 'modal-proxy-token'), 'wk-mine.ws-mine'],
    [secretKeyName('main', 'modal-apps-key'), 'mine'],
    [secretKeyName('main', 'demo-key'), 'mine'],
    [appKeyName('main', 'myapp'), 'mine'],
  ];

  it.each(others.filter(([state, name]) => !own.has(`${state} ${name}`)))(
    'that is %s and named like what has one: %s',
    async (state, name) => {
      for (const former of [false, true]) {
        kept.clear();
        for (const [at, value] of all)
          kept.set(`me/${former ? at.replace(/^\w+/, 'endpointKey') : at}`, value);
        const app = appOf({ id: 'ap-other', name, state });
        await expect(send(app, bearer)).rejects.toThrow('none is saved');
        await expect(send(app, pair)).rejects.toThrow('none is saved');
      }
      expect(received).toEqual([]);
    },
  );

  it('of the same name in another environment', async () => {
    for (const [at, value] of all) kept.set(`me/${at}`, value);
    await expect(send(appOf({ name: 'myapp', environment: 'dev' }), bearer)).rejects.toThrow('none is saved');
    await send(appOf({ name: 'myapp' }), bearer);
    expect(received.map(({ authorization }) => authorization)).toEqual(['Bearer mine']);
  });

  it('of the same name in another Modal account', async () => {
    const [name] = [appKeyName('main', 'myapp')];
    await keysOf('me').store(name, 'mine');
    expect(await keysOf('you').get(name)).toBeUndefined();
    await keysOf('you').store(name, 'yours');
    expect([await keysOf('me').get(name), await keysOf('you').get(name)]).toEqual(['mine', 'yours']);
  });

  it('that asks for a proxy token, where another kind of key is chosen for it', () => {
    const [endpoint] = bundled.endpoints;
    const proxied = {
      ...bundled,
      endpoints: [{ ...endpoint!, auth: { ...endpoint!.auth!, secretName: 'modal-proxy-token' } }],
    };
    const target = { app: appOf({ name: 'demo-app' }), endpoint: endpointOf({ name: endpoint!.function }) };
    expect(keyName('bearer', target, proxied)).toBe(appKeyName('main', 'demo-app'));
    expect(keyName('header', target, bundled)).toBe(secretKeyName('main', 'demo-key'));
  });

  it('that takes no proxy token, which it would get itself', async () => {
    kept.set(`me/${secretKeyName('main', 'modal-proxy-token')}`, 'wk-mine.ws-mine');
    await expect(send(appOf(), pair, { requiresProxyAuth: false })).rejects.toThrow('none is saved');
    await send(appOf(), pair, { requiresProxyAuth: true });
    expect(received.map((headers) => headers['modal-key'])).toEqual(['wk-mine']);
  });

  it('that has the name of a bundled app and was not deployed from it', () => {
    const endpoint = endpointOf();
    const run = appOf({ id: 'ap-run', name: 'demo-app', state: 'ephemeral' });
    expect(bundledOf(run, [bundled])).toBeUndefined();
    expect(bundledOf(appOf({ name: 'demo-app' }), [bundled])).toBe(bundled);
    expect(defaultAuth({ app: run, endpoint }, bundled).kind).toBe('none');
    expect(keyName('bearer', { app: run, endpoint }, bundled)).toBe(runKeyName('ap-run'));
    expect(defaultAuth({ app: appOf({ name: 'demo-app' }), endpoint }, bundled).kind).toBe('bearer');
  });

  it('that no app is known for, and each address has its own', () => {
    const of = (address: string, kind: 'bearer' | 'proxy') =>
      keyName(kind, {
        app: { id: '', name: 'modal-proxy-token', environment: '', state: 'unknown' },
        endpoint: endpointOf({ url: address }),
      });
    const two = ['https://a.example', 'https://b.example'];
    expect(new Set(two.flatMap((each) => [of(each, 'bearer'), of(each, 'proxy')])).size).toBe(4);
  });

  it('by a request that names the key that its address had before', () => {
    const app = appOf({ id: 'ap-run', state: 'ephemeral' });
    const auth = {
      secretRef: 'endpointKey/main/modal-proxy-token',
      header: 'Authorization',
      scheme: 'Token',
    };
    expect(withOwnKey(auth, { app, endpoint: endpointOf() })).toEqual({
      ...auth,
      secretRef: runKeyName('ap-run'),
    });
  });
});

describe('a key that was kept under a name of both', () => {
  it.each([
    ['secret', secretKeyName('main', 'demo-key'), 'endpointKey/main/demo-key'],
    ['proxy token', secretKeyName('main', 'modal-proxy-token'), 'endpointKey/main/modal-proxy-token'],
    ['deployed app', appKeyName('main', 'myapp'), 'endpointKey/main/myapp'],
  ])('moves to its owner, once: %s', async (_owner, name, former) => {
    kept.set(`me/${former}`, 'mine');
    kept.set(`you/${former}`, 'yours');
    expect(await keys.get(name)).toBe('mine');
    expect(await keys.get(name)).toBe('mine');
    expect([...kept.keys()].sort()).toEqual([`me/${name}`, `you/${former}`]);
  });

  it('does not come back once another took its place', async () => {
    kept.set('me/endpointKey/main/myapp', 'old');
    await keys.store(appKeyName('main', 'myapp'), 'new');
    expect([...kept]).toEqual([[`me/${appKeyName('main', 'myapp')}`, 'new']]);
  });

  it.each([
    [appKeyName('main', 'demo-key')],
    [secretKeyName('main', 'myapp')],
    [runKeyName('myapp')],
    ['endpointKey/main/none'],
  ])('stays where it is for all others: %s', async (name) => {
    kept.set('me/endpointKey/main/demo-key', 'mine').set('me/endpointKey/main/myapp', 'mine');
    expect(await keys.get(name)).toBeUndefined();
    expect(kept.size).toBe(2);
  });
});
