/** Reads of the store that nobody waits for any more: what comes all the same is not shown, and nothing goes on. */
import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { AppStore } from '../../../src/store/appStore.ts';
import { LazyFacts } from '../../../src/store/lazyFacts.ts';
import { SandboxReader } from '../../../src/store/sandboxReader.ts';
import { emptySnapshot, storeSnapshot } from '../../../src/store/snapshot.ts';
import { appOf } from '../support/apps.ts';
import { cancelAtEachCall, cancelWithEachAnswer } from '../support/hanging.ts';

/** Modal, and the way to it. */
interface Services extends ControlPlane {
  connect(signal?: AbortSignal): Promise<unknown>;
}

const lists = {
  connect: undefined,
  listEnvironments: [{ name: 'main', isDefault: true }],
  whoAmI: { workspace: 'me' },
  listApps: [appOf({ runningContainers: 1 })],
  listContainers: [{ id: 'ta-1', appId: 'ap-1', enqueuedAt: 1 }],
  listSandboxes: { sandboxes: [], more: false },
  listEndpoints: [{ id: 'ep-1', name: 'chat', environment: 'main', status: 'Live', stamp: '1' }],
  containerGpu: 'T4',
  endpointInfo: {},
  describeApp: { appId: 'ap-1', functions: [] },
};

describe('reading all apps', () => {
  it('shows nothing of an answer that comes when nobody waits any more', async () => {
    let store: AppStore;
    const shown = () => {
      const { apps, containers, endpoints, details } = store.state.snapshot;
      return {
        all: apps.length + containers.length + endpoints.length,
        describeApp: details.size,
        containerGpu: containers.filter(({ gpu }) => gpu).length,
        endpointInfo: endpoints.filter(({ info }) => info).length,
      };
    };
    const asked = await cancelWithEachAnswer<Services>(
      () => lists,
      (services, signal) => {
        store = new AppStore(
          {
            get: (given) => services.connect(given).then(() => services),
            cacheKey: () => Promise.resolve('key'),
          },
          { get: () => undefined, update: () => Promise.resolve() },
          silentLogger,
        );
        return store.refresh(signal);
      },
      (name) => expect(shown()[name as 'describeApp'] ?? shown().all, name).toBe(0),
    );
    expect(asked).toEqual(
      expect.arrayContaining(['listApps', 'describeApp', 'containerGpu', 'endpointInfo']),
    );
  });
});

describe('reading sandboxes', () => {
  it('of each app ends at once when it is cancelled, also once the server is known to want that', async () => {
    const asked = await cancelAtEachCall<ControlPlane>(
      () => ({
        listSandboxes: ({ appId }: { appId?: string }) =>
          appId ? { sandboxes: [], more: false } : Promise.reject(new ModalError('invalid', 'no')),
      }),
      async (plane, signal) => {
        const reader = new SandboxReader();
        for (let time = 0; time < 2; time++)
          await reader.read(plane, 'main', [appOf({ runningContainers: 1 })], signal);
      },
    );
    // The first time without an app too.
    expect(asked).toHaveLength(3);
  });
});

describe('what only a closed window ends', () => {
  it('reading the functions of an app ends with the store', async () => {
    const asked = await cancelAtEachCall<Services>(
      () => ({ connect: undefined, describeApp: { appId: 'ap-1', functions: [] } }),
      async (services, signal) => {
        // The rows of the cache are there when Modal cannot be reached.
        const ways = [() => Promise.reject(new ModalError('offline', 'no'))];
        const store = new AppStore(
          {
            get: (given) => ways.pop()?.() ?? services.connect(given).then(() => services),
            cacheKey: () => Promise.resolve('key'),
          },
          {
            get: () => storeSnapshot({ ...emptySnapshot, apps: [appOf()] }),
            update: () => Promise.resolve(),
          },
          silentLogger,
        );
        await store.refresh();
        signal.addEventListener('abort', () => store.dispose());
        await store.loadDetails('ap-1');
      },
      'quietly',
    );
    expect(asked).toEqual(['connect', 'describeApp']);
  });

  it('a fact that is read for a row ends with the view', async () => {
    const asked = await cancelAtEachCall<Services>(
      () => ({ containerInfo: {} }),
      async (services, signal) => {
        const facts = new LazyFacts((id, given) => services.containerInfo(id, given));
        signal.addEventListener('abort', () => facts.dispose());
        await facts.ensure('ta-1', '1');
      },
      'quietly',
    );
    expect(asked).toEqual(['containerInfo']);
  });
});
