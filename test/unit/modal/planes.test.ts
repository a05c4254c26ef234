import { once } from 'node:events';
import { createServer } from 'node:http2';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { Connection } from '../../../src/modal/connection.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { ControlPlanes } from '../../../src/modal/planes.ts';
import { EndpointKeys } from '../../../src/editor/endpointKeys.ts';
import { secretStorage } from '../support/secretStorage.ts';

let folder: string;
let config: string;
const server = createServer(); // it greets, which is all that is asked of it here

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'planes-'));
  config = path.join(folder, 'modal.toml');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const write = (token: string) => {
  const { port } = server.address() as AddressInfo;
  return writeFile(
    config,
    `[p]\nactive = true\nserver_url = "http://127.0.0.1:${port}"\ntoken_id = "${token}"\ntoken_secret = "s"\n`,
  );
};

function planes(made: Connection[]): ControlPlanes {
  return new ControlPlanes({
    env: { MODAL_CONFIG_PATH: config },
    logger: silentLogger,
    loadSdk: () =>
      Promise.resolve({
        createControlPlane: (connection: Connection) => {
          made.push(connection);
          return { close: () => undefined } as unknown as ControlPlane;
        },
      }),
  });
}

it('makes one plane for each connection and tells when the connection changes', async () => {
  const made: Connection[] = [];
  await write('ak-one');
  const source = planes(made);
  const changes: string[] = [];
  source.onDidChange(({ tokenId }) => changes.push(tokenId));
  const first = await source.get();
  expect(await source.get()).toBe(first);
  await write('ak-second');
  expect(await source.get()).not.toBe(first);
  expect(made.map(({ tokenId }) => tokenId)).toEqual(['ak-one', 'ak-second']);
  expect(changes).toEqual(['ak-second']);
  source.dispose();
});

it('keeps the account that a log began with when another profile is chosen, and takes its new token', async () => {
  const { port } = server.address() as AddressInfo;
  const profileOf = (name: string, token: string, active = false) =>
    `[${name}]\n${active ? 'active = true\n' : ''}server_url = "http://127.0.0.1:${port}"\ntoken_id = "${token}"\ntoken_secret = "s"\n`;
  const made: Connection[] = [];
  const source = planes(made);
  await writeFile(config, profileOf('work', 'ak-work', true) + profileOf('home', 'ak-home'));
  const account = await source.account();
  const plane = await source.getFor(account);
  await writeFile(config, profileOf('work', 'ak-work') + profileOf('home', 'ak-home', true));
  expect(await source.get()).not.toBe(plane);
  expect(await source.getFor(account)).toBe(plane);
  expect(source.profileOf(account)).toBe('work');
  await writeFile(config, profileOf('work', 'ak-later', true) + profileOf('home', 'ak-home'));
  await source.getFor(account);
  expect(made.at(-1)?.tokenId).toBe('ak-later');
  source.dispose();
});

it('names the cache by server, profile and token, and tells nothing of the token', async () => {
  await write('ak-one');
  const key = await planes([]).cacheKey();
  expect(key).toMatch(/^snapshot:http:\/\/127\.0\.0\.1:\d+:p:[0-9a-f]{12}$/);
  await write('ak-second');
  expect(await planes([]).cacheKey()).not.toBe(key);
});

it('keeps the key of an endpoint for the account that it is of: profile and server', async () => {
  const profileOf = (name: string, server: string) =>
    `[${name}]\nserver_url = "http://${server}:1"\ntoken_id = "ak-${name}"\ntoken_secret = "s"\n`;
  await writeFile(config, profileOf('home', '127.0.0.1') + profileOf('work', '127.0.0.1'));
  let profile = 'home';
  const source = new ControlPlanes({
    env: { MODAL_CONFIG_PATH: config },
    logger: silentLogger,
    profile: () => profile,
  });
  const keys = new EndpointKeys(secretStorage() as never, {
    account: () => source.account(),
    secretNames: () => Promise.resolve(new Set<string>()),
  });
  await keys.store('main/demo', 'the key of home');
  profile = 'work';
  expect(await keys.get('main/demo')).toBeUndefined();
  profile = 'home';
  expect(await keys.get('main/demo')).toBe('the key of home');
  await writeFile(config, profileOf('home', 'localhost'));
  expect(await keys.get('main/demo')).toBeUndefined();
});

it('names a workspace the same after a new sign-in, and by its profile where the server does not tell it', async () => {
  let workspace = 'team';
  const source = new ControlPlanes({
    env: { MODAL_CONFIG_PATH: config },
    logger: silentLogger,
    loadSdk: () =>
      Promise.resolve({
        createControlPlane: () =>
          ({
            close: () => undefined,
            whoAmI: () => Promise.resolve({ workspace }),
          }) as unknown as ControlPlane,
      }),
  });
  const { port } = server.address() as AddressInfo;
  await write('ak-one');
  expect(await source.workspace()).toBe(`http://127.0.0.1:${port}#team`);
  await write('ak-second');
  expect(await source.workspace()).toBe(`http://127.0.0.1:${port}#team`);
  workspace = '';
  expect(await source.workspace()).toBe(`http://127.0.0.1:${port}|p`);
  source.dispose();
});

it('takes new connections once a server is back that could not be reached', async () => {
  let reconnects = 0;
  const source = new ControlPlanes({
    env: { MODAL_CONFIG_PATH: config },
    logger: silentLogger,
    loadSdk: () =>
      Promise.resolve({
        createControlPlane: () =>
          ({ close: () => undefined, reconnect: () => reconnects++ }) as unknown as ControlPlane,
      }),
  });
  await write('ak-one');
  const { port } = server.address() as AddressInfo;
  const plane = await source.get();
  source.suspect();
  await source.get();
  expect(reconnects).toBe(0);
  await new Promise((resolve) => server.close(resolve));
  source.suspect();
  await expect(source.get()).rejects.toMatchObject({ kind: 'offline' });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await source.get()).toBe(plane);
  expect(reconnects).toBe(1);
  source.suspect();
  await source.get();
  expect(reconnects).toBe(1);
  source.dispose();
});

const sourceWith = (env: NodeJS.ProcessEnv) =>
  new ControlPlanes({
    env: { ...env, MODAL_CONFIG_PATH: config },
    logger: silentLogger,
    loadSdk: () => Promise.reject(new Error('is not needed')),
  });

it('names the profiles of the file, with the one in use', async () => {
  await writeFile(config, '[work]\nactive = true\ntoken_id = "ak-1"\n[home]\ntoken_id = "ak-2"\n');
  const source = sourceWith({});
  expect(source.configPath).toBe(config);
  expect((await source.profiles()).map(({ name, active }) => [name, active])).toEqual([
    ['work', true],
    ['home', false],
  ]);
});

it('gives a program the way to the server, also when nobody is signed in', async () => {
  const env = { HTTPS_PROXY: 'http://corp.test:3128', KEPT: '1' };
  const source = sourceWith(env);
  expect(await source.isProxied()).toBe(true);
  expect(await source.environment()).toMatchObject({ ...env, ...(await source.proxyVariables()) });
  // The server of this machine is not asked through it.
  await write('ak-one');
  expect(await source.isProxied()).toBe(false);
  const own = sourceWith({ ...env, MODAL_SERVER_URL: 'http://127.0.0.1:1' });
  await writeFile(config, '');
  expect(await own.isProxied()).toBe(false);
  expect(await sourceWith({}).isProxied()).toBe(false);
});

it('looks for the server again once it is suspected', async () => {
  await write('ak-one');
  const source = planes([]);
  let connections = 0;
  const count = () => connections++;
  server.on('connection', count);
  await source.get();
  await source.get();
  expect(connections).toBe(1);
  source.suspect();
  await source.get();
  expect(connections).toBe(2);
  server.off('connection', count);
});

it('tells when the file changes, until that is no longer wanted', async () => {
  await write('ak-one');
  let changes = 0;
  const watch = sourceWith({}).watchFile(() => changes++);
  await write('ak-second');
  await expect.poll(() => changes, { timeout: 5000 }).toBeGreaterThan(0);
  watch.dispose();
});
