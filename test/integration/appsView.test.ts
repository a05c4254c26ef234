/** The store and the rows of the Apps view against a workspace of 1,000 apps: what is asked for, and what is not. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cpuOnly, noAppFilter } from '../../src/features/apps/core/appFilter.ts';
import { defaultArrangement } from '../../src/features/apps/core/arrangement.ts';
import { datedRates } from '../../src/domain/cost.ts';
import { send } from '../../src/features/requests/core/httpClient.ts';
import { AppStore } from '../../src/store/appStore.ts';
import { RefreshSchedule } from '../../src/store/refreshSchedule.ts';
import { runningBadge } from '../../src/features/apps/ui/appBadge.ts';
import { AppRowsBuilder } from '../../src/features/apps/ui/appRows.ts';
import { TestWorld, fixture } from './support/world.ts';

interface RpcCall {
  readonly name: string;
  readonly status: string;
}

let world: TestWorld;
let store: AppStore;
let environments: number;

beforeAll(async () => {
  world = await TestWorld.start();
  environments = (await world.plane.listEnvironments()).length;
  await world.simulator.admin('POST', '/apps/generate', { count: 1000, functionsPerApp: 9 });
});
afterAll(() => world.stop());

beforeEach(async () => {
  await world.simulator.admin('DELETE', '/rpc-log');
});

function newStore(): AppStore {
  const values = new Map<string, unknown>();
  return new AppStore(
    world.planes,
    { get: (key) => values.get(key), update: (key, value) => Promise.resolve(void values.set(key, value)) },
    world.logger,
  );
}

/** How often each RPC was called. */
async function rpcs(): Promise<Record<string, number>> {
  const { calls } = (await world.simulator.admin('GET', '/rpc-log')) as { calls: RpcCall[] };
  return Object.fromEntries(
    [...Map.groupBy(calls, ({ name }) => name)].map(([name, all]) => [name, all.length]),
  );
}

/** What a refresh without news asks. */
const listsOnly = () => ({
  EnvironmentList: 1,
  AppList: environments,
  SandboxListV2: environments,
  EndpointList: environments,
});

describe('1,000 apps with 10,000 rows', () => {
  const builder = new AppRowsBuilder();
  const now = Date.now();
  const build = (arrangement = defaultArrangement) =>
    builder.build(store.state.snapshot, { now, showStopped: false, arrangement });

  it('are listed with the functions of the newest fifty', async () => {
    store = newStore();
    await store.refresh();
    expect(await rpcs()).toEqual({
      TokenInfoGet: 1,
      EnvironmentList: 1,
      AppList: environments,
      SandboxListV2: environments,
      EndpointList: environments,
      AppGetInfo: 50,
      AppGetLayout: 50,
    });
    expect(build().total).toBe(1000);
  });

  it('cost one list each when nothing has changed, and paint nothing', async () => {
    await store.refresh();
    expect(await rpcs()).toEqual(listsOnly());
    expect(build().changed).toEqual([]);
  });

  it('are all read for a filter by GPU, once', async () => {
    store.readAllDetails(true);
    await store.refresh();
    expect((await rpcs())['AppGetInfo']).toBe(950);
    expect(build().rows.size).toBeGreaterThan(10_000);
    const onH100 = { ...defaultArrangement, filter: { ...noAppFilter, gpus: ['H100'] } };
    expect(build(onH100).shown).toBe(1000);
    expect(build({ ...defaultArrangement, filter: { ...noAppFilter, gpus: [cpuOnly] } }).shown).toBe(0);
    expect(build({ ...defaultArrangement, filter: { ...noAppFilter, text: 'generated-07' } }).shown).toBe(
      100,
    );
    build();
    await world.simulator.admin('DELETE', '/rpc-log');
    await store.refresh();
    expect(await rpcs()).toEqual(listsOnly());
    expect(build().changed).toEqual([]);
  });
});

describe('a hidden view', () => {
  it('asks nothing, and ends what it has asked', async () => {
    const due: (() => void)[] = [];
    let watching = new AbortController();
    const quiet = newStore();
    const schedule = new RefreshSchedule(
      async () => {
        await quiet.refresh(watching.signal);
        return 'same';
      },
      () => 1,
      { now: () => 0, set: (callback) => due.push(callback), clear: () => due.splice(0) },
    );
    await world.simulator.admin('POST', '/faults', { rpc: { AppList: { code: 0, delaySeconds: 30 } } });
    schedule.setVisible(true);
    await expect.poll(rpcs).toHaveProperty('AppList');
    watching.abort();
    schedule.setVisible(false);
    await expect.poll(() => quiet.state.loading).toBe(false);
    expect(quiet.state).not.toHaveProperty('error');
    await world.simulator.admin('DELETE', '/faults');
    await world.simulator.admin('DELETE', '/rpc-log');
    expect(due).toEqual([]);
    expect(await rpcs()).toEqual({});
    watching = new AbortController();
    schedule.setVisible(true);
    await expect.poll(() => quiet.state.connection).toBe('ready');
    schedule.dispose();
    quiet.dispose();
  });
});

describe('a running container', () => {
  it('is counted with its GPU and price, and asked for its GPU once', async () => {
    const { details } = await world.deploy(fixture('class_with_enter.py'));
    const url = details.functions.flatMap(({ endpoints }) => endpoints)[0]!.url;
    const signal = new AbortController().signal;
    await send({ method: 'GET', url, headers: {}, signal, headersTimeoutMs: 60_000 });
    const counting = newStore();
    await counting.refresh();
    await counting.refresh();
    expect((await rpcs())['TaskGetInfo']).toBe(1);
    expect(runningBadge(counting.state.snapshot, datedRates)).toEqual({
      value: 1,
      tooltip: '1 container running, 1 with GPU: about $1.10/h',
    });
    counting.dispose();
  });
});
