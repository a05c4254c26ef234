import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../../src/domain/errors.ts';
import { deployedValues } from '../../../../src/domain/lifecycle.ts';
import type { Container } from '../../../../src/domain/app.ts';
import { silentLogger } from '../../../../src/shared/logger.ts';
import { FieldChecks } from '../../../../src/modal/fieldChecks.ts';
import { toAutoscaler, toContainerInfo, toVersions } from '../../../../src/modal/lifecycle.ts';
import { toDeployedApp } from '../../../../src/modal/lists.ts';
import { withPlan } from '../../../../src/modal/plans.ts';
import { replaceContainers } from '../../../../src/modal/replaceContainers.ts';

const checks = new FieldChecks(silentLogger, 'https://api.modal.com:443');

type History = Parameters<typeof toVersions>[0];
type Item = History['appDeploymentHistories'][number];

const item = (version: number, changes: Partial<Item> = {}): Item => ({
  appId: 'ap-1',
  version,
  clientVersion: '1.6.4',
  deployedAt: 1_700_000_000.5,
  deployedBy: 'alice',
  deployedByAvatarUrl: '',
  tag: '',
  rollbackVersion: 0,
  rollbackAllowed: true,
  commitInfo: undefined,
  deploymentType: 1,
  ...changes,
});

describe('the deployment history', () => {
  it('comes newest first, in our words', () => {
    const commitInfo = {
      vcs: 'git',
      branch: 'main',
      commitHash: 'a1b2c3d4'.repeat(5),
      commitTimestamp: 900,
      dirty: true,
      authorName: 'Alice',
      authorEmail: 'a@example.com',
      repoUrl: 'https://example.com/repo',
    };
    const history = {
      appDeploymentHistories: [
        item(1, { tag: 'first', commitInfo }),
        item(3, { deploymentType: 2, rollbackVersion: 1, rollbackAllowed: false }),
        item(2, { deploymentType: 5 }),
      ],
      productionAppVersion: 3,
    };
    const versions = toVersions(history, checks);
    expect(versions.map(({ number, kind, live }) => [number, kind, live])).toEqual([
      [3, 'rollback', true],
      [2, 'staged', false],
      [1, 'standard', false],
    ]);
    expect(versions[0]).toMatchObject({ rollbackOf: 1, rollbackAllowed: false });
    expect(versions[2]).toEqual({
      number: 1,
      deployedAt: 1_700_000_000_500,
      deployedBy: 'alice',
      clientVersion: '1.6.4',
      tag: 'first',
      kind: 'standard',
      rollbackAllowed: true,
      live: false,
      commit: {
        hash: 'a1b2c3d4'.repeat(5),
        branch: 'main',
        dirty: true,
        author: 'Alice',
        time: 900_000,
        repoUrl: 'https://example.com/repo',
      },
    });
    expect(versions[1]).not.toHaveProperty('commit');
  });
});

describe('a container', () => {
  const info = {
    id: 'ta-1',
    startedAt: 0,
    finishedAt: 0,
    result: undefined,
    enqueuedAt: 1_700_000_010,
    gpuType: '',
    sandboxId: '',
    snapshotBehavior: 0,
    gpuConfig: undefined,
  } satisfies Parameters<typeof toContainerInfo>[0];

  it('is starting, running, then finished with its reason', () => {
    const read = (changes: Partial<typeof info> | object) =>
      toContainerInfo({ ...info, ...changes }, 'ta-1', checks);
    expect(read({})).toEqual({ id: 'ta-1', gpu: '', state: 'starting', enqueuedAt: 1_700_000_010_000 });
    const gpuConfig = { type: 0, count: 2, gpuType: 'A10' } as NonNullable<
      Parameters<typeof toContainerInfo>[0]['gpuConfig']
    >;
    expect(read({ startedAt: 1_700_000_012, gpuType: 'A10', gpuConfig })).toMatchObject({
      state: 'running',
      gpu: 'A10:2',
      readyAt: 1_700_000_012_000,
    });
    const result = { status: 8, exception: '' } as NonNullable<
      Parameters<typeof toContainerInfo>[0]['result']
    >;
    expect(read({ startedAt: 1_700_000_012, finishedAt: 1_700_000_013, result })).toMatchObject({
      state: 'finished',
      result: 'ran out of memory',
    });
  });
});

describe('autoscaling', () => {
  const configuration = {
    settings: { minContainers: 2, maxContainers: 5, bufferContainers: 3, scaledownWindow: 60 },
    defaultSettings: { minContainers: 0, scaledownWindow: 60 },
    staticSettings: { maxContainers: 5 },
    overrideSettings: { minContainers: 2 },
    overrideEvents: {
      min_containers: { userId: 'us-1', serviceUserId: '', timestamp: 1_700_000_007, requestedBy: 'alice' },
      unknown_field: { userId: '', serviceUserId: '', timestamp: 1_700_000_007, requestedBy: '' },
    },
  };
  const autoscaler = toAutoscaler(configuration, checks)!;

  it('says what is in force and who changed what', () => {
    expect(autoscaler.inForce).toEqual({
      minContainers: 2,
      maxContainers: 5,
      bufferContainers: 3,
      scaledownWindow: 60,
    });
    expect(autoscaler.coded).toEqual({ maxContainers: 5 });
    expect(autoscaler.overrides).toEqual({ minContainers: { by: 'alice', at: 1_700_000_007_000 } });
  });

  it('knows what the next deploy would set', () => {
    expect(deployedValues(autoscaler)).toEqual({
      minContainers: 0,
      maxContainers: 5,
      bufferContainers: 3,
      scaledownWindow: 60,
    });
  });
});

describe('refusals', () => {
  it('name the plan that a rollback needs', () => {
    const said = withPlan('rollback', new ModalError('forbidden', 'no', { detail: 'plan starter' }));
    expect(said).toMatchObject({ kind: 'forbidden', detail: 'plan starter' });
    expect(said.message).toContain("Rollback needs Modal's Team or Enterprise plan");
    const state = withPlan('rollback', new ModalError('conflict', 'App is not deployed'));
    expect(state.message).toBe(
      "App is not deployed. Rollback needs Modal's Team or Enterprise plan, and the app must be deployed.",
    );
  });

  it('of another kind stay as they are', () => {
    const error = new ModalError('notFound', 'Version 9 not found');
    expect(withPlan('rollback', error)).toBe(error);
  });
});

describe('replacing containers', () => {
  it('stops those asked for before the deploy, once, and waits until they are gone', async () => {
    const old: Container[] = [
      { id: 'ta-1', appId: 'ap-1', enqueuedAt: 5 },
      { id: 'ta-2', appId: 'ap-1', enqueuedAt: 10 },
    ];
    const lists = [old, old, old.slice(1)];
    const stopped: string[] = [];
    const count = await replaceContainers(
      {
        listContainers: () => Promise.resolve(lists.shift() ?? []),
        stopContainer: (id) => Promise.resolve(void stopped.push(id)),
      },
      { appId: 'ap-1', environment: 'main', deployedAt: 10 },
    );
    expect(stopped).toEqual(['ta-1']);
    expect(count).toBe(1);
    expect(lists).toEqual([]);
  });
});

describe('an app that is deployed', () => {
  it('is told with its version, which says whether a cancelled deploy was published', () => {
    const appId = 'ap-0123456789012345678901';
    const lifecycle = { version: 7, deployedAt: 1_700_000_000 };
    const found = { appId, lifecycle } as unknown as Parameters<typeof toDeployedApp>[0];
    expect(toDeployedApp(found, checks)).toEqual({ appId, version: 7, deployedAt: 1_700_000_000_000 });
    expect(toDeployedApp({ ...found, appId: '' }, checks)).toBeUndefined();
  });
});
