/** Everything that asks for logs, cancelled at each of its calls. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { LogBatch, LogChunk } from '../../../src/domain/log.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import { downloadLogs } from '../../../src/features/logs/core/download.ts';
import { LogFollower } from '../../../src/features/logs/core/follower.ts';
import { fetchRange, mostFetched } from '../../../src/features/logs/core/fetchLogs.ts';
import { countHistogram } from '../../../src/features/logs/core/histogram.ts';
import { LogHistory } from '../../../src/features/logs/core/history.ts';
import { lastDeploy } from '../../../src/features/logs/core/lastDeploy.ts';
import { LogBuffer } from '../../../src/features/logs/core/logBuffer.ts';
import type { Flow, PlaneServices } from '../support/hanging.ts';
import { cancelAtEachCall, cancelWithEachAnswer, inTurn } from '../support/hanging.ts';

const range = { since: Date.UTC(2026, 0), until: Date.UTC(2026, 0, 2) };
const query = { appId: 'ap-1' };
const chunk = (text: string): LogChunk => ({
  ...{ source: 'stdout', containerId: 'ta-1', functionId: '', callId: '', entryId: '', time: range.since },
  text,
});
async function* stream(...batches: Partial<LogBatch>[]): AsyncGenerator<LogBatch> {
  for (const batch of batches)
    yield await Promise.resolve({ entryId: '', chunks: [], appDone: false, ...batch });
}
const follow = (services: PlaneServices, signal: AbortSignal) => {
  const follower = new LogFollower({
    query,
    connect: (given) => services.connect(given),
    open: (...args) => services.streamLogs(...args),
    fetch: (...args) => services.fetchLogs(...args),
    sink: { push: () => undefined, mark: () => undefined, flush: () => undefined },
    onState: () => undefined,
    sleep: () => Promise.resolve(),
  });
  signal.addEventListener('abort', () => follower.stop());
  return follower.run();
};

const flows: readonly Flow[] = [
  {
    title: 'reading a gap of a log',
    answers: () => ({ fetchLogs: [] }),
    run: (plane, signal) => fetchRange((...args) => plane.fetchLogs(...args), query, range, signal),
    calls: ['fetchLogs'],
  },
  {
    title: 'counting a log for its histogram',
    answers: () => ({ countLogs: [] }),
    run: (plane, signal) => countHistogram((...args) => plane.countLogs(...args), query, range, signal),
    calls: ['countLogs'],
  },
  {
    title: 'loading older lines',
    answers: () => ({
      fetchLogs: inTurn(
        [{ chunks: [chunk('a')] }, { chunks: [chunk('b')] }],
        [{ chunks: [chunk('a')] }, { chunks: [chunk('b')] }],
      ),
    }),
    run: (plane, signal) =>
      new LogHistory({
        ...{ query, buffer: new LogBuffer(), known: () => [], pageEntries: 2 },
        fetch: (...args) => plane.fetchLogs(...args),
      }).loadOlder(signal),
    calls: ['fetchLogs', 'fetchLogs'],
  },
  {
    title: 'loading older lines while the first ones come',
    answers: () => ({ fetchLogs: inTurn([{ chunks: [chunk('a')] }], [{ chunks: [chunk('b')] }]) }),
    run: (plane, signal) => {
      const known = inTurn([], [chunk('a')]);
      return new LogHistory({
        ...{ query, buffer: new LogBuffer(), known: () => known() as LogChunk[], pageEntries: 2 },
        fetch: (...args) => plane.fetchLogs(...args),
      }).loadOlder(signal);
    },
    calls: ['fetchLogs', 'fetchLogs'],
  },
  {
    title: 'loading older lines beyond many that are not shown',
    answers: () => ({
      fetchLogs: inTurn(
        [{ chunks: [], leftOut: { count: 2, oldest: range.since } }],
        [{ chunks: [], leftOut: { count: mostFetched, oldest: range.since } }],
        [{ chunks: [chunk('a')] }],
      ),
    }),
    run: (plane, signal) =>
      new LogHistory({
        ...{ query, buffer: new LogBuffer(), known: () => [], pageEntries: 2 },
        fetch: (...args) => plane.fetchLogs(...args),
      }).loadOlder(signal),
    calls: ['fetchLogs', 'fetchLogs', 'fetchLogs'],
  },
  {
    title: 'a download',
    answers: () => ({
      countLogs: inTurn([{ ...range, stdout: 30_000, stderr: 0, system: 0 }], []),
      fetchLogs: [],
    }),
    run: (plane, signal) =>
      downloadLogs({
        ...{ query, filter: noFilter, range, format: 'text', signal },
        fetch: (...args) => plane.fetchLogs(...args),
        count: (...args) => plane.countLogs(...args),
        write: () => Promise.resolve(),
      }),
    calls: ['countLogs', 'countLogs'],
  },
  {
    title: 'a download from a server that does not count',
    answers: () => ({
      countLogs: () => Promise.reject(new ModalError('unsupported', 'no')),
      fetchLogs: [],
    }),
    run: (plane, signal) =>
      downloadLogs({
        ...{ query, filter: noFilter, format: 'text', signal },
        range: { since: range.since, until: range.since + 1000 },
        fetch: (...args) => plane.fetchLogs(...args),
        count: (...args) => plane.countLogs(...args),
        write: () => Promise.resolve(),
      }),
    calls: ['countLogs', 'fetchLogs'],
  },
  {
    title: 'asking when an app was deployed last',
    answers: () => ({ connect: undefined, findDeployedApp: undefined }),
    run: (services, signal) =>
      lastDeploy(
        { get: (given) => services.connect(given).then(() => services) },
        { appId: 'ap-1', appName: 'demo', environment: 'main' },
        signal,
      ),
    calls: ['connect', 'findDeployedApp'],
  },
  {
    title: 'following a log',
    answers: () => ({
      connect: undefined,
      // Without a place to go on at, the log between the two is read from the past.
      streamLogs: inTurn(
        () => stream({ chunks: [chunk('first')] }),
        () => stream({ chunks: [chunk('second')], appDone: true }),
      ),
      fetchLogs: [],
    }),
    run: follow,
    calls: ['connect', 'streamLogs', 'connect', 'streamLogs', 'fetchLogs'],
    ends: 'quietly',
  },
  {
    title: 'following a log that goes on with what was there, or repeats it',
    answers: () => ({
      connect: undefined,
      streamLogs: inTurn(
        () => stream({ entryId: '1', chunks: [chunk('same')] }),
        () => stream({ entryId: '2', chunks: [chunk('same')], appDone: true }),
      ),
      fetchLogs: [],
    }),
    run: follow,
    calls: ['connect', 'streamLogs', 'connect', 'streamLogs', 'fetchLogs'],
    ends: 'quietly',
  },
];

describe.each(flows)('$title', ({ answers, run, calls, ends }) => {
  it('ends at once when it is cancelled, whichever call it waits for', async () => {
    expect(await cancelAtEachCall<PlaneServices>(answers, run, ends)).toEqual(calls);
  });

  it('sends nothing else when it is cancelled just as a call is answered', async () => {
    expect(await cancelWithEachAnswer<PlaneServices>(answers, run)).toEqual(calls);
  });
});

describe('loading older lines that is cancelled', () => {
  const loading = (chunks: readonly LogChunk[], cancelled: (abort: AbortController) => void) => {
    const abort = new AbortController();
    const buffer = new LogBuffer();
    const history = new LogHistory({
      ...{ query, buffer, known: () => [] },
      fetch: () => {
        cancelled(abort);
        return Promise.resolve([{ entryId: '', chunks: [...chunks], appDone: false }]);
      },
    });
    return { history, buffer, loaded: history.loadOlder(abort.signal) };
  };

  it('does not say that there are none', async () => {
    const { history, loaded } = loading([], (abort) => queueMicrotask(() => abort.abort()));
    const before = history.state;
    await expect(loaded).rejects.toThrow();
    expect(history.state).toEqual(before);
  });

  it('shows none of them, also while they are put together', async () => {
    await sleep(20); // after which work gives way to others
    const lines = Array.from({ length: 10 }, (_, at) => ({ ...chunk(`${at}\n`), time: range.since + at }));
    const { history, buffer, loaded } = loading(lines, (abort) => setImmediate(() => abort.abort()));
    const before = history.state;
    await expect(loaded).rejects.toThrow();
    expect(history.state).toEqual(before);
    expect(buffer.size).toBe(0);
  });
});
