/** Logs in the editor, cancelled at each of their calls. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { toModalError } from '../../../src/domain/errors.ts';
import type { LogBatch } from '../../../src/domain/log.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { plain } from '../../../src/shared/text.ts';
import { LogSession } from '../../../src/features/logs/core/session.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { AccountPlanes } from '../../../src/features/logs/ui/accountPlanes.ts';
import type { LogPlanes } from '../../../src/features/logs/ui/types.ts';
import { LogsController } from '../../../src/features/logs/ui/logsController.ts';
import { askRange } from '../../../src/features/logs/ui/askRange.ts';
import { downloadLogsFlow } from '../../../src/features/logs/ui/downloadFlow.ts';
import { documentOf } from '../../../src/features/logs/ui/sessionDocument.ts';
import { SourceFiles } from '../../../src/features/logs/ui/sourceFiles.ts';
import type { EditorFlow, Waits } from '../support/editorFlows.ts';
import { cancelFlows } from '../support/editorFlows.ts';
import { Uri, begin } from '../support/flowEditor.ts';
import { turns } from '../support/turns.ts';
import { hostOf, openPanel, planesOver, target } from '../logs/panelKit.ts';
import { batchOf, chunk, line } from '../logs/support.ts';

vi.mock('vscode', () => import('../support/flowEditor.ts'));
vi.mock('../../../src/editor/withSignal.ts', () => import('../support/flowEditor.ts'));
vi.mock('../../../src/editor/webviewHtml.ts', () => ({ webviewHtml: () => '', webviewOptions: () => ({}) }));
vi.mock('../../../src/features/logs/ui/logDocuments.ts', () => ({
  LogDocuments: class {
    readonly dispose = () => undefined;
  },
}));
// Between two streams nothing is waited for here.
vi.mock('../../../src/features/logs/core/sleep.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  SkippableSleep: class {
    readonly sleep = () => Promise.resolve();
    readonly skip = () => undefined;
  },
}));

const folder = mkdtempSync(path.join(os.tmpdir(), 'editor-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const range = { since: Date.now() - 3_600_000, until: Date.now() };
async function* stream(...batches: readonly LogBatch[]): AsyncGenerator<LogBatch> {
  for (const batch of batches) yield await Promise.resolve(batch);
}
const inTurn = (...answers: readonly (() => unknown)[]) => {
  let at = 0;
  return () => answers[Math.min(at++, answers.length - 1)]?.();
};

const logPlanes = ({ connect }: Pick<Waits, 'connect'>, plane: ControlPlane): LogPlanes =>
  planesOver((signal) => connect(signal).then(() => plane));
const uri = Uri.file('/') as never;
const panelOf = (waits: Waits) => openPanel(logPlanes(waits, waits)).panel;
const controllerOf = (waits: Waits) =>
  new LogsController(uri, logPlanes(waits, waits), silentLogger, hostOf());
const id = 'follow/ap-1//';
/** A panel that shows a log whose stream never comes; what else it asks of Modal can be waited for. */
const quietPanelOf = async (waits: Waits) => {
  let isFollowing = true;
  const quiet = openPanel(
    planesOver((signal) =>
      isFollowing ? new Promise<never>(() => undefined) : waits.connect(signal).then(() => waits),
    ),
  );
  quiet.panel.follow(target);
  await turns();
  isFollowing = false;
  return quiet;
};
const logs = (waits: Waits) => ({
  logs: {
    planeFor: (_appId: string, signal: AbortSignal) => waits.connect(signal).then(() => waits),
    shownLog: () => Promise.resolve({ target, filter: noFilter, range }),
  },
});

const flows: readonly EditorFlow[] = [
  {
    title: 'the way to the account of a log',
    answers: () => ({ connect: undefined }),
    run: (_services, waits, cancel) => new AccountPlanes(logPlanes(waits, waits), new WeakMap()).get(cancel),
    calls: ['connect'],
  },
  {
    title: 'asking whether the server of a log answers',
    answers: () => ({ connect: undefined }),
    run: (_services, waits, cancel) =>
      new AccountPlanes(
        logPlanes(waits, { answersOnLogs: () => Promise.resolve() } as unknown as ControlPlane),
        new WeakMap(),
      ).answers(cancel),
    calls: ['connect'],
  },
  {
    title: 'the way to the account of a log that was never followed',
    answers: () => ({ connect: undefined }),
    run: (_services, waits, cancel) => controllerOf(waits).planeFor('ap-1', cancel),
    calls: ['connect'],
  },
  {
    title: 'the way to the account of another log than those in the panel',
    answers: () => ({ connect: undefined }),
    run: async (_services, waits, cancel) => {
      const controller = controllerOf(waits);
      await controller.followedApps();
      return controller.planeFor('ap-1', cancel);
    },
    calls: ['connect'],
  },
  {
    title: 'following a log',
    answers: () => ({
      connect: undefined,
      // Without a place to go on at, the log between the two is read from the past.
      streamLogs: inTurn(
        () => stream({ ...batchOf('', chunk('first')) }),
        () => stream({ ...batchOf('', chunk('second')), appDone: true }),
      ),
      fetchLogs: (_query: object, _range: object, limit: unknown) => {
        if (typeof limit !== 'number') throw new TypeError('It is not told how much it may send.');
        return [];
      },
    }),
    run: async (_services, waits, cancel) => {
      const { panel, last } = openPanel(logPlanes(waits, waits));
      panel.follow(target);
      cancel.addEventListener('abort', () => panel.dispose());
      const hasEnded = () => cancel.aborted || last('tabs')?.tabs[0]?.ended;
      while (!hasEnded()) await turns();
    },
    calls: ['connect', 'connect', 'streamLogs', 'connect', 'connect', 'streamLogs', 'connect', 'fetchLogs'],
    ends: 'quietly',
  },
  {
    title: 'a range since the last deploy',
    user: { picks: ['Since the last deploy'] },
    answers: () => ({ connect: undefined, findDeployedApp: { appId: 'ap-1', deployedAt: 1 } }),
    run: (services, waits) =>
      askRange({ ...services, ...logs(waits) } as never, plain('Range'), target, undefined),
    calls: ['connect', 'findDeployedApp'],
  },
  {
    title: 'a download',
    user: { picks: ['The range shown', 'Plain Text'], saves: path.join(folder, 'a.log') },
    answers: () => ({ connect: undefined, countLogs: [], fetchLogs: [] }),
    run: (services, waits) =>
      downloadLogsFlow({ ...services, ...logs(waits) } as never, undefined, plain('Download')),
    calls: ['connect', 'countLogs'],
  },
  {
    title: 'the histogram of a log that is hidden',
    answers: () => ({ connect: undefined, countLogs: [] }),
    run: async (_services, waits, cancel) => {
      const { panel, receive, setVisible } = await quietPanelOf(waits);
      cancel.addEventListener('abort', () => setVisible(false));
      receive({ type: 'toggleHistogram', isOpen: true });
      await turns();
      panel.dispose();
    },
    calls: ['connect', 'countLogs'],
    ends: 'quietly',
  },
  {
    title: 'a time range that is closed',
    answers: () => ({ connect: undefined, fetchLogs: [], countLogs: [] }),
    run: async (_services, waits, cancel) => {
      const { panel, receive } = await quietPanelOf(waits);
      cancel.addEventListener('abort', () => receive({ type: 'close', session: 'past/1' }));
      receive({ type: 'openRange', session: id, ...range, words: 'hour' });
      await turns();
      panel.dispose();
    },
    calls: ['connect', 'connect', 'fetchLogs', 'countLogs'],
    ends: 'quietly',
  },
  {
    title: 'asking for the last deploy of a log that is closed',
    answers: () => ({ connect: undefined, findDeployedApp: undefined }),
    run: async (_services, waits, cancel) => {
      const { panel, receive } = await quietPanelOf(waits);
      cancel.addEventListener('abort', () => receive({ type: 'close', session: id }));
      receive({ type: 'findLastDeploy', session: id });
      await turns();
      panel.dispose();
    },
    calls: ['connect', 'findDeployedApp'],
    ends: 'quietly',
  },
];

describe('a cancelled flow', () => {
  cancelFlows(flows);
});

/** What it was given up with, if it was. */
const endOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => toModalError(error).kind,
  );

describe('a log as a document', () => {
  const aborted = AbortSignal.abort();
  const words = {
    ...{ title: 'Log', running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
  };
  const sessionOf = (lines: readonly string[]) => {
    const session = new LogSession('a', 'a', { words: 'Live', icon: '', bad: false });
    for (const each of lines) session.buffer.add(line(each));
    return session;
  };
  const many = Array.from({ length: 600 }, (_, at) => `line ${at}`);

  it('is given up by who opened it', async () => {
    const panel = panelOf({} as Waits);
    const output = panel.openOutput(words);
    for (const each of many) output.append(each, 'stdout');
    begin(aborted);
    expect(await endOf(panel.openAsDocument())).toBe('cancelled');
    panel.dispose();
  });

  it('is given up while its lines are written', async () => {
    expect(await endOf(documentOf(sessionOf(many), undefined, aborted))).toBe('cancelled');
  });

  it('is given up while it is found out how much of it fits', async () => {
    const long = 'x'.repeat(1 << 20);
    const session = sessionOf(Array.from({ length: 25 }, () => long));
    expect(await endOf(documentOf(session, undefined, aborted))).toBe('cancelled');
  });
});

describe('a log that is followed', () => {
  it('hands on the cancel of who wants the way to its account', () => {
    const signals: (AbortSignal | undefined)[] = [];
    const panel = panelOf({
      connect: (signal?: AbortSignal) => {
        signals.push(signal);
        return new Promise<never>(() => undefined);
      },
    } as unknown as Waits);
    panel.follow(target);
    const { signal } = new AbortController();
    void panel.planeFor(target.appId, signal);
    return vi.waitUntil(() => signals.includes(signal), { timeout: 9000 }).finally(() => panel.dispose());
  });
});

describe('a log without a line', () => {
  it('asks nothing more whether its server is there once it is closed', async () => {
    vi.useFakeTimers();
    const signals: (AbortSignal | undefined)[] = [];
    const never = new Promise<never>(() => undefined);
    const panel = panelOf({
      connect: (signal?: AbortSignal) => {
        signals.push(signal);
        return signals.length < 3 ? Promise.resolve() : never;
      },
      streamLogs: () => ({ [Symbol.asyncIterator]: () => ({ next: () => never }) }),
    } as unknown as Waits);
    panel.follow(target);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signals).toHaveLength(3);
    panel.dispose();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true, true]);
  });
});

describe('the file that a log names', () => {
  it('is looked for no longer than the limit', async () => {
    const limit = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
    const found = new SourceFiles(() => Promise.resolve([])).find('/root/a.py', 'demo');
    const first = await Promise.race([found.then(() => 'found'), turns().then(() => 'searching')]);
    expect(first).toBe('searching');
    limit.abort();
    // The only one of a search that was cut short need not be the only one.
    expect(await found).toBeUndefined();
  });
});
