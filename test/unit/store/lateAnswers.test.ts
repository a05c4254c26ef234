import { describe, expect, it } from 'vitest';
import type { AppDetails } from '../../../src/domain/app.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import type { AppStoreState } from '../../../src/store/appStore.ts';
import { AppStore } from '../../../src/store/appStore.ts';
import { appOf } from '../support/apps.ts';
import { endpointInfoOf, managedOf, sandboxOf } from '../support/running.ts';

type Answer = () => unknown;

/** What an account has; each id, name and figure says whose it is. */
function answersOf(who: string, count: number): Readonly<Record<string, Answer>> {
  const app = appOf({
    id: `ap-${who}`,
    name: `${who}-app`,
    environment: who,
    version: 1,
    runningContainers: count,
  });
  return {
    whoAmI: () => ({ workspace: `${who}-workspace`, user: `${who}-user` }),
    listEnvironments: () => [
      { name: who, isDefault: true, runningContainers: count, runningGpus: count, runningSandboxes: count },
    ],
    listApps: () => [app],
    listContainers: () => [{ id: `ta-${who}`, appId: app.id, enqueuedAt: 1 }],
    listSandboxes: () => ({ sandboxes: [sandboxOf({ id: `sb-${who}`, environment: who })], more: false }),
    listEndpoints: () => [
      managedOf({ id: `en-${who}`, name: `${who}-model`, environment: who, createdBy: who }),
    ],
    describeApp: (): AppDetails => ({ appId: app.id, functions: [], version: 1 }),
    containerGpu: () => `${who}-gpu`,
    endpointInfo: () => endpointInfoOf({ appId: app.id, url: `https://${who}.modal.run` }),
  };
}

/** An account whose calls are answered, but for one by name: that one is answered or fails when the test says so. */
function account(who: string, count: number, held?: string) {
  const reached = Promise.withResolvers<undefined>();
  const late = Promise.withResolvers<undefined>();
  const asked: string[] = [];
  const calls = Object.entries(answersOf(who, count)).map(([name, answer]) => {
    const call = async () => {
      asked.push(name);
      if (name !== held) return answer();
      reached.resolve(undefined);
      await late.promise;
      return answer();
    };
    return [name, call] as const;
  });
  const plane = Object.fromEntries(calls) as unknown as ControlPlane;
  return { plane, asked, reached: reached.promise, late };
}

const memory = () => {
  const values = new Map<string, unknown>();
  return {
    values,
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
};

/** Lets everything happen that waits for nothing but its turn. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('an answer to the account of before', () => {
  const calls = Object.keys(answersOf('ann', 1));

  it('is asked for by each of these calls', async () => {
    const { plane, asked } = account('ann', 1);
    const source = { get: () => Promise.resolve(plane), cacheKey: () => Promise.resolve('ann') };
    const store = new AppStore(source, memory(), silentLogger);
    await store.refresh();
    expect([...new Set(asked)].sort()).toEqual([...calls].sort());
  });

  describe.each(['answered', 'not offered there'] as const)('that is %s', (how) => {
    it.each(calls)('changes nothing when it comes after the profile was switched: %s', async (held) => {
      const ann = account('ann', 1, held);
      const bob = account('bob', 2);
      let now = ann;
      const source = {
        get: () => Promise.resolve(now.plane),
        cacheKey: () => Promise.resolve(now === ann ? 'ann' : 'bob'),
      };
      const cache = memory();
      const store = new AppStore(source, cache, silentLogger);
      const first = store.refresh();
      await ann.reached;
      now = bob;
      store.reconnect();
      const second = store.refresh();
      await settle();
      if (how === 'answered') ann.late.resolve(undefined);
      else ann.late.reject(new ModalError('unsupported', 'no such call'));
      await Promise.all([first, second]);
      await store.refresh();
      expect(JSON.stringify(store.state, unfolded)).not.toMatch(/ann/);
      expect(JSON.stringify(cache.get('bob'), unfolded)).not.toMatch(/ann/);
      const alone = account('bob', 2);
      const other = new AppStore(
        { get: () => Promise.resolve(alone.plane), cacheKey: () => Promise.resolve('bob') },
        memory(),
        silentLogger,
      );
      await other.refresh();
      await other.refresh();
      expect(untimed(store.state)).toEqual(untimed(other.state));
      expect(new Set(bob.asked)).toEqual(new Set(alone.asked));
    });
  });
});

/** What is known, but for when it was read. */
function untimed({ snapshot, ...state }: AppStoreState): unknown {
  return { ...state, snapshot: { ...snapshot, readAt: 0, listedAt: [...snapshot.listedAt.keys()] } };
}

/** Maps as lists, which JSON leaves out. */
function unfolded(_: string, value: unknown): unknown {
  return value instanceof Map ? [...(value as Map<unknown, unknown>)] : value;
}
