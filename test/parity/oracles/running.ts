/** What runs beside functions: sandboxes, servers, managed endpoints. */
import type { EndpointInfo, ListedEndpoint } from '../../../src/domain/managedEndpoint.ts';
import type { Sandbox, Tunnel } from '../../../src/domain/sandbox.ts';
import type { ServerInfo, ServerStats } from '../../../src/domain/server.ts';
import type { SandboxScope } from '../../../src/modal/runningPlane.ts';
import type { ListedContainer, Scene } from '../scene.ts';
import { boxesApp, managed, other, sandboxes as made } from '../scene.ts';
import { by, keyed, milliseconds, nobody, printedTime, sameMoment, sameSecond, view } from '../witness.ts';
import type { TheirContainer } from './apps.ts';
import { theirContainers } from './apps.ts';

const mostPages = 10;

/** A sandbox as the SDK has it. */
interface SdkSandbox {
  readonly id: string;
  readonly name: string;
  readonly container: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Port inside, host and port outside, the same without encryption. */
  readonly tunnels: readonly (readonly [number, string, number, string, number])[];
  /** Which no object of the SDK shows. */
  readonly created_at: number;
}

interface TheirSandbox extends SdkSandbox {
  readonly app: string;
  readonly listed: TheirContainer | undefined;
  /** What it was made with. */
  readonly made: (typeof made)[keyof typeof made];
}

function sdkSandboxes({ official, apps }: Scene): Promise<SdkSandbox[]> {
  const names = Object.values(made).flatMap(({ options }) => ('name' in options ? options.name : []));
  return official.ask('sandboxes', { app: boxesApp, app_id: apps.boxes, names });
}

async function theirSandboxes(scene: Scene): Promise<ReadonlyMap<string, TheirSandbox>> {
  const containers = await theirContainers(scene, scene.apps.boxes);
  const kinds = new Map(Object.entries(scene.sandboxes).map(([kind, id]) => [id, kind as keyof typeof made]));
  const all = (await sdkSandboxes(scene)).map((each) => ({
    ...each,
    app: scene.apps.boxes,
    listed: containers.get(each.container),
    made: made[kinds.get(each.id) ?? 'small'],
  }));
  return keyed(all, ({ id }) => id);
}

const asked = ({ made: { options } }: TheirSandbox) =>
  options as Readonly<Record<string, string | number | undefined>>;

/** What the local Modal gives where nothing is asked for, as Modal documents it. */
const least = 0.125;
const seconds = 300;

const inMegabytes = (memory: unknown) => (typeof memory === 'number' ? memory / 1024 : least);

const scopes = ({ apps }: Scene): Readonly<Record<string, SandboxScope>> => ({
  all: { environment: 'main' },
  app: { environment: 'main', appId: apps.boxes },
  other: { environment: other },
});

export const sandboxes = view<Sandbox, TheirSandbox>({
  name: 'sandboxes',
  ordered: true,
  ours: async (plane, scene) => {
    const lists = Object.entries(scopes(scene)).map(async ([name, scope]) => {
      const { sandboxes: found } = await plane.listSandboxes(scope, mostPages);
      return found.map((each) => [`${name} ${each.id}`, each] as const);
    });
    return new Map((await Promise.all(lists)).flat());
  },
  theirs: async (scene) => {
    const all = [...(await theirSandboxes(scene))];
    return new Map(['all', 'app'].flatMap((name) => all.map(([id, each]) => [`${name} ${id}`, each])));
  },
  fields: {
    id: by('Python SDK', ({ id }) => id),
    appId: by('CLI', ({ listed }) => listed?.app_id),
    environment: by('CLI', ({ listed }) => (listed ? 'main' : undefined)),
    name: by('Python SDK', ({ name }) => name),
    containerId: by('CLI', ({ listed }) => listed?.container_id),
    state: by('CLI', ({ listed }) => (listed?.start_time === 'Pending' ? 'starting' : 'running')),
    createdAt: by('message', ({ created_at }) => milliseconds(created_at), sameMoment),
    startedAt: by(
      'CLI',
      ({ listed }) =>
        printedTime(listed?.start_time) === undefined ? undefined : milliseconds(listed?.wire.started_at),
      sameMoment,
    ),
    gpu: by('scene', (sandbox) => String(asked(sandbox)['gpu'] ?? '')),
    cores: by('scene', (sandbox) => Number(asked(sandbox)['cpu'] ?? least)),
    memoryGib: by('scene', (sandbox) => inMegabytes(asked(sandbox)['memory'])),
    tags: by('Python SDK', ({ tags }) => Object.entries(tags).map(([name, value]) => `${name}=${value}`)),
    timeoutSeconds: by('scene', (sandbox) => Number(asked(sandbox)['timeout'] ?? seconds)),
    idleTimeoutSeconds: by('scene', (sandbox) => asked(sandbox)['idle_timeout'] as number | undefined),
    tunnels: by('Python SDK', ({ tunnels }) =>
      tunnels.map(([port, host, outer, openHost, openPort]): Tunnel => ({
        port,
        url: `https://${host}:${outer}`,
        socket: openHost ? `${openHost}:${openPort}` : '',
      })),
    ),
  },
});

interface Listing {
  readonly ids: readonly string[];
  readonly more: boolean;
}

export const sandboxLists = view<Listing, readonly string[]>({
  name: 'lists of sandboxes',
  ours: async (plane, scene) => {
    const lists = Object.entries(scopes(scene)).map(async ([name, scope]) => {
      const { sandboxes: found, more } = await plane.listSandboxes(scope, mostPages);
      return [name, { ids: found.map(({ id }) => id), more }] as const;
    });
    return new Map(await Promise.all(lists));
  },
  theirs: async (scene) => {
    const ids = (await sdkSandboxes(scene)).map(({ id }) => id);
    return new Map([
      ['all', ids],
      ['app', ids],
      ['other', []],
    ]);
  },
  fields: {
    ids: by('Python SDK', (ids) => ids),
    more: by('scene', () => false),
  },
});

export const sandboxContainers = view<{ readonly container: string }, string>({
  name: 'containers of sandboxes',
  ours: async (plane, scene) => {
    const found = Object.entries(scene.sandboxes).map(
      async ([kind, id]) => [kind, { container: await plane.sandboxContainer(id) }] as const,
    );
    return new Map(await Promise.all(found));
  },
  theirs: async ({ official, sandboxes: ids }) =>
    new Map(
      Object.entries(
        await official.ask<Record<string, string>>('sandbox_containers', { sandbox_ids: { ...ids } }),
      ),
    ),
  fields: { container: by('Python SDK', (container) => container) },
});

const stopped = ['held', 'open', 'gone', 'goneToo'] as const;

/** The status of one that was ended from outside. */
const killed = 137;

export const sandboxesStopped = view<{ readonly ran: boolean; readonly ended: boolean }, number | null>({
  name: 'sandboxes that were stopped',
  ours: async (plane, scene) => {
    const found = new Map<string, { ran: boolean; ended: boolean }>();
    for (const kind of stopped)
      found.set(kind, { ran: await plane.stopSandbox(scene.sandboxes[kind]), ended: true });
    return found;
  },
  theirs: async ({ official, sandboxes: ids }) => {
    const polled = stopped.map(
      async (kind) => [kind, await official.ask<number | null>('poll', { sandbox_id: ids[kind] })] as const,
    );
    return new Map(await Promise.all(polled));
  },
  fields: {
    ran: by('Python SDK', (status) => status === killed),
    ended: by('Python SDK', (status) => status !== null),
  },
});

/** As `modal endpoint list --json` has it. */
interface CliEndpoint {
  readonly name: string;
  readonly endpoint_id: string;
  readonly status: string;
  readonly created_at: string;
  readonly created_by: string;
}

/** As `modal endpoint info --json` has it. */
interface CliEndpointInfo {
  readonly endpoint_id: string;
  readonly model_name: string | null;
  readonly repo_id: string;
  readonly service_url: string | null;
  readonly requires_proxy_auth: boolean;
  readonly serving_mode: string;
  readonly status: string;
  readonly app_id: string | null;
  readonly server_id: string | null;
}

type TheirListed = CliEndpoint & { readonly environment: string; readonly info: CliEndpointInfo };

async function listedEndpoints({ official }: Scene): Promise<ReadonlyMap<string, TheirListed>> {
  const found = new Map<string, TheirListed>();
  for (const environment of ['main', other])
    for (const each of await official.cliJson<CliEndpoint[]>('endpoint', 'list', '--env', environment)) {
      const info = await official.cliJson<CliEndpointInfo>('endpoint', 'info', each.endpoint_id);
      found.set(each.endpoint_id, { ...each, environment, info });
    }
  return found;
}

export const managedEndpoints = view<ListedEndpoint, TheirListed>({
  name: 'managed endpoints',
  ordered: true,
  ours: async (plane) => {
    const lists = await Promise.all(['main', other].map((environment) => plane.listEndpoints(environment)));
    return keyed(lists.flat(), ({ id }) => id);
  },
  theirs: listedEndpoints,
  fields: {
    id: by('CLI', ({ endpoint_id }) => endpoint_id),
    name: by('CLI', ({ name }) => name),
    environment: by('CLI', ({ environment }) => environment),
    status: by('CLI', ({ status }) => status),
    shared: by('CLI', ({ info }) => info.serving_mode === 'shared'),
    createdAt: by('CLI', ({ created_at }) => printedTime(created_at), sameSecond),
    createdBy: by('CLI', ({ created_by }) => created_by),
    stamp: nobody('It is our own: it only has to change when something else does.'),
  },
});

/** As `modal server info --json` has it. */
interface CliServer {
  readonly port: number;
  readonly unauthenticated: boolean;
  readonly routing_region: string | null;
  readonly sessioned: boolean;
  readonly cpu: number | null;
  readonly memory_mib: number | null;
  readonly gpus: readonly (readonly [string, number])[];
}

const serverOf = ({ official }: Scene, identifier: string) =>
  official.cliJson<CliServer>('server', 'info', identifier);

export const managedInfos = view<EndpointInfo, CliEndpointInfo & { readonly server: CliServer | undefined }>({
  name: 'managed endpoints in detail',
  ours: async (plane, { endpoints }) => {
    const infos = Object.values(endpoints).map(async (id) => [id, await plane.endpointInfo(id)] as const);
    return new Map(await Promise.all(infos));
  },
  theirs: async (scene) => {
    const infos = Object.values(scene.endpoints).map(async (id) => {
      const info = await scene.official.cliJson<CliEndpointInfo>('endpoint', 'info', id);
      return { ...info, server: info.server_id ? await serverOf(scene, info.server_id) : undefined };
    });
    return keyed(await Promise.all(infos), ({ endpoint_id }) => endpoint_id);
  },
  fields: {
    state: by('CLI', ({ status }) => status as EndpointInfo['state']),
    model: by('CLI', ({ model_name }) => model_name ?? ''),
    repository: by('CLI', ({ repo_id }) => repo_id),
    url: by('CLI', ({ service_url }) => service_url ?? ''),
    requiresProxyAuth: by('CLI', ({ requires_proxy_auth }) => requires_proxy_auth),
    appId: by('CLI', ({ app_id }) => app_id ?? undefined),
    serverId: by('CLI', ({ server_id }) => server_id ?? undefined),
    gpus: by('CLI', ({ server }) =>
      server?.gpus.map(([type, count]) => (count > 1 ? `${type}:${count}` : type)),
    ),
  },
});

/** What the scene has loaded, whatever any client says of it. */
export const managedAsLoaded = view<
  Pick<EndpointInfo, 'repository' | 'requiresProxyAuth' | 'state'>,
  (typeof managed)[keyof typeof managed]
>({
  name: 'managed endpoints as they were made',
  ours: async (plane, { endpoints }) => {
    const infos = Object.entries(endpoints).map(
      async ([kind, id]) => [kind, await plane.endpointInfo(id)] as const,
    );
    return new Map(await Promise.all(infos));
  },
  theirs: () => Promise.resolve(new Map(Object.entries(managed))),
  fields: {
    repository: by('scene', ({ model }) => model),
    requiresProxyAuth: by('scene', (each) => !('unauthenticated' in each)),
    state: by('scene', (each) =>
      'status' in each ? each.status : each.model === 'e/f' ? 'stopped' : 'live',
    ),
  },
});

export const endpointStopped = view<{ readonly listed: boolean }, boolean>({
  name: 'a managed endpoint that was stopped',
  ours: async (plane, { endpoints }) => {
    // The app behind a dedicated one would end with it.
    await plane.stopEndpoint(endpoints.shared);
    return new Map([['shared', { listed: false }]]);
  },
  theirs: async (scene) => new Map([['shared', (await listedEndpoints(scene)).has(scene.endpoints.shared)]]),
  fields: { listed: by('CLI', (listed) => listed) },
});

const servers = ['Files', 'Open'];

export const serverInfos = view<ServerInfo, CliServer>({
  name: 'servers',
  ours: async (plane, { functions }) => {
    const infos = servers.map(async (tag) => [tag, await plane.serverInfo(functions[tag] ?? '')] as const);
    return new Map(await Promise.all(infos));
  },
  theirs: async (scene) => {
    const infos = servers.map(async (tag) => [tag, await serverOf(scene, `parity-rich/${tag}`)] as const);
    return new Map(await Promise.all(infos));
  },
  fields: {
    port: by('CLI', ({ port }) => port),
    region: by('CLI', ({ routing_region }) => routing_region ?? ''),
    requiresProxyAuth: by('CLI', ({ unauthenticated }) => !unauthenticated),
    // The command says nothing where nothing was asked for.
    cores: by('CLI', ({ cpu }) => cpu ?? least),
    memoryGib: by('CLI', ({ memory_mib }) => inMegabytes(memory_mib)),
    sessioned: by('CLI', ({ sessioned }) => sessioned),
  },
});

export const serverContainers = view<
  { readonly containers: readonly string[]; readonly listed: boolean },
  { readonly containers: readonly string[]; readonly listed: boolean }
>({
  name: 'containers of servers',
  ours: async (plane, { functions }) => {
    const found = servers.map(async (tag) => {
      const containers = await plane.serverContainers(functions[tag] ?? '');
      return [tag, { containers, listed: true }] as const;
    });
    return new Map(await Promise.all(found));
  },
  theirs: async ({ official }) => {
    const running = await official.cliJson<ListedContainer[]>('container', 'list');
    const found = servers.map(async (tag) => {
      const containers = await official.ask<string[]>('server_containers', { app: 'parity-rich', name: tag });
      const listed = containers.every((id) => running.some(({ container_id }) => container_id === id));
      return [tag, { containers, listed }] as const;
    });
    return new Map(await Promise.all(found));
  },
  fields: {
    containers: by('Python SDK', ({ containers }) => containers),
    listed: by('CLI', ({ listed }) => listed),
  },
});

/** As `modal server stats --json` has it. */
interface CliServerStats {
  readonly request_count: number;
  readonly request_count_by_status_code: Readonly<Record<string, number>>;
  readonly container_total_count: number;
  readonly request_percentile_stats: Readonly<
    Record<string, { readonly percentiles: Readonly<Record<string, number>> }>
  >;
}

const sameLatency = (ours: object, theirs: object) => {
  const other = theirs as Readonly<Record<string, number>>;
  return Object.entries(ours as Readonly<Record<string, number>>).every(
    ([name, value]) => Math.abs(value - (other[name] ?? NaN)) < 1e-6,
  );
};

export const serverStats = view<ServerStats, CliServerStats>({
  name: 'requests to servers',
  ours: async (plane, { functions, since, until }) => {
    const all = servers.map(
      async (tag) => [tag, await plane.serverStats(functions[tag] ?? '', { since, until })] as const,
    );
    return new Map(await Promise.all(all));
  },
  theirs: async ({ official, since, until }) => {
    const [from, to] = [since, until].map((time) => new Date(time).toISOString());
    const all = servers.map(async (tag) => {
      const args = ['server', 'stats', `parity-rich/${tag}`, '--since', from ?? '', '--until', to ?? ''];
      return [tag, await official.cliJson<CliServerStats>(...args)] as const;
    });
    return new Map(await Promise.all(all));
  },
  fields: {
    requests: by('CLI', ({ request_count }) => request_count),
    byStatus: by('CLI', ({ request_count_by_status_code: counts }) =>
      Object.fromEntries(
        Object.entries(counts).map(([hundred, count]) => [Number(hundred.charAt(0)) * 100, count]),
      ),
    ),
    latency: by(
      'CLI',
      ({ request_percentile_stats: { request_latency: found } }) =>
        found && {
          p50: (found.percentiles['p50'] ?? NaN) * 1000,
          p95: (found.percentiles['p95'] ?? NaN) * 1000,
        },
      sameLatency,
    ),
    containers: by('CLI', ({ container_total_count }) => container_total_count),
  },
});

/** What the scene has asked for, whatever any client says of it. */
export const requestsMade = view<Pick<ServerStats, 'requests' | 'byStatus'>, readonly number[]>({
  name: 'the requests that were made',
  ours: async (plane, { functions, since, until }) =>
    new Map([['Open', await plane.serverStats(functions['Open'] ?? '', { since, until })]]),
  theirs: ({ answers }) => Promise.resolve(new Map([['Open', answers]])),
  fields: {
    requests: by('HTTP', (answers) => answers.length),
    byStatus: by('HTTP', (answers) => {
      const hundreds = Map.groupBy(answers, (status) => Math.floor(status / 100) * 100);
      return Object.fromEntries([...hundreds].map(([hundred, all]) => [hundred, all.length]));
    }),
  },
});
