import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { App, AppDetails } from '../../../src/domain/app.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import type { PlaneSource } from '../../../src/store/appStore.ts';
import { AppStore } from '../../../src/store/appStore.ts';
import { CatalogStore } from '../../../src/store/catalogStore.ts';
import { SingleFlight } from '../../../src/store/singleFlight.ts';
import { loadSnapshot } from '../../../src/store/snapshot.ts';
import { appOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';

const app = (id: string, changes: Partial<App> = {}) =>
  appOf({ id, name: `name-${id}`, version: 1, ...changes });

class FakeServer implements PlaneSource {
  apps: App[] = [];
  key = 'one';
  error: ModalError | undefined;
  described: string[] = [];

  get(): Promise<ControlPlane> {
    if (this.error) return Promise.reject(this.error);
    return Promise.resolve({
      whoAmI: () => Promise.resolve({ workspace: 'me' }),
      listEnvironments: () =>
        Promise.resolve([{ name: 'main', isDefault: true, runningContainers: 0, runningGpus: 0 }]),
      listApps: () => Promise.resolve(this.apps),
      listContainers: () => Promise.resolve([{ id: 'ta-1', appId: 'a', enqueuedAt: 1 }]),
      describeApp: (appId: string): Promise<AppDetails> => {
        this.described.push(appId);
        return Promise.resolve({ appId, functions: [] });
      },
    } as unknown as ControlPlane);
  }

  cacheKey(): Promise<string> {
    return Promise.resolve(this.key);
  }
}

function memento() {
  const values = new Map<string, unknown>();
  return {
    values,
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
}

describe('app store', () => {
  it('reads apps, then their functions, and only again after a new deploy', async () => {
    const server = new FakeServer();
    server.apps = [app('a'), app('b', { state: 'stopped' })];
    const store = new AppStore(server, memento(), silentLogger);
    await store.refresh();
    expect(store.state).toMatchObject({ connection: 'ready', workspace: 'me', loading: false });
    expect(server.described).toEqual(['a']);
    await store.refresh();
    expect(server.described).toEqual(['a']);
    server.apps = [app('a', { version: 2 })];
    await store.refresh();
    expect(server.described).toEqual(['a', 'a']);
  });

  it('asks who somebody is once for each connection, also when only the token changed', async () => {
    const server = new FakeServer();
    const owners = ['ann', 'bob'];
    const planeOf = (user: string) => ({
      ...({ listEnvironments: () => Promise.resolve([]) } as unknown as ControlPlane),
      asked: 0,
      whoAmI() {
        this.asked++;
        return Promise.resolve({ workspace: `${user}s`, user });
      },
    });
    const planes = owners.map(planeOf);
    let plane = planes[0]!;
    server.get = () => Promise.resolve(plane);
    const store = new AppStore(server, memento(), silentLogger);
    await store.refresh();
    await store.refresh();
    expect(store.state).toMatchObject({ workspace: 'anns', user: 'ann' });
    plane = planes[1]!;
    await store.refresh();
    expect(store.state).toMatchObject({ workspace: 'bobs', user: 'bob' });
    expect(planes.map(({ asked }) => asked)).toEqual([1, 1]);
  });

  it('asks for containers only where some run', async () => {
    const server = new FakeServer();
    server.apps = [app('a')];
    const store = new AppStore(server, memento(), silentLogger);
    await store.refresh();
    expect(store.state.snapshot.containers).toEqual([]);
    server.apps = [app('a', { runningContainers: 1 })];
    await store.refresh();
    expect(store.state.snapshot.containers).toHaveLength(1);
  });

  it('shows cached rows of the same connection before it reads, and none of another', async () => {
    const server = new FakeServer();
    server.apps = [app('a')];
    const cache = memento();
    await new AppStore(server, cache, silentLogger).refresh();
    const second = new AppStore(server, cache, silentLogger);
    const seen: string[][] = [];
    second.onDidChange((state) => seen.push(state.snapshot.apps.map(({ id }) => id)));
    server.error = new ModalError('offline', 'gone');
    await second.refresh();
    expect(second.state).toMatchObject({ connection: 'offline', error: { message: 'gone' } });
    expect(seen.at(-1)).toEqual(['a']);
    server.key = 'two';
    await second.refresh();
    expect(second.state.snapshot.apps).toEqual([]);
  });

  it.each([
    ['signedOut', 'signedOut'],
    ['unauthenticated', 'unauthenticated'],
    ['profileBroken', 'profileBroken'],
    ['timeout', 'offline'],
    ['unexpected', 'error'],
  ] as const)('turns a failure of kind %s into %s, and recovers', async (kind, connection) => {
    const server = new FakeServer();
    server.error = new ModalError(kind, 'x');
    const store = new AppStore(server, memento(), silentLogger);
    await store.refresh();
    expect(store.state.connection).toBe(connection);
    server.error = undefined;
    await store.refresh();
    expect(store.state.connection).toBe('ready');
    expect(store.state).not.toHaveProperty('error');
  });

  it('ignores a cache that it does not understand', () => {
    expect(loadSnapshot({ format: 99 })).toBeUndefined();
    expect(loadSnapshot('junk')).toBeUndefined();
  });
});

describe('single flight', () => {
  it('joins callers, and runs once more for those who came during a run', async () => {
    let runs = 0;
    const gates: (() => void)[] = [];
    const flight = new SingleFlight(() => {
      runs++;
      return new Promise((resolve) => gates.push(resolve));
    });
    const first = flight.run();
    const second = flight.run();
    expect(flight.run()).toBe(second);
    gates[0]?.();
    await first;
    await Promise.resolve();
    gates[1]?.();
    await second;
    expect(runs).toBe(2);
  });
});

describe('catalogue', () => {
  it('reads every manifest and leaves out a broken one', async () => {
    const root = await mkdtemp(path.join(os.tmpdir(), 'catalog-'));
    const { folder, ...manifest } = catalogApp();
    expect(folder).toBeTruthy();
    for (const [name, text] of [
      ['good', JSON.stringify(manifest)],
      ['bad', '{'],
      ['shared', ''],
    ] as const) {
      await mkdir(path.join(root, name));
      if (text) await writeFile(path.join(root, name, 'app.json'), text);
    }
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (message: string) => void errors.push(message) };
    const apps = await new CatalogStore(root, logger).apps();
    expect(apps.map(({ id, folder: where }) => [id, where])).toEqual([['demo', path.join(root, 'good')]]);
    expect(errors).toHaveLength(1);
    await rm(root, { recursive: true });
    expect(await new CatalogStore(path.join(root, 'none'), logger).apps()).toEqual([]);
  });
});
