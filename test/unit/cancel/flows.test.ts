/**
 * Everything that asks Modal and can be cancelled, cancelled at each of its calls. A call that is not told of it would
 * go on, and whoever cancelled would wait for it.
 */
import { describe, expect, it } from 'vitest';
import { DeployRun } from '../../../src/features/deploy/core/deployRun.ts';
import type { DeployPlan } from '../../../src/features/deploy/core/plan.ts';
import { planDeploy } from '../../../src/features/deploy/core/planDeploy.ts';
import { recoverDeploy } from '../../../src/features/deploy/core/recovery.ts';
import { planRun, planServe } from '../../../src/features/workspace/core/running/scriptProcess.ts';
import { createPlannedSecrets } from '../../../src/features/deploy/core/secret.ts';
import { endUnfinished } from '../../../src/features/deploy/core/unfinished.ts';
import type { Container } from '../../../src/domain/app.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import type { LogBatch, LogChunk } from '../../../src/domain/log.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { Runnable } from '../../../src/domain/script.ts';
import type { ModalCli } from '../../../src/modal/cli.ts';
import type { Connection } from '../../../src/modal/connection.ts';
import { replaceContainers } from '../../../src/modal/replaceContainers.ts';
import { readCallFacts } from '../../../src/features/requests/core/callFacts.ts';
import type { HealthServices } from '../../../src/features/health/core/checkHealth.ts';
import { checkHealth } from '../../../src/features/health/core/checkHealth.ts';
import { watchContainers } from '../../../src/features/loadTest/core/watchContainers.ts';
import { parseScript } from '../../../src/features/workspace/core/parseScript.ts';
import { AppStore } from '../../../src/store/appStore.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';
import type { Flow, PlaneServices } from '../support/hanging.ts';
import { cancelAtEachCall, cancelWithEachAnswer, inTurn } from '../support/hanging.ts';
import { httpResult } from '../support/httpResult.ts';

type HealthCalls = Pick<HealthServices, 'connect' | 'containers' | 'get'>;

interface LookingFlow extends Flow {
  /** What it asks again to know how it has ended. */
  readonly looksAgainAfter?: keyof PlaneServices;
}

const connection = { environment: '', profile: 'p' } as Connection;
const environment = { name: 'main', isDefault: true };
const container = (changes: Partial<Container> = {}): Container => ({
  id: 'ta-1',
  appId: 'ap-1',
  enqueuedAt: 1,
  ...changes,
});
const details = {
  appId: 'ap-1',
  functions: [{ id: 'fu-1', tag: 'web', kind: 'function', gpus: ['T4'], endpoints: [] }],
};
const source = '@app.function(secrets=[modal.Secret.from_name("mine")])\ndef go(): pass\n';
const scriptApp = parseScript(`import modal\napp = modal.App("demo")\n${source}`).apps[0]!;
const script = { script: '/work/demo.py', app: scriptApp };
const planned = (secrets: readonly string[]): DeployPlan =>
  ({
    target: { kind: 'bundled', app: catalogApp() },
    title: 'Demo',
    appName: 'demo-app',
    environment: 'main',
    cwd: '/',
    script: '/app.py',
    settings: {},
    args: [],
    secrets: secrets.map((generate) => ({
      secret: { name: generate, keys: ['KEY'], generate, required: true, purpose: '' },
      state: 'created',
    })),
  }) as unknown as DeployPlan;
const range = { since: Date.UTC(2026, 0), until: Date.UTC(2026, 0, 2) };
const chunk = (text: string, changes: Partial<LogChunk> = {}): LogChunk => ({
  ...{ source: 'stdout', containerId: 'ta-1', functionId: '', callId: '', entryId: '', time: range.since },
  text,
  ...changes,
});
async function* stream(...batches: Partial<LogBatch>[]): AsyncGenerator<LogBatch> {
  for (const batch of batches)
    yield await Promise.resolve({ entryId: '', chunks: [], appDone: false, ...batch });
}
const readsOfStore = {
  connect: undefined,
  listEnvironments: [environment],
  whoAmI: { workspace: 'me' },
  listApps: [appOf({ runningContainers: 1 })],
  listContainers: [container()],
  listSandboxes: { sandboxes: [], more: false },
  listEndpoints: [{ id: 'ep-1', name: 'chat', environment: 'main', status: 'Live', stamp: '1' }],
  containerGpu: 'T4',
  endpointInfo: {},
  describeApp: details,
};
const storeOf = (services: PlaneServices) =>
  new AppStore(
    {
      get: (signal) => services.connect(signal).then(() => services),
      cacheKey: () => Promise.resolve('key'),
    },
    { get: () => undefined, update: () => Promise.resolve() },
    silentLogger,
  );
const reads = { listEnvironments: [environment], rates: datedRates };
const deployed = { findDeployedApp: { appId: 'ap-1' }, describeApp: details, history: [] };
const unfinished = [appOf({ state: 'initializing' })];

const flows: readonly LookingFlow[] = [
  {
    title: 'planning the deploy of a bundled app',
    answers: () => ({ ...reads, ...deployed, hasSecret: false }),
    run: (plane, signal) =>
      planDeploy({ kind: 'bundled', app: catalogApp() }, { plane, connection, environment: '', signal }),
    calls: ['listEnvironments', 'rates', 'findDeployedApp', 'hasSecret', 'describeApp', 'history'],
  },
  {
    title: 'planning the deploy of a script',
    answers: () => ({ ...reads, ...deployed, hasSecret: true }),
    run: (plane, signal) =>
      planDeploy({ kind: 'script', ...script }, { plane, connection, environment: '', signal }),
    calls: ['listEnvironments', 'rates', 'findDeployedApp', 'hasSecret', 'describeApp', 'history'],
  },
  {
    title: 'planning the deploy of a script that does not tell its name',
    answers: () => ({ ...reads, ...deployed }),
    run: (plane, signal) =>
      planDeploy(
        { kind: 'script', script: '/work/demo.py' },
        { plane, connection, environment: '', signal, lastName: () => 'demo' },
      ),
    calls: ['listEnvironments', 'findDeployedApp', 'describeApp', 'history'],
  },
  {
    title: 'planning a serve',
    answers: () => reads,
    run: (plane, signal) => planServe(script, { plane, connection, environment: '', signal }),
    calls: ['listEnvironments', 'rates'],
  },
  {
    title: 'planning a run',
    answers: () => reads,
    run: (plane, signal) =>
      planRun(
        script,
        { name: 'go' } as Runnable,
        { args: [], shownArgs: [] },
        {
          ...{ plane, connection, environment: '', signal },
        },
      ),
    calls: ['listEnvironments', 'rates'],
  },
  {
    title: 'making the secrets of a deploy',
    answers: () => ({ createSecret: undefined, createProxyToken: 'wk-1.ws-1' }),
    run: (plane, signal) =>
      createPlannedSecrets(
        planned(['api-key', 'proxy-token']),
        { plane, keepKey: () => Promise.resolve() },
        signal,
      ),
    calls: ['createSecret', 'createProxyToken'],
  },
  {
    title: 'a deploy before its command runs',
    answers: () => ({ createSecret: undefined, findDeployedApp: undefined }),
    run: (plane, signal) => {
      const run = new DeployRun(planned(['api-key']));
      signal.addEventListener('abort', () => run.cancel());
      return run.deploy({
        ...{ plane, connection, env: {}, logger: silentLogger, keepKey: () => Promise.resolve() },
        cli: { command: '/no/such/modal', args: [] } as unknown as ModalCli,
      });
    },
    calls: ['createSecret', 'findDeployedApp'],
    looksAgainAfter: 'findDeployedApp',
  },
  {
    title: 'ending what a deploy has left',
    answers: () => ({ listApps: unfinished, disconnectApp: undefined }),
    run: (plane, signal) => endUnfinished({ environment: 'main', appId: 'ap-1' }, plane, signal),
    calls: ['listApps', 'disconnectApp'],
  },
  {
    title: 'finding out what became of a deploy',
    answers: () => ({ listApps: unfinished, disconnectApp: undefined }),
    run: (plane, signal) =>
      recoverDeploy(
        {
          ...{ id: '1', account: '', title: '', startedAt: 1, appId: 'ap-1' },
          ...{ appName: 'demo', environment: 'main' },
        },
        plane,
        signal,
      ),
    calls: ['listApps', 'disconnectApp', 'listApps'],
  },
  {
    title: 'replacing containers',
    answers: () => ({ listContainers: inTurn([container()], []), stopContainer: undefined }),
    run: (plane, signal) =>
      replaceContainers(plane, { appId: 'ap-1', environment: 'main', deployedAt: 2, pauseMs: 1 }, signal),
    calls: ['listContainers', 'stopContainer', 'listContainers'],
  },
  {
    title: 'asking how a call was served',
    answers: () => ({
      connect: undefined,
      listContainers: [container({ enqueuedAt: 1000 })],
      describeApp: details,
      streamLogs: () => stream({ chunks: [chunk('', { phase: 'running' })] }),
    }),
    run: (services, signal) =>
      readCallFacts(
        {
          plane: (given) => services.connect(given).then(() => services),
          rates: () => datedRates,
        },
        {
          ...{ app: appOf(), endpoint: endpointOf(), sentAt: 1000 },
          result: httpResult('', { timing: { connect: 0, firstByte: 5, total: 5, polls: 0 } }),
        },
        signal,
      ),
    calls: ['connect', 'listContainers', 'describeApp', 'streamLogs'],
    ends: 'quietly',
  },
  {
    title: 'watching the containers of a load test',
    answers: () => ({
      listContainers: [container()],
      functionStats: { backlog: 0 },
      containerGpu: 'T4',
    }),
    run: (plane, signal) => {
      const looked = new AbortController();
      return watchContainers(
        {
          ...{ plane, environment: 'main', appId: 'ap-1', functionId: 'fu-1', logger: silentLogger },
          onLook: () => looked.abort(),
        },
        AbortSignal.any([signal, looked.signal]),
      );
    },
    calls: ['listContainers', 'functionStats', 'containerGpu'],
    ends: 'quietly',
  },
  {
    title: 'reading all apps',
    answers: () => readsOfStore,
    run: (services, signal) => storeOf(services).refresh(signal),
    calls: [
      ...(['connect', 'listEnvironments', 'whoAmI', 'listApps', 'listContainers'] as const),
      ...(['listSandboxes', 'listEndpoints', 'containerGpu', 'endpointInfo', 'describeApp'] as const),
    ],
    ends: 'quietly',
  },
];

describe.each(flows)('$title', ({ answers, run, calls, ends, looksAgainAfter }) => {
  it('ends at once when it is cancelled, whichever call it waits for', async () => {
    expect(await cancelAtEachCall<PlaneServices>(answers, run, ends)).toEqual(calls);
  });

  it('sends nothing else when it is cancelled just as a call is answered', async () => {
    const asked = await cancelWithEachAnswer<PlaneServices>(answers, run, (name, after) =>
      // A deploy may have been published all the same.
      expect(after, name).toEqual(name === looksAgainAfter ? [name] : []),
    );
    expect(asked).toEqual(calls);
  });
});

describe('a health check', () => {
  it('ends at once when it is cancelled, whichever question it waits for', async () => {
    const asked = await cancelAtEachCall<HealthCalls>(
      () => ({
        connect: { address: '', nameMs: 0, connectMs: 0 },
        containers: { running: 1, starting: 0 },
        get: httpResult('{}'),
      }),
      (services, signal) =>
        checkHealth(
          { bundled: true, cheap: true, requiresProxyAuth: false, key: 'kept', limitMs: 60_000 },
          {
            connect: (given) => services.connect(given),
            containers: (given) => services.containers(given),
            get: (path, given) => services.get(path, given),
            mayWake: () => Promise.resolve(true),
            onLine: () => undefined,
          },
          signal,
        ),
    );
    expect(asked).toEqual(['connect', 'containers', 'get', 'get', 'get']);
  });
});
