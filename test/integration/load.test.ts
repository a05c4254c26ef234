/** Load tests and health against a web app on the local Modal: containers over time, long polls, keys, cold and warm. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeployResult } from '../../src/features/deploy/core/deployRun.ts';
import type { Endpoint } from '../../src/domain/app.ts';
import { datedRates } from '../../src/domain/cost.ts';
import type { ContainerPoint } from '../../src/domain/load.ts';
import { ContainerMeter, loadUnits, seenUsd } from '../../src/features/loadTest/core/loadCost.ts';
import type { HealthFacts } from '../../src/features/health/core/checkHealth.ts';
import type { HealthLine } from '../../src/features/health/core/healthLine.ts';
import { checkHealth } from '../../src/features/health/core/checkHealth.ts';
import { connectTo } from '../../src/features/health/core/connect.ts';
import { defaultPlan } from '../../src/features/loadTest/core/limits.ts';
import { runLoad } from '../../src/features/loadTest/core/run.ts';
import { watchContainers } from '../../src/features/loadTest/core/watchContainers.ts';
import { RequestSender } from '../../src/features/requests/core/send.ts';
import { TestWorld } from './support/world.ts';

const workerFile = new URL('../../src/features/loadTest/core/worker.ts', import.meta.url);
const token = 'wk-0123456789abcdef.ws-0123456789abcdef';

let world: TestWorld;
let folder: string;
let deployed: DeployResult;

const source = `import modal

app = modal.App("it-load")
image = modal.Image.debian_slim().uv_pip_install("fastapi==0.163.2")


@app.function(image=image, gpu="A10", max_containers=2)
@modal.asgi_app()
def web():
    import asyncio

    from fastapi import FastAPI

    api = FastAPI()

    @api.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @api.post("/slow")
    async def slow() -> dict[str, str]:
        await asyncio.sleep(1.5)
        return {"answer": "late"}

    return api


@app.function(image=image)
@modal.asgi_app(requires_proxy_auth=True)
def guarded():
    from fastapi import FastAPI

    return FastAPI()
`;

beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'load-'));
  const script = path.join(folder, 'measured.py');
  await writeFile(script, source);
  deployed = await world.deploy(script);
});
afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => world.simulator.admin('DELETE', '/faults'));

function endpoint(name: string): Endpoint {
  return deployed.details.functions.flatMap((fn) => fn.endpoints).find((each) => each.name === name)!;
}

/** Checks as the extension does. @param key of the endpoint, where one is kept */
async function health(name: string, facts: Partial<HealthFacts> = {}, key?: string) {
  const lines = new Map<string, HealthLine>();
  let questions = 0;
  const { url, requiresProxyAuth, functionId } = endpoint(name);
  const auth = { secretRef: 'key', header: 'Authorization', scheme: 'Bearer' };
  const sender = new RequestSender({
    logger: world.logger,
    resolveSecret: () => Promise.resolve(key),
    timeoutSeconds: () => 60,
  });
  await checkHealth(
    {
      bundled: false,
      cheap: false,
      requiresProxyAuth: requiresProxyAuth ?? false,
      key: 'none',
      limitMs: 60_000,
      ...facts,
    },
    {
      connect: (signal) => connectTo(url, signal),
      containers: async (signal) => {
        const stats = await world.plane.functionStats(functionId, signal);
        return { running: stats.containers, starting: 0 };
      },
      get: (route, signal) =>
        sender.send(
          {
            method: 'GET',
            url: url.replace(/\/$/, '') + route,
            headers: {},
            ...(key === undefined ? {} : { auth }),
          },
          signal,
        ),
      mayWake: () => {
        questions++;
        return Promise.resolve(true);
      },
      onLine: (line) => lines.set(line.step, line),
    },
    new AbortController().signal,
  );
  return { of: (step: HealthLine['step']) => lines.get(step)!, questions };
}

describe('the health of an endpoint', () => {
  it('is cold first, after a question, and warm then, without one', async () => {
    const cold = await health('web');
    expect(cold.questions).toBe(1);
    expect(cold.of('container').text).toMatch(/^Cold start; first response after/);
    expect(cold.of('answer')).toMatchObject({ state: 'good', text: '/health: HTTP 200.' });
    expect(cold.of('schema').text).toContain('describes 2 operations');
    const warm = await health('web');
    expect(warm.questions).toBe(0);
    expect(warm.of('container').text).toMatch(/^Warm: /);
  });

  it('tells a proxy token that is missing from a wrong one and a right one', async () => {
    const missing = await health('guarded', { key: 'missing' });
    expect(missing.of('key')).toMatchObject({ state: 'bad', action: 'enterKey' });
    expect(missing.of('key').text).toMatch(/^No key is saved.*missing credentials/);
    const wrong = await health('guarded', { key: 'kept' }, token);
    expect(wrong.of('key').text).toMatch(/^The saved key was rejected.*invalid credentials/);
    const made = await world.plane.createProxyToken('it-load');
    const right = await health('guarded', { key: 'kept' }, made);
    expect(right.of('key')).toMatchObject({ state: 'good', text: 'The key was accepted.' });
    expect(JSON.stringify(world.logged)).not.toContain(made);
  });
});

describe('a load test', () => {
  it('follows long polls, and sees containers, queue and cost within what the question said', async () => {
    await world.simulator.admin('POST', '/faults', { webTimeLimitSeconds: 1 });
    const { url, functionId } = endpoint('web');
    const plan = { ...defaultPlan, amount: { kind: 'requests', count: 8 }, concurrency: 4 } as const;
    const scaling = await world.plane.autoscaler(functionId);
    const units = loadUnits(
      deployed.details.functions,
      functionId,
      new Map([[functionId, scaling.inForce]]),
      plan.concurrency,
      datedRates,
    );
    expect(units.map(({ fn, containers, limited }) => [fn.tag, containers, limited])).toEqual([
      ['web', 2, true],
    ]);

    const end = new AbortController();
    const looks: ContainerPoint[] = [];
    const meter = new ContainerMeter('');
    const watched = watchContainers(
      {
        plane: world.plane,
        environment: 'main',
        appId: deployed.appId,
        functionId,
        logger: world.logger,
        everyMs: 100,
        onLook: (point, containers) => {
          looks.push(point);
          meter.look(
            point.second,
            containers.filter(({ gpu }) => gpu === 'A10'),
          );
        },
      },
      end.signal,
    );
    const outcome = await runLoad(
      workerFile,
      {
        request: { method: 'POST', url: `${url.replace(/\/$/, '')}/slow`, headers: {}, body: '{}' },
        plan,
        headersTimeoutMs: 60_000,
      },
      end.signal,
      { onSnapshot: () => undefined },
    );
    end.abort();
    await watched;

    expect(outcome).toMatchObject({ end: 'done', snapshot: { totals: { sent: 8, ok: 8, failed: 0 } } });
    expect(outcome.snapshot.totals.polls).toBeGreaterThanOrEqual(8);
    expect(outcome.snapshot.totals.latency.p50).toBeGreaterThanOrEqual(1500);
    expect(Math.max(...looks.map(({ running, starting }) => running + starting))).toBeGreaterThanOrEqual(1);
    expect(Math.max(...looks.map(({ queued }) => queued ?? 0))).toBeGreaterThanOrEqual(1);
    expect(meter.most).toBeLessThanOrEqual(2);
    expect(seenUsd(meter.seconds, datedRates)).toBeGreaterThan(0);
  });

  it("counts Modal's own refusals by status", async () => {
    await world.simulator.admin('POST', '/faults', { budgetExhausted: true });
    const outcome = await runLoad(
      workerFile,
      {
        request: { method: 'GET', url: endpoint('web').url, headers: {} },
        plan: { ...defaultPlan, amount: { kind: 'requests', count: 20 } },
        headersTimeoutMs: 60_000,
      },
      new AbortController().signal,
      { onSnapshot: () => undefined },
    );
    expect(outcome.snapshot.totals.errors).toMatchObject([
      { kind: 'http', status: 429, count: 20, first: expect.stringMatching(/spend limit/) as string },
    ]);
  });
});
