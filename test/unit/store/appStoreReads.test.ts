import { getEventListeners } from 'node:events';
import { setImmediate as settle } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { App, AppDetails, Container } from '../../../src/domain/app.ts';
import { Emitter } from '../../../src/shared/emitter.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import type { PlaneSource } from '../../../src/store/appStore.ts';
import { AppStore } from '../../../src/store/appStore.ts';
import { RefreshSchedule } from '../../../src/store/refreshSchedule.ts';
import { appOf } from '../support/apps.ts';

const app = (id: string, changes: Partial<App> = {}) =>
  appOf({ id, name: `name-${id}`, version: 1, ...changes });

/** Answers when a test lets it, so that what happens meanwhile can be seen. */
class SlowServer implements PlaneSource {
  environments = ['main'];
  apps: App[] = [app('a')];
  containers: Container[] = [];
  key = 'one';
  readonly calls: string[] = [];
  readonly fails = new Map<string, ModalError>();
  /** Calls wait here while it is set. */
  gate: Promise<void> | undefined;
  atOnce = 0;
  mostAtOnce = 0;

  get(): Promise<ControlPlane> {
    return Promise.resolve({
      whoAmI: (signal: AbortSignal) => this.#answer('whoAmI', { workspace: 'me', user: 'ann' }, signal),
      listEnvironments: (signal: AbortSignal) =>
        this.#answer(
          'environments',
          this.environments.map((name) => ({ name, isDefault: false, runningContainers: 0, runningGpus: 0 })),
          signal,
        ),
      listApps: (name: string, signal: AbortSignal) =>
        this.#answer(
          `apps ${name}`,
          this.apps.filter((each) => each.environment === name).map((each) => ({ ...each })),
          signal,
        ),
      listContainers: (name: string, _: undefined, signal: AbortSignal) =>
        this.#answer(
          `containers ${name}`,
          this.containers.map((each) => ({ ...each })),
          signal,
        ),
      containerGpu: (id: string, signal: AbortSignal) => this.#answer(`gpu ${id}`, 'A10', signal),
      describeApp: (appId: string, signal: AbortSignal): Promise<AppDetails> =>
        this.#answer(`describe ${appId}`, { appId, functions: [], deployedBy: this.key }, signal),
    } as unknown as ControlPlane);
  }

  cacheKey(): Promise<string> {
    return Promise.resolve(this.key);
  }

  count(call: string): number {
    return this.calls.filter((each) => each.startsWith(call)).length;
  }

  async #answer<T>(call: string, answer: T, signal: AbortSignal): Promise<T> {
    this.calls.push(call);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      await Promise.race([this.gate ?? settle(), aborted(signal)]);
      const error = this.fails.get(call);
      if (error) throw error;
      return answer;
    } finally {
      this.atOnce--;
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new ModalError('cancelled', 'Cancelled'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}

let server: SlowServer;
let stored: number;
let store: AppStore;
beforeEach(() => {
  server = new SlowServer();
  stored = 0;
  const values = new Map<string, unknown>();
  store = new AppStore(
    server,
    {
      get: (key) => values.get(key),
      update: (key, value) => {
        stored++;
        values.set(key, value);
        return Promise.resolve();
      },
    },
    silentLogger,
  );
});
const ids = () => store.state.snapshot.apps.map(({ id }) => id);

describe('reading', () => {
  it('asks a few environments at once and keeps their order', async () => {
    server.environments = Array.from({ length: 100 }, (_, at) => `env-${at}`);
    server.apps = server.environments.map((environment, at) =>
      app(`a${at}`, { environment, state: 'stopped' }),
    );
    await store.refresh();
    expect(server.count('apps')).toBe(100);
    expect(server.mostAtOnce).toBe(8);
    expect(ids()).toEqual(server.apps.map(({ id }) => id));
  });

  it('leaves out an environment that the role may not see', async () => {
    server.environments = ['main', 'secret'];
    server.fails.set('apps secret', new ModalError('forbidden', 'no'));
    await store.refresh();
    expect(store.state).toMatchObject({ connection: 'ready' });
    expect(ids()).toEqual(['a']);
  });

  it.each(['offline', 'timeout', 'unauthenticated', 'unexpected'] as const)(
    'never takes a list that failed for an empty one: %s',
    async (kind) => {
      server.environments = ['main', 'other'];
      server.apps = [app('a'), app('b', { environment: 'other' })];
      await store.refresh();
      server.fails.set('apps other', new ModalError(kind, 'gone'));
      await store.refresh();
      expect(ids()).toEqual(['a', 'b']);
      expect(store.state).toMatchObject({ error: { kind, message: 'gone' } });
      expect(store.state.connection).not.toBe('ready');
    },
  );

  it('tells why the functions of a row cannot be read, whatever the reason', async () => {
    const tooMany = Array.from({ length: 51 }, (_, at) => app(`a${at}`, { deployedAt: at }));
    server.apps = tooMany;
    await store.refresh();
    server.fails.set('describe a0', new ModalError('offline', 'gone'));
    await store.loadDetails('a0');
    expect(store.state.problems.get('a0')).toMatchObject({ kind: 'offline' });
  });

  it('shows apps before their functions', async () => {
    const seen: string[] = [];
    store.onDidChange(({ snapshot }) => seen.push(`${snapshot.apps.length} ${snapshot.details.size}`));
    await store.refresh();
    expect([...new Set(seen)]).toEqual(['0 0', '1 0', '1 1']);
  });

  it('reads functions of the newest fifty apps, and of all when all are wanted', async () => {
    server.apps = Array.from({ length: 60 }, (_, at) => app(`a${at}`, { deployedAt: at }));
    await store.refresh();
    expect(server.count('describe')).toBe(50);
    expect(server.calls).not.toContain('describe a9');
    store.readAllDetails(true);
    await store.refresh();
    expect(server.count('describe')).toBe(60);
  });

  it('keeps what is known of a functions until the new version is read', async () => {
    await store.refresh();
    server.apps = [app('a', { version: 2 })];
    server.fails.set('describe a', new ModalError('timeout', 'slow'));
    await store.refresh();
    expect(store.state.snapshot.details.has('a')).toBe(true);
    expect(store.state.problems.get('a')).toMatchObject({ message: 'slow' });
    server.fails.clear();
    await store.loadDetails('a');
    expect(store.state.problems.size).toBe(0);
    expect(server.count('describe')).toBe(3);
    await store.loadDetails('a');
    expect(server.count('describe')).toBe(3);
  });

  it('reads the functions of one app once, however many ask', async () => {
    await store.refresh();
    store.forgetDetails('a');
    await Promise.all([store.loadDetails('a'), store.loadDetails('a'), store.refresh()]);
    expect(server.count('describe')).toBe(2);
  });

  it('asks for the GPU of each container once', async () => {
    server.apps = [app('a', { runningContainers: 1 })];
    server.containers = [{ id: 'ta-1', appId: 'a', enqueuedAt: 1 }];
    await store.refresh();
    await store.refresh();
    expect(store.state.snapshot.containers).toEqual([{ id: 'ta-1', appId: 'a', enqueuedAt: 1, gpu: 'A10' }]);
    expect(server.count('gpu')).toBe(1);
  });

  it('stores nothing when only the number of containers has changed', async () => {
    await store.refresh();
    for (let running = 1; running < 5; running++) {
      server.apps = [app('a', { runningContainers: running })];
      await store.refresh();
      expect(store.state.snapshot.apps[0]?.runningContainers).toBe(running);
    }
    expect(stored).toBe(1);
  });

  it('keeps the very objects, and stores nothing, when there is no news', async () => {
    server.apps = [app('a', { runningContainers: 1 }), app('b')];
    server.containers = [{ id: 'ta-1', appId: 'a', enqueuedAt: 1 }];
    await store.refresh();
    const { snapshot } = store.state;
    await store.refresh();
    expect(store.state.snapshot.apps).toBe(snapshot.apps);
    expect(store.state.snapshot.containers).toBe(snapshot.containers);
    expect(store.state.snapshot.details).toBe(snapshot.details);
    expect(stored).toBe(1);
  });
});

describe('leaving', () => {
  it('ends the calls when nobody waits any more', async () => {
    server.gate = new Promise(() => undefined);
    const leaving = new AbortController();
    const read = store.refresh(leaving.signal);
    await settle();
    leaving.abort();
    await read;
    expect(server.atOnce).toBe(0);
    expect(store.state).toMatchObject({ loading: false, connection: 'unknown' });
    expect(store.state).not.toHaveProperty('error');
    server.gate = undefined;
    await store.refresh();
    expect(ids()).toEqual(['a']);
  });

  it('goes on for those who still wait', async () => {
    const open = Promise.withResolvers<undefined>();
    server.gate = open.promise;
    const leaving = new AbortController();
    const both = [store.refresh(leaving.signal), store.refresh()];
    await settle();
    leaving.abort();
    open.resolve(undefined);
    await Promise.all(both);
    expect(ids()).toEqual(['a']);
  });
});

describe('another connection', () => {
  it('drops the rows, ends the calls and reads anew', async () => {
    await store.refresh();
    const open = Promise.withResolvers<undefined>();
    server.gate = open.promise;
    const read = store.refresh();
    await settle();
    server.key = 'two';
    server.apps = [app('other')];
    server.gate = undefined;
    store.reconnect();
    expect(store.state).toMatchObject({ connection: 'unknown', workspace: '', loading: true });
    expect(ids()).toEqual([]);
    await read;
    expect(ids()).toEqual(['other']);
  });

  it('never shows what was read while the connection changed', async () => {
    const seen = new Set<string>();
    store.onDidChange(({ snapshot }) => snapshot.apps.forEach(({ id }) => seen.add(id)));
    const open = Promise.withResolvers<undefined>();
    server.gate = open.promise;
    const read = store.refresh();
    await settle();
    server.key = 'two'; // nobody has noticed
    open.resolve(undefined);
    server.gate = undefined;
    await settle();
    server.apps = [app('other')];
    await read;
    expect([...seen]).toEqual(['other']);
  });

  it('drops the rows of a user who has signed out', async () => {
    await store.refresh();
    server.fails.set('environments', new ModalError('signedOut', 'bye'));
    await store.refresh();
    expect(store.state).toMatchObject({ connection: 'signedOut', workspace: '' });
    expect(ids()).toEqual([]);
  });

  it('keeps the rows, and their age, when Modal cannot be reached', async () => {
    await store.refresh();
    const { readAt } = store.state.snapshot;
    server.fails.set('environments', new ModalError('offline', 'gone'));
    await store.refresh();
    expect(store.state).toMatchObject({ connection: 'offline', error: { message: 'gone' } });
    expect(ids()).toEqual(['a']);
    expect(store.state.snapshot.readAt).toBe(readAt);
  });
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('a read that is due', () => {
  const environmentOf = (id: string) => store.state.snapshot.apps.find((each) => each.id === id)?.environment;

  it('lists what is due only, and keeps the rows of the others', async () => {
    server.environments = ['main', 'dev', 'test'];
    server.apps = [app('a'), app('b', { environment: 'dev' }), app('c', { environment: 'test' })];
    await store.refresh();
    server.calls.length = 0;
    await store.refresh(undefined, { whole: false, environment: 'dev' });
    expect(server.calls.filter((call) => call.startsWith('apps'))).toEqual(['apps dev']);
    expect(['a', 'b', 'c'].map(environmentOf)).toEqual(['main', 'dev', 'test']);
    server.calls.length = 0;
    await store.refresh();
    expect(server.count('apps ')).toBe(3);
  });

  it('drops the rows of an environment that has gone, and lists one that is new', async () => {
    server.environments = ['main', 'dev'];
    server.apps = [app('a'), app('b', { environment: 'dev' }), app('c', { environment: 'test' })];
    await store.refresh();
    server.environments = ['main', 'test'];
    await store.refresh(undefined, { whole: false, environment: 'main' });
    expect(['a', 'b', 'c'].map(environmentOf)).toEqual(['main', undefined, 'test']);
  });

  it('is whole all the same when somebody who waits for it wants that', async () => {
    server.environments = ['main', 'dev'];
    await store.refresh();
    server.calls.length = 0;
    const first = store.refresh(undefined, { whole: false, environment: 'main' });
    await Promise.all([first, store.refresh(undefined, { whole: false }), store.refresh()]);
    expect(server.count('apps ')).toBeGreaterThanOrEqual(2);
    expect(server.calls).toContain('apps dev');
  });

  it('joins the first read where that will do', async () => {
    await Promise.all([store.refresh(), store.refreshOnce(), store.refreshOnce()]);
    expect(server.count('environments')).toBe(1);
  });
});

describe('a server that cannot be reached', () => {
  it('is logged once, without a stack, however often it is looked for', async () => {
    const logged: unknown[][] = [];
    const note = (...words: unknown[]) => void logged.push(words);
    const logger = { trace: note, debug: note, info: note, warn: note, error: note };
    const cache = { get: () => undefined, update: () => Promise.resolve() };
    const failing = new AppStore(server, cache, logger);
    server.fails.set('environments', new ModalError('offline', 'Modal cannot be reached.'));
    for (let read = 0; read < 20; read++) await failing.refresh();
    expect(logged).toEqual([['Reading apps failed: Modal cannot be reached.']]);
    failing.dispose();
  });
});

describe('functions that cannot be read', () => {
  it('are not asked for at each refresh, and at once when somebody opens the row or deploys anew', async () => {
    server.fails.set('describe a', new ModalError('unexpected', 'broken'));
    for (let read = 0; read < 20; read++) await store.refresh();
    expect(server.count('describe a')).toBe(1);
    await store.loadDetails('a');
    expect(server.count('describe a')).toBe(2);
    server.apps = [app('a', { version: 2 })];
    await store.refresh();
    expect(server.count('describe a')).toBe(3);
  });

  it('since that call alone is out of order leave the lists as they are, and are asked for now and then', async () => {
    server.apps = Array.from({ length: 40 }, (_, at) => app(`a${at}`));
    for (const { id } of server.apps) server.fails.set(`describe ${id}`, new ModalError('offline', 'gone'));
    for (let read = 0; read < 20; read++) await store.refresh();
    expect(store.state.connection).toBe('ready');
    expect(server.calls.filter((call) => call.startsWith('describe')).length).toBeLessThanOrEqual(10);
  });

  it('since the line was down are read as soon as it is back', async () => {
    server.fails.set('describe a', new ModalError('offline', 'gone'));
    await store.refresh();
    server.fails.set('environments', new ModalError('offline', 'gone'));
    await store.refresh();
    server.fails.clear();
    await store.refresh();
    expect(store.state.problems.size).toBe(0);
    expect(store.state.snapshot.details.has('a')).toBe(true);
  });
});

describe('opening and closing a thousand times', () => {
  it('leaves no listener, no timer and no read behind', async () => {
    const timers = new Set<number>();
    let last = 0;
    const reading = new AbortController();
    const schedule = new RefreshSchedule(
      async () => {
        await store.refresh(reading.signal);
        return 'same';
      },
      () => 1000,
      {
        now: () => 0,
        set: () => {
          timers.add(++last);
          return last;
        },
        clear: (handle) => void timers.delete(handle as number),
      },
    );
    const changes = new Emitter<number>();
    for (let cycle = 0; cycle < 1000; cycle++) {
      const subscription = changes.event(() => undefined);
      const own = store.onDidChange(() => undefined);
      schedule.setVisible(true);
      schedule.setVisible(false);
      subscription.dispose();
      own.dispose();
    }
    collectGarbage(); // Node then forgets some listeners that it was told to remove
    await settle();
    collectGarbage();
    await store.refresh();
    await settle();
    expect(timers.size).toBe(0);
    expect(changes.listenerCount).toBe(0);
    expect(getEventListeners(reading.signal, 'abort')).toHaveLength(0);
    expect(server.atOnce).toBe(0);
  });
});
