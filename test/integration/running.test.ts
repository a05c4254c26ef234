/**
 * What runs beside functions, each fact beside what an official client says of the same thing: sandboxes by the Python
 * SDK, servers and managed endpoints by the `modal` command.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeployResult } from '../../src/features/deploy/core/deployRun.ts';
import { ModalError } from '../../src/domain/errors.ts';
import type { ManagedEndpoint } from '../../src/domain/managedEndpoint.ts';
import { endpointState } from '../../src/domain/managedEndpoint.ts';
import type { Sandbox } from '../../src/domain/sandbox.ts';
import { sandboxUsdPerHour } from '../../src/domain/sandbox.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import type { SandboxScope } from '../../src/modal/runningPlane.ts';
import { createControlPlane } from '../../src/modal/sdk.ts';
import type { PlaneSource } from '../../src/store/appStore.ts';
import { AppStore } from '../../src/store/appStore.ts';
import { AppRowsBuilder } from '../../src/features/apps/ui/appRows.ts';
import { freePort } from '../host/freePort.ts';
import { TestWorld } from './support/world.ts';

const script = (port: number) => `import subprocess
import sys

import modal

app = modal.App("it-running")


@app.server(port=${port}, gpu="L4", unauthenticated=True, cpu=2, memory=3072, routing_region="us-west")
class Files:
    @modal.enter()
    def up(self) -> None:
        command = ["-m", "http.server", "${port}", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen([sys.executable, *command])

    @modal.exit()
    def down(self) -> None:
        self.process.terminate()


@app.server(port=${port + 1})
class Guarded:
    @modal.enter()
    def up(self) -> None: ...


@app.function(gpu="T4")
def plain() -> None: ...
`;

/** Of both kinds: a GPU makes the SDK take the first. */
const sandboxes = (port: number) => `
import json, modal, os, time
app = modal.App.lookup("it-boxes", create_if_missing=True)
def box(*command, **more):
    return modal.Sandbox.create(*(command or ("sleep", "600")), app=app, **more)
box(name="held", gpu="A10:2", cpu=2, memory=1024, timeout=500, idle_timeout=400, tags={"team": "x", "名": "前"})
box(name="open", encrypted_ports=[${port}], unencrypted_ports=[${port + 1}])
box(cpu=(0.5, 2))
gone = box("true"); gone.wait()
`;

const python = `
import json, modal
from modal_proto import api_pb2
from modal._utils.async_utils import synchronizer
app = modal.App.lookup("it-boxes")
stub = lambda each: each._impl
told = {}
for each in modal.Sandbox.list(app_id=app.app_id):
    tunnels = each.tunnels() if each.object_id == modal.Sandbox.from_name("it-boxes", "open").object_id else {}
    told[each.object_id] = {
        "tags": each.get_tags(),
        "ended": each.poll(),
        "tunnels": {port: [each.host, each.port, each.unencrypted_host, each.unencrypted_port] for port, each in tunnels.items()},
    }
names = {name: modal.Sandbox.from_name("it-boxes", name).object_id for name in ("held", "open")}
print(json.dumps({"app": app.app_id, "boxes": told, "names": names}))
`;

interface ToldSandboxes {
  readonly app: string;
  readonly boxes: Readonly<
    Record<
      string,
      {
        readonly tags: Readonly<Record<string, string>>;
        readonly ended: number | null;
        readonly tunnels: Readonly<Record<string, readonly [string, number, string, number]>>;
      }
    >
  >;
  readonly names: Readonly<Record<string, string>>;
}

let world: TestWorld;
let folder: string;
let port: number;
let deployed: DeployResult;
let store: AppStore;

beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'running-'));
  port = await freePort();
  const file = path.join(folder, 'running.py');
  await writeFile(file, script(port));
  deployed = await world.deploy(file);
  await world.python(sandboxes(port + 2));
  store = newStore();
});
afterAll(async () => {
  store?.dispose();
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

function newStore(planes: PlaneSource = world.planes): AppStore {
  return new AppStore(planes, { get: () => undefined, update: () => Promise.resolve() }, world.logger);
}

async function modal(...args: string[]): Promise<unknown> {
  const { stdout } = await runCli(world.cli, args, {
    cwd: folder,
    env: cliEnvironment(world.env, await world.planes.connection()),
    onLine: () => undefined,
    timeoutMs: 60_000,
    logger: world.logger,
  });
  return JSON.parse(stdout);
}

const rows = () => {
  const { snapshot, listProblems } = store.state;
  return new AppRowsBuilder().build(snapshot, { now: Date.now(), showStopped: false, listProblems }).rows;
};

async function rpcs(): Promise<readonly string[]> {
  const { calls } = (await world.simulator.admin('GET', '/rpc-log')) as { calls: { name: string }[] };
  return calls.map(({ name }) => name);
}

describe('sandboxes', () => {
  it('are those that the SDK lists, with its names, tags, tunnels and ends', async () => {
    const [line] = await world.python(python);
    const told = JSON.parse(line!) as ToldSandboxes;
    const { sandboxes: ours, more } = await world.plane.listSandboxes({ environment: 'main' }, 10);
    expect(more).toBe(false);
    expect(ours.map(({ id }) => id)).toEqual(Object.keys(told.boxes)); // both begin with the newest
    expect(ours).toHaveLength(3);
    for (const { id, appId, name, tags, tunnels } of ours) {
      const theirs = told.boxes[id]!;
      expect(theirs.ended).toBeNull();
      expect(appId).toBe(told.app);
      expect(told.names[name] ?? '').toBe(name ? id : '');
      expect(tags).toEqual(Object.entries(theirs.tags).map(([key, value]) => `${key}=${value}`));
      expect(tunnels).toEqual(
        Object.entries(theirs.tunnels).map(([inner, [host, outer, openHost, openPort]]) => ({
          port: Number(inner),
          url: `https://${host}:${outer}`,
          socket: openHost ? `${openHost}:${openPort}` : '',
        })),
      );
    }
    expect(ours.find(({ name }) => name === 'held')?.tags).toContain('名=前');
    expect(ours.find(({ name }) => name === 'open')?.tunnels).toHaveLength(2);
    // The two kinds, told apart by the length of their ids.
    expect(ours.map(({ id }) => id.length > 25)).toEqual([true, true, false]);
  });

  it('have the GPU, resources and limits that they were made with, at the prices that the command tells', async () => {
    const { sandboxes: ours } = await world.plane.listSandboxes({ environment: 'main' }, 10);
    const [small, open, held] = ours as [Sandbox, Sandbox, Sandbox];
    expect(held).toMatchObject({
      ...{ gpu: 'A10:2', cores: 2, memoryGib: 1, timeoutSeconds: 500, idleTimeoutSeconds: 400 },
      ...{ state: 'running', environment: 'main' },
    });
    expect(open).toMatchObject({ gpu: '', cores: 0.125, memoryGib: 0.125, timeoutSeconds: 300 });
    expect(small).toMatchObject({ name: '', cores: 0.5 });
    const rates = (await modal('billing', 'rates', '--json')) as Record<string, string>;
    const rate = (key: string) => Number(rates[key]);
    const cores = rate('cpu_hour_cost_sandbox');
    const memory = rate('mem_gib_hour_cost_sandbox');
    expect(sandboxUsdPerHour(held, await world.plane.rates())).toBeCloseTo(
      2 * rate('gpu_hour_cost_a10g') + 2 * cores + memory,
      9,
    );
  });

  it('began when their containers did, in the containers that the command lists', async () => {
    const { sandboxes: ours } = await world.plane.listSandboxes({ environment: 'main' }, 10);
    const listed = (await modal('container', 'list', '--json')) as Record<string, string>[];
    const theirs = listed.map((row) => [row['container_id'], Date.parse(row['start_time'] ?? '')]);
    const began = ours.map(({ containerId, startedAt }) => [
      containerId,
      Math.floor((startedAt ?? 0) / 1000) * 1000,
    ]);
    expect(began.sort()).toEqual(theirs.sort());
  });

  it('stand below their app in place of their containers, which are asked for nothing', async () => {
    await world.simulator.admin('DELETE', '/rpc-log');
    await store.refresh();
    expect((await rpcs()).filter((name) => /Sandbox|TaskGetInfo/.test(name))).toEqual([
      'SandboxListV2',
      'SandboxListV2',
    ]);
    const { snapshot } = store.state;
    const app = snapshot.apps.find(({ name }) => name === 'it-boxes')!;
    expect(snapshot.containers).toEqual([]);
    const made = rows();
    expect(made.get(`app/${app.id}`)?.description).toMatch(/^3 running · 3 sandboxes/);
    expect(made.get(`sandboxes/${app.id}`)).toMatchObject({
      description: expect.stringMatching(/^3 running · \$2\.\d\d\/h$/) as string,
    });
    const held = snapshot.sandboxes.find(({ name }) => name === 'held')!;
    expect(made.get(`sandbox/${held.id}`)?.description).toMatch(/^running · A10:2 · \$2\.51\/h/);
  });

  it('end for the SDK when they are stopped, and say when they had ended before', async () => {
    const { sandboxes: ours } = await world.plane.listSandboxes({ environment: 'main' }, 10);
    for (const { id } of ours.slice(1)) {
      expect(await world.plane.stopSandbox(id)).toBe(true);
      expect(await world.plane.stopSandbox(id)).toBe(false);
      expect(await world.python(`import modal; print(modal.Sandbox.from_id("${id}").poll())`)).toEqual([
        '137',
      ]);
    }
    await store.refresh();
    expect(store.state.snapshot.sandboxes.map(({ id }) => id)).toEqual([ours[0]!.id]);
  });
});

describe('servers', () => {
  const server = (tag: string) => deployed.details.functions.find((fn) => fn.tag === tag)!;

  it('are a kind of their own, with the id, GPU and authentication that the command tells', async () => {
    const told = (await modal('app', 'info', 'it-running', '--json')) as {
      readonly servers: Readonly<
        Record<string, { readonly id: string; readonly summary: { authenticated?: boolean } }>
      >;
      readonly functions: Readonly<Record<string, { readonly id: string }>>;
    };
    const ours = deployed.details.functions;
    const ids = (all: Readonly<Record<string, { readonly id: string }>>) =>
      Object.entries(all).map(([tag, { id }]) => [tag, id]);
    expect(ours.flatMap(({ kind, tag, id }) => (kind === 'server' ? [[tag, id]] : []))).toEqual(
      ids(told.servers),
    );
    expect(ours.flatMap(({ kind, tag, id }) => (kind === 'function' ? [[tag, id]] : []))).toEqual(
      ids(told.functions),
    );
    expect(ids(told.servers)).toHaveLength(2);
    expect(told.servers['Files']?.summary.authenticated).toBe(false);
    expect(told.servers['Guarded']?.summary.authenticated).toBe(true);
    for (const tag of ['Files', 'Guarded'])
      expect(server(tag).endpoints[0]?.requiresProxyAuth).toBe(told.servers[tag]?.summary.authenticated);
  });

  it.each(['Files', 'Guarded'])(
    '%s has address, port, region, resources and GPU as in its info',
    async (tag) => {
      const told = (await modal('server', 'info', `it-running/${tag}`, '--json')) as {
        readonly [key: string]: unknown;
        readonly gpus: readonly (readonly [string, number])[];
      };
      const info = await world.plane.serverInfo(server(tag).id);
      expect({
        object_id: server(tag).id,
        server_url: server(tag).endpoints[0]?.url,
        port: info.port,
        unauthenticated: !info.requiresProxyAuth,
        routing_region: info.region,
        sessioned: info.sessioned,
      }).toEqual({
        object_id: told['object_id'],
        server_url: told['server_url'],
        port: told['port'],
        unauthenticated: told['unauthenticated'],
        routing_region: told['routing_region'],
        sessioned: told['sessioned'],
      });
      expect(server(tag).gpus).toEqual(told.gpus.map(([type]) => type));
      // The command says nothing where nothing was asked for; then Modal gives its least.
      expect([info.cores, info.memoryGib]).toEqual([
        told['cpu'] ?? 0.125,
        told['memory_mib'] ? Number(told['memory_mib']) / 1024 : 0.125,
      ]);
    },
  );

  it('have the requests, statuses and containers that the command counts', async () => {
    const { id, endpoints } = server('Files');
    const { url } = endpoints[0]!;
    await expect.poll(async () => (await fetch(url)).status, { timeout: 30_000, interval: 200 }).toBe(200);
    await fetch(`${url}/no/such/file`);
    const told = (await modal('server', 'stats', 'it-running/Files', '--json')) as Record<string, unknown>;
    const until = Date.now();
    const stats = await world.plane.serverStats(id, { since: until - 3_600_000, until });
    expect(stats.requests).toBe(told['request_count']);
    expect(stats.requests).toBeGreaterThan(2);
    expect(
      Object.fromEntries(Object.entries(stats.byStatus).map(([code, count]) => [`${code[0]}xx`, count])),
    ).toEqual(told['request_count_by_status_code']);
    expect(stats.containers).toBe(told['container_total_count']);
    const all = told['request_percentile_stats'] as Record<string, { percentiles: Record<string, number> }>;
    const { p50, p95 } = all['request_latency']!.percentiles;
    expect(stats.latency?.p50).toBeCloseTo(p50! * 1000, 6);
    expect(stats.latency?.p95).toBeCloseTo(p95! * 1000, 6);
  });

  it('have the containers that the SDK tells, which can be stopped', async () => {
    const { id } = server('Files');
    const code = `
import modal
for each in modal.Server.from_name("it-running", "Files")._experimental_list_containers():
    print(each.container_id)`;
    const [running] = await world.python(code);
    expect(await world.plane.serverContainers(id)).toEqual([running]);
    await world.plane.stopContainer(running!);
    await expect.poll(() => world.plane.serverContainers(id), { timeout: 30_000 }).not.toContain(running);
    expect(await world.python(code)).not.toContain(running);
  });
});

describe('managed endpoints', () => {
  const load = (endpoint: object) => world.simulator.admin('POST', '/endpoints', endpoint);

  it('are those of the command, with state, model, address, app and server', async () => {
    await load({
      name: 'chat',
      model: 'Qwen/Qwen3-4B',
      app: 'it-running',
      server: 'Files',
      unauthenticated: true,
    });
    await load({
      name: '共有-é',
      model: 'moonshotai/Kimi-K3',
      shared: true,
      url: 'https://shared.example.invalid/v1',
    });
    await load({ name: 'coming', model: 'a/b', status: 'provisioning' });
    await load({ name: 'broken', model: 'c/d', status: 'failed', revision: 'abc' });
    const listed = (await modal('endpoint', 'list', '--json')) as Record<string, string>[];
    await store.refresh();
    const ours = store.state.snapshot.endpoints;
    expect(
      ours.map(({ name, id, status, createdAt, createdBy }) => [
        ...[name, id, status, Math.floor((createdAt ?? 0) / 1000), createdBy],
      ]),
    ).toEqual(
      listed.map((row) => [
        ...[
          row['name'],
          row['endpoint_id'],
          row['status'],
          Date.parse(row['created_at']!) / 1000,
          row['created_by'],
        ],
      ]),
    );
    expect(ours).toHaveLength(4);
    for (const each of ours) {
      const told = (await modal('endpoint', 'info', each.id, '--json')) as Record<string, unknown>;
      expect(factsOf(each)).toEqual({
        model_name: told['model_name'],
        repo_id: told['repo_id'],
        service_url: told['service_url'],
        requires_proxy_auth: told['requires_proxy_auth'],
        serving_mode: told['serving_mode'],
        status: told['status'],
        app_id: told['app_id'],
        server_id: told['server_id'],
      });
    }
    expect(ours.find(({ name }) => name === 'chat')?.info?.gpus).toEqual(['L4']);
  });

  function factsOf(each: ManagedEndpoint) {
    const { info, shared } = each;
    return {
      model_name: info?.model,
      repo_id: info?.repository,
      service_url: info?.url || null,
      requires_proxy_auth: info?.requiresProxyAuth,
      serving_mode: shared ? 'shared' : 'dedicated',
      status: endpointState(each),
      app_id: info?.appId ?? null,
      server_id: info?.serverId ?? null,
    };
  }

  it('stand in their environment with GPU, price and model', () => {
    const { endpoints } = store.state.snapshot;
    const made = rows();
    const row = (name: string) => made.get(`managed/${endpoints.find((each) => each.name === name)!.id}`);
    expect(made.get('environment/main')?.childIds[0]).toBe('managedEndpoints/environment/main');
    expect(row('chat')?.description).toMatch(
      /^live · (idle · L4 · \$0\.80\/h per container|1 running · L4 · \$0\.80\/h) · Qwen\/Qwen3-4B/,
    );
    expect(row('共有-é')?.description).toMatch(/^live · shared, billed by token · moonshotai\/Kimi-K3/);
    expect(row('broken')).toMatchObject({ icon: 'error' });
  });

  it('are asked for once, and again while they are being made', async () => {
    await world.simulator.admin('DELETE', '/rpc-log');
    await store.refresh();
    expect((await rpcs()).filter((name) => name.startsWith('Endpoint'))).toEqual([
      'EndpointList',
      'EndpointGetInfo',
    ]);
  });

  it('are gone from the command when they are stopped', async () => {
    const { endpoints } = store.state.snapshot;
    await world.plane.stopEndpoint(endpoints.find(({ name }) => name === 'chat')!.id);
    await store.refresh();
    const listed = (await modal('endpoint', 'list', '--json')) as Record<string, string>[];
    const left = store.state.snapshot.endpoints.map(({ name }) => name);
    expect(left).toEqual(listed.map((row) => row['name']));
    expect(left).not.toContain('chat');
  });
});

describe('servers that do not know what is asked', () => {
  const unimplemented = { code: 12, message: 'unknown method' };
  const faults = (names: readonly string[], fault: object) =>
    world.simulator.admin('POST', '/faults', {
      rpc: Object.fromEntries(names.map((name) => [name, fault])),
    });

  it('are asked once, and everything else is shown', async () => {
    const [left] = store.state.snapshot.sandboxes;
    await faults(['SandboxListV2', 'SandboxList', 'EndpointList'], unimplemented);
    await world.simulator.admin('DELETE', '/rpc-log');
    for (let at = 0; at < 3; at++) await store.refresh();
    const asked = (await rpcs()).filter((name) => /Sandbox|Endpoint/.test(name));
    expect(asked.sort()).toEqual(['EndpointList', 'SandboxList', 'SandboxListV2']);
    expect(store.state).toMatchObject({ connection: 'ready', listProblems: [] });
    const { apps, containers } = store.state.snapshot;
    expect(apps.map(({ name }) => name).sort()).toEqual(['it-boxes', 'it-running']);
    // A sandbox is a container then, as it was before there were rows for it.
    expect(containers.map(({ id }) => id)).toContain(left?.containerId);
  });

  it('may refuse lists of a whole environment; then the apps that run are asked', async () => {
    await world.simulator.admin('DELETE', '/faults');
    const listed: SandboxScope[] = [];
    const plane = createControlPlane(await world.planes.connection(), world.logger);
    const listSandboxes: ControlPlane['listSandboxes'] = (scope, pages, signal) => {
      listed.push(scope);
      if (scope.appId === undefined) return Promise.reject(new ModalError('invalid', 'app_id is needed'));
      return plane.listSandboxes(scope, pages, signal);
    };
    const refusing = new Proxy(plane, {
      get: (target, name) => {
        const own: unknown = name === 'listSandboxes' ? listSandboxes : Reflect.get(target, name);
        return typeof own === 'function' ? (own as () => unknown).bind(target) : own;
      },
    });
    const other = newStore({ get: () => Promise.resolve(refusing), cacheKey: () => world.planes.cacheKey() });
    await other.refresh();
    await other.refresh();
    const boxes = other.state.snapshot.apps.find(({ name }) => name === 'it-boxes')!;
    expect(other.state.snapshot.sandboxes.map(({ appId }) => appId)).toEqual([boxes.id]);
    expect(listed.filter(({ appId }) => appId === undefined)).toHaveLength(1);
    plane.close();
    other.dispose();
  });
});
