/** Requests, health checks and load tests, cancelled in the editor at each of their calls. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { datedRates } from '../../../src/domain/cost.ts';
import type { HttpResult } from '../../../src/domain/request.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import type { LoadPlan } from '../../../src/domain/load.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { plainNetwork } from '../../../src/domain/network.ts';
import { plain } from '../../../src/shared/text.ts';
import type { HealthLine } from '../../../src/features/health/core/healthLine.ts';
import type { Services } from '../../../src/commands/services.ts';
import type { AnswerServices } from '../../../src/features/requests/ui/answerSession.ts';
import { AnswerSession } from '../../../src/features/requests/ui/answerSession.ts';
import { checkHealth } from '../../../src/features/health/ui/healthFlow.ts';
import { HealthList } from '../../../src/features/health/ui/healthList.ts';
import { loadTest } from '../../../src/features/loadTest/ui/loadFlow.ts';
import { LoadRun } from '../../../src/features/loadTest/ui/loadRun.ts';
import type { RequestEditorServices } from '../../../src/features/requests/ui/requestEditor.ts';
import { RequestEditor } from '../../../src/features/requests/ui/requestEditor.ts';
import { RequestSession } from '../../../src/features/requests/ui/requestSession.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';
import type { EditorFlow, Waits } from '../support/editorFlows.ts';
import { cancelFlows } from '../support/editorFlows.ts';
import { lists } from '../support/flowEditor.ts';
import { httpResult } from '../support/httpResult.ts';
import { turns } from '../support/turns.ts';

vi.mock('vscode', () => import('../support/flowEditor.ts'));
vi.mock('../../../src/editor/withSignal.ts', () => import('../support/flowEditor.ts'));
const outside = vi.hoisted(() => ({
  dial: undefined as ((url: string, signal: AbortSignal) => unknown) | undefined,
  load: undefined as ((job: object, signal: AbortSignal) => unknown) | undefined,
}));
vi.mock('../../../src/features/health/core/connect.ts', () => ({
  connectTo: (url: string, signal: AbortSignal) => outside.dial?.(url, signal),
}));
vi.mock('../../../src/features/loadTest/core/run.ts', () => ({
  runLoad: (_file: string, job: object, signal: AbortSignal) => outside.load?.(job, signal),
}));
// Their form and panel show only what is asked here.
vi.mock('../../../src/features/loadTest/ui/loadForm.ts', () => ({
  editLoad: (target: object, plan: object) => Promise.resolve({ target, plan }),
}));
vi.mock('../../../src/features/loadTest/ui/loadPanel.ts', () => ({
  LoadPanel: class {
    static options = () => ({});
    readonly start: (target: object, plan: object) => Promise<unknown>;

    constructor(
      _view: object,
      _services: object,
      flow: { prepare: (...parts: unknown[]) => Promise<unknown> },
    ) {
      this.start = (target, plan) => flow.prepare(target, plan, () => undefined);
    }
  },
}));

const app = appOf({ name: 'demo-app', runningContainers: 1 });
const endpoint = endpointOf();
const target = { app, endpoint };
const fn = { id: 'fu-1', tag: 'web', kind: 'function', gpus: ['T4'], endpoints: [endpoint] };
const details = { appId: 'ap-1', functions: [fn] };
const container = { id: 'ta-1', appId: 'ap-1', enqueuedAt: 1, startedAt: 2, gpu: 'T4' };
const plan: LoadPlan = {
  ...{ amount: { kind: 'requests', count: 1 }, concurrency: 1, limitSeconds: 60, costLimitUsd: 1 },
};
const spec = { method: 'GET', url: endpoint.url, headers: {} } as const;
const inForce = { minContainers: 0, maxContainers: 1, bufferContainers: 0, scaledownWindow: 60 };

const around = (services: Services, waits: Waits): Services =>
  ({
    ...services,
    catalog: { apps: () => Promise.resolve([catalogApp()]) },
    config: { get: () => 60, network: () => plainNetwork },
    keys: { get: () => Promise.resolve('key') },
    sender: {
      send: (request: object, signal: AbortSignal) => waits.send(request, signal),
      headersOf: () => Promise.resolve({}),
    },
    memory: { get: (_key: string, other: unknown) => other, update: () => Promise.resolve() },
    logger: silentLogger,
    extensionUri: { path: '/' },
  }) as unknown as Services;

/** Until the latest list is filled, or what the test cancels has had time to end. */
async function untilFilled(cancel: AbortSignal): Promise<void> {
  const list = lists.at(-1)!;
  cancel.addEventListener('abort', () => list.hide());
  do await turns();
  while (list.busy && !cancel.aborted);
}

/** Panels of load tests are kept by address. */
let tests = 0;

const flows: readonly EditorFlow[] = [
  {
    title: 'a health check',
    answers: () => ({
      ...{ connect: undefined, describeApp: details, listContainers: [container] },
      ...{ functionStats: { backlog: 0, containers: 1 }, send: httpResult('{}') },
      dial: { address: '', nameMs: 0, connectMs: 0 },
    }),
    run: async (services, waits, cancel) => {
      outside.dial = (url, signal) => waits.dial(url, signal);
      await checkHealth(around(services, waits), target);
      await untilFilled(cancel);
    },
    calls: [
      ...(['connect', 'describeApp', 'dial', 'listContainers', 'functionStats'] as const),
      ...(['send', 'send', 'send'] as const),
    ],
    ends: 'quietly',
  },
  {
    title: 'preparing a load test',
    answers: () => ({
      ...{ connect: undefined, describeApp: details, rates: datedRates, autoscaler: { inForce } },
    }),
    run: (services, waits) => {
      const url = `https://me--demo-${++tests}.modal.run`;
      return loadTest(around(services, waits), { app, endpoint: endpointOf({ url }) }, { ...spec, url });
    },
    calls: ['connect', 'describeApp', 'rates', 'connect', 'autoscaler'],
  },
  {
    title: 'a load test',
    answers: () => ({
      listContainers: [container],
      functionStats: { backlog: 0 },
      send: { end: 'done', snapshot: { totals: { sent: 1, open: 0 }, points: [] } },
    }),
    run: async (_services, waits, cancel) => {
      outside.load = (job, signal) =>
        signal.aborted ? Promise.reject(new ModalError('cancelled', '')) : waits.send(job, signal);
      const run = new LoadRun({
        ...{ target: { ...target, bundled: undefined, request: { title: '', spec } }, plan },
        ...{ rates: datedRates, plane: waits, logger: silentLogger, headers: {}, timeoutSeconds: 1 },
        ...{ network: plainNetwork, gpu: 'T4', worstUsd: 0, workerFile: '', onChange: () => undefined },
      });
      cancel.addEventListener('abort', () => run.stop());
      await run.run();
      expect(run.failure).toBe('');
    },
    calls: ['listContainers', 'functionStats', 'send'],
    ends: 'quietly',
  },
];

describe('a cancelled flow', () => {
  cancelFlows(flows);
});

describe('the list of a health check', () => {
  /** A list with the signals of its checks, none of which ends by itself. */
  const openList = (acts = Promise.resolve(false)) => {
    const signals: AbortSignal[] = [];
    const check = (signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<void>(() => undefined);
    };
    const list = new HealthList(plain('Health'), { check, act: () => acts });
    list.show();
    return { list, signals, shown: lists.at(-1)! };
  };

  it('gives up the check that runs for the next one', () => {
    const { signals, shown } = openList();
    shown.pressed.fire(undefined);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('gives up the check when something else takes its place', async () => {
    const { list, signals, shown } = openList();
    const line: HealthLine = { step: 'reachable', state: 'bad', text: '', action: 'deploy' };
    list.tell(line);
    shown.activeItems = shown.items.slice(0, 1);
    shown.accepted.fire();
    await turns();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('a request that is sent', () => {
  const call = { app, endpoint, spec };
  const answer = Promise.withResolvers<HttpResult>();
  const open = (send: () => Promise<HttpResult>, plane = () => new Promise<never>(() => undefined)) => {
    const signals: AbortSignal[] = [];
    const services = {
      sender: {
        send: (_spec: object, signal: AbortSignal) => {
          signals.push(signal);
          return send();
        },
      },
      facts: {
        plane: (signal: AbortSignal) => {
          signals.push(signal);
          return plane();
        },
        rates: () => datedRates,
      },
      logger: silentLogger,
      actions: {},
    } as unknown as AnswerServices;
    return { session: new AnswerSession(services, () => undefined), signals };
  };

  it.each<readonly [string, (session: AnswerSession) => unknown]>([
    ['the next one', (session) => session.send(call)],
    ['who cancels it', (session) => session.cancel()],
    ['another request that is edited', (session) => session.reset()],
    ['a panel that closes', (session) => session.dispose()],
  ])('is given up for %s', (_why, end) => {
    const { session, signals } = open(() => answer.promise);
    void session.send(call);
    expect(signals[0]?.aborted).toBe(false);
    void end(session);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('waits no longer than the limit for how it was served', async () => {
    const limit = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
    const { session, signals } = open(() => Promise.resolve(httpResult('{}')));
    void session.send(call);
    await turns();
    expect(timeout).toHaveBeenCalledTimes(1);
    expect(signals[1]).toBe(limit.signal);
  });
  afterEach(() => void vi.restoreAllMocks());
});

describe('the description of an endpoint', () => {
  const openEditor = () => {
    const signals: AbortSignal[] = [];
    const descriptions = {
      known: () => Promise.resolve(undefined),
      read: (_endpoint: object, _headers: object, signal: AbortSignal) => {
        signals.push(signal);
        return new Promise<never>(() => undefined);
      },
    };
    const services = {
      ...{ descriptions, keys: { get: () => Promise.resolve(undefined) }, logger: silentLogger },
      wakes: () => 'L40S',
    } as unknown as RequestEditorServices;
    const editor = new RequestEditor(new RequestSession(target), services, () => undefined);
    return { editor, signals };
  };

  it.each<readonly [string, (editor: RequestEditor) => unknown]>([
    ['it is read anew', (editor) => editor.readApi()],
    ['the app was deployed anew', (editor) => editor.describe()],
    ['its panel closes', (editor) => editor.dispose()],
  ])('is not read any further when %s', async (_why, end) => {
    const { editor, signals } = openEditor();
    void editor.readApi();
    await vi.waitUntil(() => signals.length === 1, { timeout: 9000 });
    expect(signals[0]?.aborted).toBe(false);
    void end(editor);
    expect(signals[0]?.aborted).toBe(true);
    editor.dispose();
  });
});
