import type { App, AppDetails, Container, Endpoint, ModalFunction } from '../../../src/domain/app.ts';
import type { ContainerInfo } from '../../../src/domain/lifecycle.ts';
import type { DeployedApp } from '../../../src/modal/controlPlane.ts';
import type { ListedApp, ListedContainer, Scene } from '../scene.ts';
import { other } from '../scene.ts';
import { by, inOrder, keyed, milliseconds, nobody, printedTime, sameMoment, view } from '../witness.ts';

const environments = ['main', other];

/** Our words for what the command line calls a state. */
const states: Readonly<Record<string, string>> = {
  deployed: 'deployed',
  ephemeral: 'ephemeral',
  'ephemeral (detached)': 'detached',
  stopped: 'stopped',
  'stopping...': 'stopping',
  'initializing...': 'initializing',
  disabled: 'disabled',
};

interface CliApp extends ListedApp {
  readonly environment: string;
  readonly info: CliInfo;
  readonly exact: ExactApp;
}

/** As `modal app info --json` has it. */
interface CliInfo {
  readonly lifecycle: {
    readonly created_at: string | null;
    readonly deployed_at: string | null;
    readonly deployed_by: string | null;
    readonly version: number | null;
    readonly stopped_at: string | null;
  };
  readonly functions: Readonly<Record<string, CliFunction>>;
  readonly servers: Readonly<Record<string, CliFunction>>;
}

interface CliFunction {
  readonly id: string;
  readonly summary: {
    readonly gpu_config?: readonly { readonly gpu_type: string; readonly count: number }[];
    readonly schedule?: {
      readonly cron?: { readonly cron_string: string; readonly timezone: string };
      readonly period?: Readonly<Record<string, number>>;
    };
    readonly authenticated?: boolean;
  };
}

/** An app as the SDK has it, which does not round times as the command line does. */
interface ExactApp {
  readonly id: string;
  readonly version: number | null;
  readonly created_at: number | null;
  readonly deployed_at: number | null;
  readonly stopped_at: number | null;
}

function appInfo({ official }: Scene, id: string): Promise<CliInfo> {
  return official.cliJson('app', 'info', id);
}

async function theirApps(scene: Scene): Promise<ReadonlyMap<string, CliApp>> {
  const found = new Map<string, CliApp>();
  for (const environment of environments) {
    for (const app of await scene.official.cliJson<ListedApp[]>('app', 'list', '--env', environment))
      found.set(app.app_id, {
        ...{ ...app, environment, info: await appInfo(scene, app.app_id) },
        exact: await scene.official.ask<ExactApp>('app_by_id', { app_id: app.app_id }),
      });
  }
  return found;
}

export const apps = view<App, CliApp>({
  name: 'apps',
  ours: async (plane) => {
    const lists = await Promise.all(environments.map((environment) => plane.listApps(environment)));
    return keyed(lists.flat(), ({ id }) => id);
  },
  theirs: theirApps,
  fields: {
    id: by('CLI', ({ app_id }) => app_id),
    name: by('CLI', ({ description }) => description),
    environment: by('CLI', ({ environment }) => environment),
    state: by('CLI', ({ state }) => states[state] as App['state']),
    createdAt: by('Python SDK', ({ exact }) => milliseconds(exact.created_at), sameMoment),
    stoppedAt: by('Python SDK', ({ exact }) => milliseconds(exact.stopped_at), sameMoment),
    deployedAt: by('Python SDK', ({ exact }) => milliseconds(exact.deployed_at), sameMoment),
    version: by('CLI', ({ info }) => info.lifecycle.version ?? undefined),
    runningContainers: by('CLI', ({ tasks }) => Number(tasks)),
  },
});

export interface TheirContainer extends ListedContainer {
  readonly wire: { readonly started_at: number; readonly enqueued_at: number };
}

export async function theirContainers(
  { official }: Scene,
  appId?: string,
): Promise<ReadonlyMap<string, TheirContainer>> {
  const found = new Map<string, TheirContainer>();
  for (const environment of environments) {
    const wire = await official.ask<(TheirContainer['wire'] & { task_id: string })[]>('containers', {
      environment,
    });
    const args = ['--env', environment, ...(appId ? ['--app-id', appId] : [])];
    for (const each of await official.cliJson<ListedContainer[]>('container', 'list', ...args)) {
      const known = wire.find(({ task_id }) => task_id === each.container_id);
      if (known) found.set(each.container_id, { ...each, wire: known });
    }
  }
  return found;
}

const containerFields = {
  id: by<string, TheirContainer>('CLI', ({ container_id }) => container_id),
  appId: by<string, TheirContainer>('CLI', ({ app_id }) => app_id),
  enqueuedAt: by<number | undefined, TheirContainer>(
    'message',
    ({ wire }) => milliseconds(wire.enqueued_at),
    sameMoment,
  ),
  // The command line says `Pending` of a container that has not started.
  startedAt: by<number | undefined, TheirContainer>(
    'CLI',
    ({ start_time, wire }) =>
      printedTime(start_time) === undefined ? undefined : milliseconds(wire.started_at),
    sameMoment,
  ),
  startUnknown: by<true | undefined, TheirContainer>('CLI', () => undefined),
  gpu: nobody('The list does not tell it; see containerGpu.'),
};

export const containers = view<Container, TheirContainer>({
  name: 'containers',
  ours: async (plane) => {
    const lists = await Promise.all(environments.map((environment) => plane.listContainers(environment)));
    return keyed(lists.flat(), ({ id }) => id);
  },
  theirs: (scene) => theirContainers(scene),
  fields: containerFields,
});

export const containersOfApp = view<Container, TheirContainer>({
  name: 'containers of one app',
  ours: async (plane, { apps: { rich } }) => keyed(await plane.listContainers('main', rich), ({ id }) => id),
  theirs: (scene) => theirContainers(scene, scene.apps.rich),
  fields: containerFields,
});

/** What is known of a container by others: the bare message, and the list that it is in while it lives. */
interface TheirInfo {
  readonly info: {
    readonly id: string;
    readonly started_at: number;
    readonly finished_at: number;
    readonly enqueued_at: number;
    readonly gpu_config?: { readonly count: number; readonly gpu_type: string };
    readonly result?: { readonly status: string; readonly exception: string };
  };
  readonly listed: ListedContainer | undefined;
  /** The GPUs that the code of its function asks for, where a call is known that ran in it. */
  readonly gpusOfFunction: readonly string[];
}

async function theirInfos(scene: Scene): Promise<ReadonlyMap<string, TheirInfo>> {
  const { official } = scene;
  const listed = await official.cliJson<ListedContainer[]>('container', 'list');
  const functionOf = await functionsOfContainers(scene);
  const info = await appInfo(scene, scene.apps.rich);
  const found = Object.values(scene.containers).map(async (id) => ({
    ...(await official.ask<Pick<TheirInfo, 'info'>>('container', { task_id: id })),
    listed: listed.find(({ container_id }) => container_id === id),
    gpusOfFunction: gpusOf(info.functions[functionOf.get(id) ?? '']),
  }));
  return keyed(await Promise.all(found), (each) => each.info.id);
}

/** Which function a container belongs to, by the calls that it served. */
async function functionsOfContainers({ official }: Scene): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const tag of ['narrow', 'crashes'])
    for (const call of await official.cliJson<{ container_id: string | null }[]>(
      ...['function', 'calls', `parity-rich/${tag}`],
    ))
      if (call.container_id) found.set(call.container_id, tag);
  return found;
}

export const containerGpus = view<{ readonly gpu: string | undefined; readonly asked: boolean }, TheirInfo>({
  name: 'GPUs of containers',
  ours: async (plane, { containers: known }) => {
    const found = Object.values(known).map(
      async (id) => [id, { gpu: await plane.containerGpu(id), asked: true }] as const,
    );
    return new Map(await Promise.all(found));
  },
  theirs: theirInfos,
  fields: {
    gpu: by('message', ({ info }) => gpuText(info.gpu_config)),
    // Beside the message, the code of the function says the same.
    asked: by('CLI', ({ gpusOfFunction, info }) => {
      const gpu = gpuText(info.gpu_config);
      return gpu === '' ? gpusOfFunction.length === 0 : gpusOfFunction.includes(gpu);
    }),
  },
});

/** Our words for how a container ended. */
const results: Readonly<Record<string, string>> = {
  GENERIC_STATUS_SUCCESS: 'finished',
  GENERIC_STATUS_FAILURE: 'failed',
  GENERIC_STATUS_INTERNAL_FAILURE: 'failed inside Modal',
};

export const containerInfos = view<ContainerInfo, TheirInfo>({
  name: 'containers in detail',
  ours: async (plane, { containers: known }) =>
    keyed(await Promise.all(Object.values(known).map((id) => plane.containerInfo(id))), ({ id }) => id),
  theirs: theirInfos,
  fields: {
    id: by('message', ({ info }) => info.id),
    gpu: by('message', ({ info }) => gpuText(info.gpu_config)),
    state: by('CLI', ({ listed }) => {
      if (!listed) return 'finished';
      return listed.start_time === 'Pending' ? 'starting' : 'running';
    }),
    enqueuedAt: by('message', ({ info }) => milliseconds(info.enqueued_at), sameMoment),
    readyAt: by('message', ({ info }) => milliseconds(info.started_at), sameMoment),
    finishedAt: by('message', ({ info }) => milliseconds(info.finished_at), sameMoment),
    result: by('message', ({ info: { finished_at, result } }) =>
      finished_at && result ? `${results[result.status]}: ${result.exception}` : undefined,
    ),
  },
});

function gpuText(gpu: { readonly count: number; readonly gpu_type: string } | undefined): string {
  if (!gpu) return '';
  return gpu.count > 1 ? `${gpu.gpu_type}:${gpu.count}` : gpu.gpu_type;
}

function gpusOf(found: CliFunction | undefined): string[] {
  return (found?.summary.gpu_config ?? []).map(gpuText);
}

const describedApps = ({ apps: { rich, dev, versions, ended } }: Scene) => [rich, dev, versions, ended];

export const details = view<AppDetails, CliApp>({
  name: 'app details',
  ours: async (plane, scene) =>
    keyed(await Promise.all(describedApps(scene).map((id) => plane.describeApp(id))), ({ appId }) => appId),
  theirs: async (scene) => {
    const all = await theirApps(scene);
    return new Map(describedApps(scene).map((id) => [id, all.get(id)!]));
  },
  fields: {
    appId: by('CLI', ({ app_id }) => app_id),
    version: by('CLI', ({ info }) => info.lifecycle.version ?? undefined),
    deployedAt: by('Python SDK', ({ exact }) => milliseconds(exact.deployed_at), sameMoment),
    deployedBy: by('CLI', ({ info }) => info.lifecycle.deployed_by ?? undefined),
    functions: nobody('They are compared one by one.'),
  },
});

interface TheirFunction extends CliFunction {
  readonly tag: string;
  readonly isClass: boolean;
  /** The command has servers in a list of their own. */
  readonly isServer: boolean;
}

/** The names under which the described apps are found; an app that has ended is found by none. */
const foundAs = ({
  apps: { rich, dev, versions },
}: Scene): Readonly<Record<string, readonly [string, string]>> => ({
  [rich]: ['parity-rich', 'main'],
  [dev]: ['parity-small', other],
  [versions]: ['parity-versions', 'main'],
});

async function theirFunctions(scene: Scene): Promise<ReadonlyMap<string, TheirFunction>> {
  const found = new Map<string, TheirFunction>();
  for (const id of describedApps(scene)) {
    const { functions: all, servers } = await appInfo(scene, id);
    const [app, environment] = foundAs(scene)[id] ?? [];
    const names = Object.keys(all).map((tag) => tag.replace(/\.\*$/, ''));
    const classes = app
      ? await scene.official.ask<Record<string, string>>('classes', { app, environment, names })
      : {};
    for (const [tag, each] of Object.entries({ ...all, ...servers })) {
      const isClass = tag.endsWith('.*') && classes[tag.slice(0, -2)] !== undefined;
      found.set(`${id} ${tag}`, { ...each, tag, isClass, isServer: tag in servers });
    }
  }
  return found;
}

export const functions = view<ModalFunction, TheirFunction>({
  name: 'functions',
  ours: async (plane, scene) => {
    const all = await Promise.all(describedApps(scene).map((id) => plane.describeApp(id)));
    return new Map(
      all.flatMap((app) => app.functions.map((each) => [`${app.appId} ${each.tag}`, each] as const)),
    );
  },
  theirs: theirFunctions,
  fields: {
    id: by('CLI', ({ id }) => id),
    tag: by('CLI', ({ tag }) => tag),
    kind: by('Python SDK', ({ isClass, isServer }) => (isServer ? 'server' : isClass ? 'class' : 'function')),
    gpus: by('CLI', (each) => gpusOf(each)),
    schedule: by('CLI', ({ summary: { schedule } }) => scheduleText(schedule)),
    endpoints: nobody('They are compared one by one.'),
  },
});

function scheduleText(schedule: CliFunction['summary']['schedule']): string | undefined {
  const { cron, period } = schedule ?? {};
  if (cron) return `cron ${cron.cron_string} ${cron.timezone}`;
  if (!period) return undefined;
  const parts = Object.entries(period).map(([unit, value]) => `${value} ${unit}`);
  return `every ${parts.join(' ')}`;
}

interface TheirEndpoint {
  readonly functionId: string;
  readonly name: string;
  readonly url: string;
  readonly authenticated: boolean | undefined;
}

export const endpoints = view<Endpoint, TheirEndpoint>({
  name: 'endpoints',
  ours: async (plane, scene) => {
    // The other apps have none.
    const all = await Promise.all(describedApps(scene).map((id) => plane.describeApp(id)));
    return keyed(
      all.flatMap((app) => app.functions.flatMap((each) => each.endpoints)),
      ({ name, url }) => `${name} ${url}`,
    );
  },
  theirs: async (scene) => {
    const { functions: all, servers } = await appInfo(scene, scene.apps.rich);
    const asked = { app: 'parity-rich', environment: 'main' };
    const plain = Object.keys(all).filter((tag) => !tag.endsWith('.*'));
    const methods = ['predict', 'explain'].map((method) => ['Model', method]);
    const urls: Record<string, string> = {
      ...(await scene.official.ask<Record<string, string>>('addresses', {
        ...{ ...asked, functions: plain, methods },
      })),
      ...(await scene.official.ask<Record<string, string>>('servers', {
        ...{ ...asked, names: Object.keys(servers) },
      })),
    };
    const found = Object.entries(urls).flatMap(([name, url]) => {
      const owner = all[name] ?? servers[name] ?? all[`${name.split('.')[0]}.*`];
      const { id = '', summary } = owner ?? {};
      return url ? [{ functionId: id, name, url, authenticated: summary?.authenticated }] : [];
    });
    return keyed(found, ({ name, url }) => `${name} ${url}`);
  },
  fields: {
    functionId: by('CLI', ({ functionId }) => functionId),
    name: by('Python SDK', ({ name }) => name),
    url: by('Python SDK', ({ url }) => url),
    requiresProxyAuth: by('CLI', ({ authenticated }) => authenticated),
  },
});

/** What the code of the fixture says, whatever any client says of it. */
export const asWritten = view<
  Omit<ModalFunction, 'id' | 'kind' | 'endpoints'> & { guarded: boolean[] },
  Written
>({
  name: 'the code of the app',
  ours: async (plane, { apps: { rich } }) => {
    const { functions: all } = await plane.describeApp(rich);
    const found = all.map(({ tag, gpus, schedule, endpoints: own }) => ({
      ...{ tag, gpus, guarded: own.flatMap(({ requiresProxyAuth }) => requiresProxyAuth ?? []) },
      ...(schedule === undefined ? {} : { schedule }),
    }));
    return keyed(found, ({ tag }) => tag);
  },
  theirs: () => Promise.resolve(new Map(Object.entries(written))),
  fields: {
    tag: nobody('It is the key.'),
    gpus: by('scene', ({ gpus }) => gpus ?? []),
    schedule: by('scene', ({ schedule }) => schedule),
    guarded: by('scene', ({ guarded }) => guarded ?? []),
  },
});

interface Written {
  readonly gpus?: readonly string[];
  readonly schedule?: string;
  readonly guarded?: boolean[];
}

/** As `fixtures/everything.py` has it. */
const written: Readonly<Record<string, Written>> = {
  ranked: { gpus: ['L40S', 'A100-80GB:2'] },
  nightly: { schedule: 'cron 5 4 * * * Europe/Berlin' },
  often: { gpus: ['T4'], schedule: 'every 6 hours 30 minutes' },
  tuned: {},
  narrow: { gpus: ['L4'] },
  fails: {},
  crashes: { gpus: ['A10:3'] },
  starts_late: {},
  guarded: { guarded: [true] },
  public: { guarded: [false] },
  'Model.*': { gpus: ['H100:2'], guarded: [true, true] },
  Files: { guarded: [true] },
  Open: { gpus: ['L4'], guarded: [false] },
};

const lookedUp = [
  ['parity-rich', 'main'],
  ['parity-small', other],
  ['parity-versions', 'main'],
  ['parity-ended', 'main'],
  ['parity-rich', other],
  ['parity-small', 'main'],
] as const;

export const deployedApps = view<DeployedApp, ExactApp>({
  name: 'apps by name',
  ours: async (plane) => {
    const found = new Map<string, DeployedApp>();
    for (const [name, environment] of lookedUp) {
      const app = await plane.findDeployedApp(name, environment);
      if (app) found.set(`${environment}/${name}`, app);
    }
    return found;
  },
  theirs: async ({ official }) => {
    const found = new Map<string, ExactApp>();
    for (const [name, environment] of lookedUp) {
      const app = await official.ask<ExactApp | null>('app_by_name', { name, environment });
      if (app) found.set(`${environment}/${name}`, app);
    }
    return found;
  },
  fields: {
    appId: by('Python SDK', ({ id }) => id),
    version: by('Python SDK', ({ version }) => version ?? undefined),
    deployedAt: by('Python SDK', (app) => milliseconds(app.deployed_at), sameMoment),
  },
});

export const pages = view<{ readonly url: string }, string>({
  name: 'pages',
  ours: (plane, { apps: { rich }, functions: known, containers: { busy } }) =>
    Promise.resolve(
      inOrder([rich, known['ranked'] ?? '', busy].map((id) => ({ url: plane.dashboardUrl(id) }))),
    ),
  theirs: async ({ official, apps: { rich }, functions: known, containers: { busy } }) => {
    const printed: string[] = [];
    for (const id of [rich, known['ranked'] ?? '', busy]) printed.push(await official.cli('dashboard', id));
    return inOrder(printed);
  },
  fields: { url: by('CLI', (text) => /https:\S+/.exec(text)?.[0]) },
});
