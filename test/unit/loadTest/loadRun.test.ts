/** The cost limit of a load test, also where what is seen has no price. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Container } from '../../../src/domain/app.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { defaultPlan } from '../../../src/features/loadTest/core/limits.ts';
import { LoadRun } from '../../../src/features/loadTest/ui/loadRun.ts';
import { appOf, endpointOf } from '../support/apps.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

/** In place of the thread that sends: it tells how far it is until it is stopped, and then that it has ended. */
const thread = `
import { parentPort } from 'node:worker_threads';
const snapshot = { points: [], totals: { sent: 1, open: 0, errors: [] } };
const timer = setInterval(() => parentPort.postMessage({ type: 'snapshot', snapshot }), 5);
parentPort.on('message', () => {
  clearInterval(timer);
  parentPort.postMessage({ type: 'end', outcome: { end: 'stopped', snapshot } });
});
`;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'load-run-'));
  await writeFile(path.join(folder, 'thread.mjs'), thread);
});
afterAll(() => rm(folder, { recursive: true }));

function runOf(containers: readonly Container[] | undefined, worstUsd: number): LoadRun {
  const listContainers = () =>
    containers ? Promise.resolve(containers) : Promise.reject(new Error('not to be had'));
  const endpoint = endpointOf();
  return new LoadRun({
    target: {
      ...{ app: appOf(), endpoint, bundled: undefined },
      request: { spec: { method: 'GET', url: endpoint.url, headers: {} } },
    } as unknown as LoadRun['target'],
    plan: { ...defaultPlan, costLimitUsd: 0.5 },
    rates: datedRates,
    plane: {
      listContainers,
      functionStats: () => Promise.resolve({ backlog: 0 }),
    } as unknown as ControlPlane,
    ...{ logger: silentLogger, headers: {}, timeoutSeconds: 5, network: {} as never, gpu: 'T4', worstUsd },
    workerFile: path.join(folder, 'thread.mjs'),
    onChange: () => undefined,
  });
}

describe('a load test ends at its cost limit', () => {
  const seen = (gpu: string): Container => ({ id: 'ta-1', appId: 'ap-1', enqueuedAt: 1, startedAt: 2, gpu });
  it.each([
    ['whose containers cannot be read, by its worst case', undefined],
    ['whose containers have a GPU without a price, by its worst case', [seen('Z9')]],
  ])('%s', async (_title, containers) => {
    const run = runOf(containers, 1e9);
    await run.run();
    expect(run.end).toBe('costLimit');
    expect(run.failure).toBe('');
  });

  it('and not by its worst case while what is seen costs less', async () => {
    const run = runOf([seen('T4')], 1e9);
    const ended = run.run();
    await expect.poll(() => run.containers.length).toBe(1);
    await expect.poll(() => run.totals).toBeDefined();
    expect(run.end).toBeUndefined();
    run.stop();
    await ended;
    expect(run.end).toBe('stopped');
    expect(run.cost.basis).toContain('on T4');
  });
});
