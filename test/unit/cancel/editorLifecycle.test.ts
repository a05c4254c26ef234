/** What the editor does with deployed apps, cancelled at each of its calls. */
import { describe, expect, it, vi } from 'vitest';
import { plain } from '../../../src/shared/text.ts';
import type { Container, ModalFunction } from '../../../src/domain/app.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import type { AppVersion, Autoscaler } from '../../../src/domain/lifecycle.ts';
import type { AppStore, PlaneSource } from '../../../src/store/appStore.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { resolveLogTarget } from '../../../src/features/logs/ui/resolveLogTarget.ts';
import { openDashboard } from '../../../src/features/apps/ui/openDashboard.ts';
import {
  changeAutoscaling,
  resolveFunction,
} from '../../../src/features/apps/ui/lifecycle/changeAutoscaling.ts';
import { openShell, stopContainer } from '../../../src/features/apps/ui/lifecycle/containers.ts';
import { rollBack, rollOver } from '../../../src/features/apps/ui/lifecycle/redeploy.ts';
import {
  stopManaged,
  stopSandbox,
  stopServerContainers,
} from '../../../src/features/apps/ui/lifecycle/running.ts';
import { readHistory } from '../../../src/features/apps/ui/lifecycle/showHistory.ts';
import { stopApp } from '../../../src/features/apps/ui/lifecycle/stopApp.ts';
import type { AppRowTarget } from '../../../src/domain/target.ts';
import { LifecycleRows } from '../../../src/features/apps/ui/lifecycleRows.ts';
import { appOf } from '../support/apps.ts';
import type { EditorFlow, Waits } from '../support/editorFlows.ts';
import { cancelFlows, planesOf } from '../support/editorFlows.ts';
import { cancelAtEachCall } from '../support/hanging.ts';
import { managedOf, sandboxOf } from '../support/running.ts';

vi.mock('vscode', () => import('../support/flowEditor.ts'));
vi.mock('../../../src/editor/withSignal.ts', () => import('../support/flowEditor.ts'));

const app = appOf({ runningContainers: 1 });
const fn: ModalFunction = { id: 'fu-1', tag: 'web', kind: 'function', gpus: ['T4'], endpoints: [] };
const server: ModalFunction = { ...fn, id: 'fu-2', tag: 'Server', kind: 'server' };
const container: Container = { id: 'ta-1', appId: 'ap-1', enqueuedAt: 1 };
const details = { appId: 'ap-1', functions: [fn, server] };
const coded = { minContainers: 0, maxContainers: 0, bufferContainers: 0, scaledownWindow: 60 };
const autoscaler: Autoscaler = {
  inForce: { ...coded, minContainers: 1 },
  coded,
  defaults: {},
  overrides: {},
};
const version = (number: number): AppVersion => ({
  ...{ number, deployedAt: 1, deployedBy: 'ann', clientVersion: '1.0', tag: '' },
  ...{ kind: 'standard' as const, rollbackAllowed: true, live: false },
});
const redeployed = () => Promise.resolve({ deployedAt: 2, warnings: [] });
const facts = { connect: undefined, describeApp: details, rates: datedRates };

/** Making a version cannot be taken back half-way, so nothing cancels it. */
const withVersions = (waits: Waits): Waits =>
  new Proxy(waits, {
    get: (target, name): unknown =>
      name === 'rollback' || name === 'rollover' ? redeployed : Reflect.get(target, name),
  });
const storeOf = () =>
  ({
    state: {
      snapshot: {
        ...emptySnapshot,
        apps: [app],
        containers: [container],
        details: new Map([['ap-1', details]]),
      },
    },
    onDidChange: () => ({ dispose: () => undefined }),
  }) as unknown as AppStore;
const rowsOf = (waits: Waits) => new LifecycleRows(planesOf(waits) as unknown as PlaneSource, storeOf());

const flows: readonly EditorFlow[] = [
  {
    title: 'stopping an app',
    answers: () => ({ ...facts, stopApp: undefined }),
    run: (services) => stopApp(services, app),
    calls: ['connect', 'describeApp', 'rates', 'connect', 'stopApp'],
  },
  {
    title: 'stopping a container',
    answers: () => ({ connect: undefined, stopContainer: undefined }),
    run: (services) => stopContainer(services, { app, container }),
    calls: ['connect', 'stopContainer'],
  },
  {
    title: 'stopping a sandbox',
    answers: () => ({ connect: undefined, rates: datedRates, stopSandbox: true }),
    run: (services) => stopSandbox(services, { app, sandbox: sandboxOf() }),
    calls: ['connect', 'rates', 'connect', 'stopSandbox'],
  },
  {
    title: 'stopping a managed endpoint',
    answers: () => ({ connect: undefined, rates: datedRates, stopEndpoint: undefined }),
    run: (services) => stopManaged(services, { app, managed: managedOf() }),
    calls: ['connect', 'rates', 'connect', 'stopEndpoint'],
  },
  {
    title: 'stopping the containers of a server',
    answers: () => ({
      ...{ connect: undefined, rates: datedRates, serverContainers: ['ta-1', 'ta-2'] },
      ...{ serverInfo: undefined, stopContainer: undefined },
    }),
    run: (services) => stopServerContainers(services, { app, fn: server }),
    calls: [
      ...(['connect', 'serverContainers', 'serverInfo', 'rates'] as const),
      ...(['connect', 'stopContainer', 'stopContainer'] as const),
    ],
  },
  {
    title: 'choosing a function of an app',
    user: { picks: ['web'] },
    answers: () => facts,
    run: (services) => resolveFunction(services, { kind: 'app', app }, plain('Change')),
    calls: ['connect', 'describeApp', 'rates'],
  },
  {
    title: 'changing autoscaling',
    user: { picks: ['Reset'] },
    answers: () => ({ ...facts, autoscaler, updateAutoscaler: undefined }),
    run: (services) =>
      changeAutoscaling({ ...services, lifecycle: { readAutoscaler: () => undefined } } as never, {
        app,
        fn,
      }),
    calls: ['connect', 'autoscaler', 'connect', 'describeApp', 'rates', 'connect', 'updateAutoscaler'],
  },
  {
    title: 'rolling an app back',
    user: { presses: ['Roll Back and Stop Old Containers'] },
    answers: () => ({ ...facts, listContainers: [] }),
    run: (services, waits) =>
      rollBack(
        { ...services, planes: planesOf(withVersions(waits)) } as never,
        ...([app, version(1), version(2)] as const),
      ),
    calls: ['connect', 'describeApp', 'rates', 'connect', 'listContainers'],
  },
  {
    title: 'rolling an app over',
    user: { presses: ['Restart and Stop Old Containers'] },
    answers: () => ({ ...facts, listContainers: [] }),
    run: (services, waits) => rollOver({ ...services, planes: planesOf(withVersions(waits)) } as never, app),
    calls: ['connect', 'describeApp', 'rates', 'connect', 'listContainers'],
  },
  {
    title: 'opening a shell',
    answers: () => ({ findCli: { command: 'modal', args: [] } }),
    run: (services) => openShell(services, { id: 'ta-1', name: 'demo' }),
    calls: ['findCli'],
  },
  {
    title: 'opening the dashboard',
    answers: () => ({ connect: undefined }),
    run: (services, waits) =>
      openDashboard(
        {
          get: (signal) =>
            services.planes.get(signal).then(() => ({ ...waits, dashboardUrl: () => 'https://modal.com/' })),
        },
        'ap-1',
      ),
    calls: ['connect'],
  },
  {
    title: 'the log of a sandbox',
    answers: () => ({ connect: undefined, sandboxContainer: 'ta-9' }),
    run: (services) => {
      const sandbox = { kind: 'sandbox', app, sandbox: sandboxOf({ containerId: '' }) } as const;
      return resolveLogTarget(services, sandbox, plain('Follow'));
    },
    calls: ['connect', 'sandboxContainer'],
  },
  {
    title: 'reading the history of an app',
    answers: () => ({ connect: undefined, history: [version(1)] }),
    run: (services, waits) => readHistory({ ...services, lifecycle: rowsOf(waits) }, app),
    calls: ['connect', 'history'],
  },
];

describe('a cancelled flow', () => {
  cancelFlows(flows);
});

/** Opens a row, and disposes of the view as the window closes. */
const untilRead = (target: AppRowTarget, count: number) => (waits: Waits, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const rows = rowsOf(waits);
    signal.addEventListener('abort', () => {
      rows.dispose();
      resolve();
    });
    let changes = 0;
    // Each fact changes as it begins to be read and as it is there.
    rows.onDidChange(() => ++changes === 2 * count && resolve());
    rows.expanded(target);
  });

describe('rows of apps', () => {
  const answers = { connect: undefined, history: [], autoscaler };
  const servers = { serverInfo: { regions: [] }, serverContainers: [] };

  it('read nothing any more for a window that closes', async () => {
    const versions = { kind: 'versions', app } as unknown as AppRowTarget;
    const asked = await cancelAtEachCall<Waits>(() => answers, untilRead(versions, 1), 'quietly');
    expect(asked).toEqual(['connect', 'history']);
  });

  it('read no facts of functions any more for a window that closes', async () => {
    const opened = { kind: 'app', app } as unknown as AppRowTarget;
    const asked = await cancelAtEachCall<Waits>(
      () => ({ ...answers, ...servers }),
      untilRead(opened, 4),
      'quietly',
    );
    expect(asked.filter((name) => name === 'connect')).toHaveLength(4);
    expect(asked.filter((name) => name !== 'connect').sort()).toEqual([
      ...['autoscaler', 'autoscaler', 'serverContainers', 'serverInfo'],
    ]);
  });
});
