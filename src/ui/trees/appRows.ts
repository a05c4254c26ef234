import type { App, AppDetails, Container, Endpoint, Environment, ModalFunction } from '../../domain/app.ts';
import { isLive } from '../../domain/app.ts';
import { plural, shortAge, spokenAge } from '../../domain/words.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { emptySnapshot } from '../../store/snapshot.ts';
import { appStateLook } from './appStateLook.ts';
import type { LifecycleRows } from './lifecycleRows.ts';
import type { Row, Rows } from './row.ts';
import { rootRow } from './row.ts';
import type { VersionRowTarget } from './versionRows.ts';

export interface AppRowOptions {
  readonly now: number;
  readonly showStopped: boolean;
  /** Adds versions and autoscaling; absent: without. */
  readonly lifecycle?: Pick<LifecycleRows, 'stamp' | 'below' | 'functionFacts'>;
}

/** What a row stands for, so that commands find their argument. */
export type AppRowTarget =
  | { readonly kind: 'environment'; readonly environment: Environment }
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'function'; readonly app: App; readonly fn: ModalFunction }
  | { readonly kind: 'endpoint'; readonly app: App; readonly endpoint: Endpoint }
  | { readonly kind: 'container'; readonly app: App; readonly container: Container }
  | VersionRowTarget;

export interface AppRows {
  readonly rows: Rows;
  readonly targets: ReadonlyMap<string, AppRowTarget>;
}

/** Rows of an app and all below it, as they were made for the facts that the key names. */
interface AppGroup {
  readonly key: string;
  readonly details: AppDetails | undefined;
  readonly members: readonly (readonly [Row, AppRowTarget])[];
}

const collator = new Intl.Collator();

/**
 * Makes the environment, app, function, endpoint and container rows of a snapshot. Rows of an app in which nothing
 * has changed since the last build are the same objects again, so that large workspaces cost little to refresh.
 */
export class AppRowsBuilder {
  #snapshot: Snapshot = emptySnapshot;
  #options: AppRowOptions = { now: 0, showStopped: false };
  #rows = new Map<string, Row>();
  #targets = new Map<string, AppRowTarget>();
  #containers = new Map<string, Container[]>();
  #known: ReadonlyMap<string, AppGroup> = new Map();
  #groups = new Map<string, AppGroup>();
  #members: (readonly [Row, AppRowTarget])[] | undefined;

  build(snapshot: Snapshot, options: AppRowOptions): AppRows {
    this.#snapshot = snapshot;
    this.#options = options;
    this.#rows = new Map();
    this.#targets = new Map();
    this.#containers = Map.groupBy(snapshot.containers, (container) => container.appId);
    this.#known = this.#groups;
    this.#groups = new Map();
    return this.#build();
  }

  #build(): AppRows {
    const { environments, apps } = this.#snapshot;
    const shown = apps.filter(
      (app) => this.#options.showStopped || isLive(app.state) || app.state === 'stopping',
    );
    const byEnvironment = Map.groupBy(shown, (app) => app.environment);
    const empty = shown.length === 0;
    const childIds = empty
      ? [] // the view's welcome text says what to do next
      : environments.map((environment) =>
          this.#environment(environment, byEnvironment.get(environment.name) ?? []),
        );
    this.#rows.set('', rootRow(childIds));
    return { rows: this.#rows, targets: this.#targets };
  }

  #environment(environment: Environment, apps: readonly App[]): string {
    const id = `environment/${environment.name}`;
    const sorted = [...apps].sort((a, b) => collator.compare(a.name, b.name) || collator.compare(a.id, b.id));
    const counts = [plural(apps.length, 'app'), ...this.#running(environment)];
    return this.#add(
      {
        id,
        parentId: '',
        kind: 'environment',
        label: environment.name,
        description: counts.join(' · '),
        icon: 'layers',
        context: 'environment',
        spoken: `Environment ${environment.name}, ${counts.join(', ')}`,
        tooltip: () => [
          `Environment ${environment.name}${environment.isDefault ? ' (default)' : ''}`,
          counts.join(', '),
        ],
        collapsible: apps.length > 0 ? 'expanded' : 'none',
        childIds: sorted.map((app) => this.#app(app, id)),
      },
      { kind: 'environment', environment },
    );
  }

  #running(environment: Environment): string[] {
    const parts: string[] = [];
    if (environment.runningContainers > 0) parts.push(`${environment.runningContainers} running`);
    if (environment.runningGpus > 0) parts.push(plural(environment.runningGpus, 'GPU'));
    return parts;
  }

  #app(app: App, parentId: string): string {
    const details = this.#snapshot.details.get(app.id);
    const key = this.#keyOf(app, parentId);
    const known = this.#known.get(app.id);
    const same = known?.key === key && known.details === details ? known : undefined;
    const group = same ?? {
      key,
      details,
      members: this.#collect(() => this.#makeApp(app, details, parentId)),
    };
    this.#groups.set(app.id, group);
    for (const [row, target] of group.members) {
      this.#rows.set(row.id, row);
      this.#targets.set(row.id, target);
    }
    return `app/${app.id}`;
  }

  /** Everything besides the functions that rows of an app show. */
  #keyOf(app: App, parentId: string): string {
    const { now, lifecycle } = this.#options;
    const containers = this.#containers.get(app.id) ?? [];
    return JSON.stringify([
      parentId,
      app,
      lifecycle?.stamp(app, this.#snapshot.details.get(app.id), now),
      shortAge(app.deployedAt ?? app.createdAt, now),
      ...containers.map((each) => [each, shortAge(each.startedAt ?? each.enqueuedAt, now)]),
    ]);
  }

  #collect(make: () => void): (readonly [Row, AppRowTarget])[] {
    const members: (readonly [Row, AppRowTarget])[] = [];
    this.#members = members;
    make();
    this.#members = undefined;
    return members;
  }

  #makeApp(app: App, details: AppDetails | undefined, parentId: string): string {
    const id = `app/${app.id}`;
    const { now } = this.#options;
    const look = appStateLook(app.state);
    const gpus = details ? [...new Set(details.functions.flatMap((fn) => fn.gpus.slice(0, 1)))] : [];
    const since = app.deployedAt ?? app.createdAt;
    const running = app.runningContainers > 0 ? plural(app.runningContainers, 'container') : 'idle';
    const live = isLive(app.state);
    const description = [look.word, ...gpus, ...(live ? [running] : []), shortAge(since, now)].join(' · ');
    return this.#add(
      {
        id,
        parentId,
        kind: 'app',
        label: app.name,
        description,
        icon: look.icon,
        ...(look.color === undefined ? {} : { iconColor: look.color }),
        context: `app ${app.state} ${live ? 'live' : 'ended'}`,
        spoken: `App ${app.name}, ${look.word}, ${gpus.length > 0 ? gpus.join(' and ') : 'no GPU'}, ${running}, deployed ${spokenAge(since, now)}`,
        tooltip: () => appTooltip(app, details, gpus),
        collapsible: live ? 'collapsed' : 'none',
        childIds: live && details ? this.#appChildren(app, details, id) : [],
      },
      { kind: 'app', app },
    );
  }

  #appChildren(app: App, details: AppDetails, parentId: string): string[] {
    const functions = details.functions.map((fn) => this.#function(app, fn, parentId));
    const containers = (this.#containers.get(app.id) ?? []).map((container) =>
      this.#container(app, container, parentId),
    );
    const more = this.#options.lifecycle?.below(app, parentId, this.#options.now) ?? [];
    for (const [row, target] of more) this.#add(row, target);
    const own = more.flatMap(([row]) => (row.parentId === parentId ? row.id : []));
    return [...functions, ...containers, ...own];
  }

  #function(app: App, fn: ModalFunction, parentId: string): string {
    const id = `function/${app.id}/${fn.tag}`;
    const name = fn.kind === 'class' ? fn.tag.replace(/\.\*$/, '') : fn.tag;
    const facts = [
      fn.kind,
      fn.gpus.join(' or ') || 'CPU',
      ...(fn.schedule === undefined ? [] : [fn.schedule]),
      ...(this.#options.lifecycle?.functionFacts(fn) ?? []),
    ];
    return this.#add(
      {
        id,
        parentId,
        kind: 'function',
        label: name,
        description: facts.join(' · '),
        icon: fn.kind === 'class' ? 'symbol-class' : 'symbol-method',
        context: `function ${fn.kind}`,
        spoken: `${fn.kind === 'class' ? 'Class' : 'Function'} ${name}, ${facts.slice(1).join(', ')}`,
        tooltip: () => [`${name} (${fn.id})`, ...facts],
        collapsible: fn.endpoints.length > 0 ? 'expanded' : 'none',
        childIds: fn.endpoints.map((endpoint) => this.#endpoint(app, endpoint, id)),
      },
      { kind: 'function', app, fn },
    );
  }

  #endpoint(app: App, endpoint: Endpoint, parentId: string): string {
    const shortUrl = endpoint.url.replace(/^https?:\/\//, '');
    const auth = endpoint.requiresProxyAuth ? ['needs a proxy token'] : [];
    return this.#add(
      {
        id: `endpoint/${app.id}/${endpoint.name}`,
        parentId,
        kind: 'endpoint',
        label: endpoint.name.includes('.') ? (endpoint.name.split('.').at(-1) ?? endpoint.name) : 'endpoint',
        description: [shortUrl, ...auth].join(' · '),
        icon: 'globe',
        context: 'endpoint',
        spoken: [`Web endpoint ${endpoint.name}`, shortUrl, ...auth].join(', '),
        tooltip: () => [endpoint.url, ...auth],
        collapsible: 'none',
        childIds: [],
      },
      { kind: 'endpoint', app, endpoint },
    );
  }

  #container(app: App, container: Container, parentId: string): string {
    const { now } = this.#options;
    const started = container.startedAt;
    const word = started === undefined ? 'starting' : 'running';
    const since = started ?? container.enqueuedAt;
    return this.#add(
      {
        id: `container/${container.id}`,
        parentId,
        kind: 'container',
        label: `…${container.id.slice(-6)}`,
        description: `${word} · ${shortAge(since, now)}`,
        icon: started === undefined ? 'loading~spin' : 'server-process',
        context: `container ${word}`,
        spoken: `Container ${container.id}, ${word} since ${spokenAge(since, now)}`,
        tooltip: () => [`Container ${container.id}`, `${word} since ${new Date(since).toLocaleString()}`],
        collapsible: 'none',
        childIds: [],
      },
      { kind: 'container', app, container },
    );
  }

  #add(row: Row, target: AppRowTarget): string {
    if (this.#members) this.#members.push([row, target]);
    else {
      this.#rows.set(row.id, row);
      this.#targets.set(row.id, target);
    }
    return row.id;
  }
}

function appTooltip(app: App, details: AppDetails | undefined, gpus: readonly string[]): string[] {
  const since = new Date(app.deployedAt ?? app.createdAt).toLocaleString();
  const version = app.version ?? details?.version;
  return [
    `${app.name} (${app.id})`,
    `${appStateLook(app.state).word} in ${app.environment}${version ? `, version ${version}` : ''}`,
    `Last deploy ${since}${details?.deployedBy ? ` by ${details.deployedBy}` : ''}`,
    `GPU: ${gpus.length > 0 ? gpus.join(', ') : 'none'}`,
    plural(app.runningContainers, 'running container'),
  ];
}
