import { setTimeout as pause } from 'node:timers/promises';
import type {
  AppVersion,
  Autoscaler,
  AutoscalerField,
  AutoscalerOverride,
  AutoscalerValues,
  FunctionStats,
  Redeployed,
  VersionCommit,
} from '../../../src/domain/lifecycle.ts';
import type { ListedApp, ListedContainer, Scene } from '../scene.ts';
import { author, repository, rolledBackTo, versions as versionCount } from '../scene.ts';
import { by, keyed, milliseconds, nobody, sameMoment, view } from '../witness.ts';

/** As `modal app history --json` has it. */
interface CliVersion {
  readonly version: string;
  readonly time_deployed: string;
  readonly client: string;
  readonly deployed_by: string;
  readonly commit: string | null;
  readonly tag?: string | null;
}

interface TheirVersion extends CliVersion {
  readonly number: number;
  readonly wire: { readonly deployed_at: number; readonly rollback_allowed: boolean };
  readonly isLive: boolean;
  readonly commitMade: Scene['commit'];
}

async function theirVersions(scene: Scene): Promise<ReadonlyMap<string, TheirVersion>> {
  const { official, apps, commit } = scene;
  const { app_deployment_histories: wire } = await official.ask<{
    app_deployment_histories: (TheirVersion['wire'] & { version: number })[];
  }>('history', { app_id: apps.versions });
  const { lifecycle } = await official.cliJson<{ lifecycle: { version: number } }>(
    'app',
    'info',
    apps.versions,
  );
  const listed = await official.cliJson<CliVersion[]>('app', 'history', apps.versions);
  const all = listed.map((each) => {
    const number = Number(each.version.slice(1));
    return {
      ...{ ...each, number, isLive: number === lifecycle.version, commitMade: commit },
      wire: wire.find(({ version }) => version === number)!,
    };
  });
  return keyed(all, ({ number }) => String(number));
}

/** What the scene did to make a version. */
const made = (number: number): AppVersion['kind'] => {
  if (number === versionCount) return 'rollback';
  return number <= 2 ? 'standard' : 'rollover';
};

export const versions = view<AppVersion, TheirVersion>({
  name: 'versions',
  ordered: true,
  ours: async (plane, { apps }) => keyed(await plane.history(apps.versions), ({ number }) => String(number)),
  theirs: theirVersions,
  fields: {
    number: by('CLI', ({ number }) => number),
    deployedAt: by('message', ({ wire }) => milliseconds(wire.deployed_at), sameMoment),
    deployedBy: by('CLI', ({ deployed_by }) => deployed_by),
    clientVersion: by('CLI', ({ client }) => client),
    tag: by('CLI', ({ tag }) => tag ?? ''),
    kind: by('scene', ({ number }) => made(number)),
    rollbackOf: by('scene', ({ number }) => (number === versionCount ? rolledBackTo : undefined)),
    rollbackAllowed: by('message', ({ wire }) => wire.rollback_allowed),
    live: by('CLI', ({ isLive }) => isLive),
    commit: nobody('It is compared by itself.'),
    unusableCommit: by('Git', () => undefined),
  },
});

export const commits = view<VersionCommit, TheirVersion>({
  name: 'commits',
  ours: async (plane, { apps }) => {
    const all = await plane.history(apps.versions);
    return new Map(all.flatMap(({ number, commit }) => (commit ? [[String(number), commit]] : [])));
  },
  theirs: async (scene) => {
    const all = await theirVersions(scene);
    return new Map([...all].filter(([, { commit }]) => commit !== null));
  },
  fields: {
    hash: by('Git', ({ commitMade }) => commitMade.hash as VersionCommit['hash']),
    branch: by('Git', () => 'trunk'),
    dirty: by('CLI', ({ commit }) => commit?.endsWith('*')),
    author: by('Git', () => author.name),
    time: by('Git', ({ commitMade }) => commitMade.time),
    repoUrl: by('Git', () => repository),
  },
});

/** As `modal function autoscaler settings --json` has it, and the message behind it. */
interface TheirScaling {
  readonly id: string;
  readonly current_settings: WireValues;
  readonly override_events: readonly {
    readonly setting: string;
    readonly updated_at: string;
    readonly actor_name: string;
  }[];
  readonly wire: { readonly default_settings?: WireValues; readonly static_settings?: WireValues };
}

interface WireValues {
  readonly min_containers?: number;
  readonly max_containers?: number;
  readonly buffer_containers?: number;
  readonly scaledown_window?: number;
}

const names: Readonly<Record<string, AutoscalerField>> = {
  min_containers: 'minContainers',
  max_containers: 'maxContainers',
  buffer_containers: 'bufferContainers',
  scaledown_window: 'scaledownWindow',
};

function values(wire: WireValues | undefined): Partial<AutoscalerValues> {
  const known = Object.entries(wire ?? {}).flatMap(([name, value]) => {
    const field = names[name];
    return field ? [[field, value as number]] : [];
  });
  return Object.fromEntries(known) as Partial<AutoscalerValues>;
}

const scaled = ['ranked', 'tuned', 'Model.*'];

type Scaling = Autoscaler & { readonly id: string };

async function theirScaling(
  scene: Scene,
  tags: readonly string[],
): Promise<ReadonlyMap<string, TheirScaling>> {
  const found = new Map<string, TheirScaling>();
  for (const tag of tags) {
    const id = scene.functions[tag] ?? '';
    const { autoscaler_configuration: wire } = await scene.official.ask<{
      autoscaler_configuration: TheirScaling['wire'];
    }>('scheduling', { function_id: id });
    const shown = await scene.official.cliJson<Omit<TheirScaling, 'id' | 'wire'>>(
      ...['function', 'autoscaler', 'settings', id],
    );
    found.set(tag, { ...shown, id, wire });
  }
  return found;
}

export const autoscalers = view<Scaling, TheirScaling>({
  name: 'autoscaling',
  ours: async (plane, { functions }) => {
    const found = scaled.map(async (tag) => {
      const id = functions[tag] ?? '';
      return [tag, { id, ...(await plane.autoscaler(id)) }] as const;
    });
    return new Map(await Promise.all(found));
  },
  theirs: (scene) => theirScaling(scene, scaled),
  fields: {
    id: by('CLI', ({ id }) => id),
    inForce: by('CLI', ({ current_settings }) => values(current_settings) as AutoscalerValues),
    coded: by('message', ({ wire }) => values(wire.static_settings)),
    defaults: by('message', ({ wire }) => values(wire.default_settings)),
    overrides: by('CLI', ({ override_events }) =>
      Object.fromEntries<AutoscalerOverride>(
        override_events.map(({ setting, updated_at, actor_name }) => [
          names[setting] ?? setting,
          { by: actor_name, at: Math.round(Number(updated_at) * 1000) },
        ]),
      ),
    ),
  },
});

/** What `fixtures/everything.py` and the command that changed a value say. */
const codedAs: Readonly<Record<string, Partial<AutoscalerValues>>> = {
  ranked: { maxContainers: 2, scaledownWindow: 1200 },
  tuned: { maxContainers: 7, bufferContainers: 3, scaledownWindow: 33 },
  'Model.*': { scaledownWindow: 1200 },
};

export const scalingAsWritten = view<Pick<Autoscaler, 'coded'> & { changed: string[] }, string>({
  name: 'autoscaling in the code',
  ours: async (plane, { functions }) => {
    const found = scaled.map(async (tag) => {
      const { coded, overrides } = await plane.autoscaler(functions[tag] ?? '');
      return [tag, { coded, changed: Object.keys(overrides) }] as const;
    });
    return new Map(await Promise.all(found));
  },
  theirs: () => Promise.resolve(new Map(scaled.map((tag) => [tag, tag]))),
  fields: {
    coded: by('scene', (tag) => codedAs[tag]),
    changed: by('scene', (tag) => (tag === 'ranked' ? ['minContainers'] : [])),
  },
});

interface TheirStats {
  readonly backlog: number;
  readonly runners: number;
  readonly running_inputs: number;
}

const counted = ['narrow', 'starts_late', 'ranked', 'tuned', 'Model.*'];

export const stats = view<FunctionStats, TheirStats>({
  name: 'numbers of functions',
  ours: async (plane, { functions }) => {
    const found = counted.map(async (tag) => [tag, await plane.functionStats(functions[tag] ?? '')] as const);
    return new Map(await Promise.all(found));
  },
  theirs: async ({ official, functions }) => {
    const found = counted.map(
      async (tag) =>
        [tag, await official.ask<TheirStats>('current_stats', { function_id: functions[tag] })] as const,
    );
    return new Map(await Promise.all(found));
  },
  fields: {
    backlog: by('Python SDK', ({ backlog }) => backlog),
    containers: by('Python SDK', ({ runners }) => runners),
    runningInputs: by('Python SDK', ({ running_inputs }) => running_inputs),
  },
});

/** A function whose settings nobody reads before. */
const changedTag = 'nightly';
const changes = { minContainers: 0, maxContainers: 9, bufferContainers: 4, scaledownWindow: 77 };

export const scalingChanged = view<{ readonly values: Partial<AutoscalerValues> }, TheirScaling>({
  name: 'changed autoscaling',
  ours: async (plane, { functions }) => {
    await plane.updateAutoscaler(functions[changedTag] ?? '', changes);
    return new Map([[changedTag, { values: changes }]]);
  },
  theirs: (scene) => theirScaling(scene, [changedTag]),
  fields: { values: by('CLI', ({ current_settings }) => values(current_settings)) },
});

/** The newest version of an app, as the command line lists it. */
async function newest({ official, apps }: Scene): Promise<TheirNewest> {
  const [latest] = await official.cliJson<CliVersion[]>('app', 'history', apps.dev);
  const history = await official.ask<{
    app_deployment_histories: { version: number; deployed_at: number; deployment_type: string }[];
  }>('history', { app_id: apps.dev });
  const wire = history.app_deployment_histories.find(({ version }) => `v${version}` === latest?.version);
  return { ...latest!, exactly: wire?.deployed_at ?? 0, type: wire?.deployment_type ?? '' };
}

type TheirNewest = CliVersion & { readonly exactly: number; readonly type: string };

const redeployed = (name: string, number: number, type: string, change: 'rollover' | 'rollback') =>
  view<Redeployed & { readonly number: number; readonly type: string }, TheirNewest>({
    name,
    ours: async (plane, { apps }) => {
      const made = change === 'rollover' ? await plane.rollover(apps.dev) : await plane.rollback(apps.dev, 1);
      return new Map([['newest', { ...made, number, type }]]);
    },
    theirs: async (scene) => new Map([['newest', await newest(scene)]]),
    fields: {
      deployedAt: by('message', ({ exactly }) => milliseconds(exactly), sameMoment),
      warnings: by('scene', () => []),
      number: by('CLI', ({ version }) => Number(version.slice(1))),
      type: by('message', (version) => version.type),
    },
  });

export const rolledOver = redeployed('a rollover', 2, 'DEPLOYMENT_TYPE_ROLLOVER', 'rollover');
export const rolledBack = redeployed('a rollback', 3, 'DEPLOYMENT_TYPE_ROLLBACK', 'rollback');

interface Gone {
  readonly listed: boolean;
}

export const containerStopped = view<Gone, boolean>({
  name: 'a container that was stopped',
  ours: async (plane, { containers: { starting } }) => {
    await plane.stopContainer(starting);
    return new Map([[starting, { listed: false }]]);
  },
  theirs: async ({ official, containers: { starting } }) => {
    // It takes a moment; and another one takes its place, under another id.
    for (let look = 0; look < 40; look++) {
      const all = await official.cliJson<ListedContainer[]>('container', 'list');
      if (!all.some(({ container_id }) => container_id === starting)) return new Map([[starting, false]]);
      await pause(250);
    }
    return new Map([[starting, true]]);
  },
  fields: { listed: by('CLI', (listed) => listed) },
});

interface State {
  readonly state: string;
}

async function listed({ official }: Scene, id: string): Promise<ReadonlyMap<string, ListedApp>> {
  const all = await official.cliJson<ListedApp[]>('app', 'list');
  return keyed(
    all.filter(({ app_id }) => app_id === id),
    ({ app_id }) => app_id,
  );
}

const stateFields = { state: by<string, ListedApp>('CLI', ({ state }) => state) };

export const runDisconnected = view<State, ListedApp>({
  name: 'a run whose client has gone',
  ours: async (plane, { apps: { run } }) => {
    await plane.disconnectApp(run);
    return new Map([[run, { state: 'stopped' }]]);
  },
  theirs: (scene) => listed(scene, scene.apps.run),
  fields: stateFields,
});

export const appStopped = view<State & { readonly by: string }, ListedApp & { readonly why: string }>({
  name: 'an app that was stopped',
  ours: async (plane, { apps }) => {
    await plane.stopApp(apps.versions);
    return new Map([[apps.versions, { state: 'stopped', by: 'user stopped from CLI' }]]);
  },
  theirs: async (scene) => {
    const [[id, app] = []] = [...(await listed(scene, scene.apps.versions))];
    const why = await scene.official.cli('app', 'logs', scene.apps.versions);
    return new Map(id && app ? [[id, { ...app, why }]] : []);
  },
  fields: { ...stateFields, by: by('CLI', ({ why }) => /Stopping app - (.+)\./.exec(why)?.[1]) },
});
