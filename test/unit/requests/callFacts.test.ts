import { expect, it } from 'vitest';
import type { Container } from '../../../src/domain/app.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import type { ContainerPhase, LogBatch } from '../../../src/domain/log.ts';
import { readCallFacts } from '../../../src/features/requests/core/callFacts.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { httpResult } from '../support/httpResult.ts';

const sentAt = 1_700_000_000_000;
const container = (id: string, enqueuedAt: number): Container => ({ id, appId: 'ap-1', enqueuedAt });
const phase = (name: ContainerPhase, time: number): LogBatch =>
  ({ entryId: '', appDone: false, chunks: [{ phase: name, time, text: '' }] }) as unknown as LogBatch;

/** Asks about a call that took a second. @param logs of each container */
async function factsOf(
  containers: readonly Container[],
  logs: Readonly<Record<string, readonly LogBatch[]>>,
) {
  const signals: AbortSignal[] = [];
  const plane = {
    listContainers: () => Promise.resolve([...containers]),
    describeApp: () => Promise.resolve({ appId: 'ap-1', functions: [] }),
    async *streamLogs({ containerId = '' }, _from: string, _seconds: number, signal?: AbortSignal) {
      if (signal) signals.push(signal);
      for (const batch of logs[containerId] ?? []) yield await Promise.resolve(batch);
    },
  };
  const timing = { connect: 0, firstByte: 1000, total: 1000, polls: 0 };
  const facts = await readCallFacts(
    { plane: () => Promise.resolve(plane as never), rates: () => datedRates },
    { app: appOf(), endpoint: endpointOf(), sentAt, result: httpResult('', { timing }) },
    new AbortController().signal,
  );
  return { facts, signals };
}

it('a call was started by the first of the containers that began while it waited', async () => {
  const { facts } = await factsOf(
    [container('late', sentAt + 300), container('first', sentAt + 100), container('before', sentAt - 5000)],
    {
      first: [phase('creating', sentAt + 400), phase('running', sentAt + 900)],
      late: [phase('creating', sentAt + 800), phase('running', sentAt + 950)],
    },
  );
  expect(facts.start).toEqual({ kind: 'cold', queueMs: 300, startMs: 500 });
});

it('a call whose container ran before it was warm', async () => {
  const { facts } = await factsOf([container('before', sentAt - 5000)], {});
  expect(facts.start).toEqual({ kind: 'warm' });
});

it('the log of a container is let go once its start is known', async () => {
  const { signals } = await factsOf([container('first', sentAt + 100)], {
    first: [phase('creating', sentAt + 400), phase('running', sentAt + 900), phase('idle', sentAt + 999)],
  });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});
