import type { App, Environment } from '../../../domain/app.ts';
import type { KnownApp } from '../core/appFilter.ts';
import { gpuGroup } from '../core/appFilter.ts';
import type { Grouping, Sorting } from '../core/arrangement.ts';
import { appStateLook } from './appStateLook.ts';

/** Apps below one row of their own. */
export interface AppGroup {
  /** Id of the row. */
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  readonly apps: readonly KnownApp[];
  readonly environment?: Environment;
}

const notRead = 'Functions not loaded yet';
const collator = new Intl.Collator(undefined, { numeric: true });

type Compare = (a: App, b: App) => number;

const compares: Readonly<Record<Sorting, Compare>> = {
  name: () => 0,
  deployed: (a, b) => (sinceOf(b) ?? 0) - (sinceOf(a) ?? 0),
  running: (a, b) => (b.runningContainers ?? 0) - (a.runningContainers ?? 0),
};

/**
 * Since when an app is what it is: its end, its last deploy, or its start, in unix milliseconds. Where one of them is
 * not known, none of the others stands in for it.
 */
export function sinceOf({ state, stoppedAt, deployedAt, createdAt, version }: App): number | undefined {
  if (state === 'stopped') return stoppedAt;
  // Older servers tell neither version nor deploy.
  return state === 'deployed' && version !== undefined ? deployedAt : (deployedAt ?? createdAt);
}

/** Never calls two apps equal, so that the order does not depend on the order before. */
export function compareApps(sortBy: Sorting): Compare {
  const compare = compares[sortBy];
  return (a, b) => compare(a, b) || collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

/**
 * Puts sorted apps into groups and keeps their order.
 * @param environments shown even when they are empty
 */
export function groupApps(
  apps: readonly KnownApp[],
  groupBy: Exclude<Grouping, 'none'>,
  environments: readonly Environment[],
): AppGroup[] {
  switch (groupBy) {
    case 'environment':
      return byEnvironment(apps, environments);
    case 'state':
      return named(apps, ({ app }) => capital(appStateLook(app.state).word), 'state', 'pulse');
    case 'gpu':
      return named(apps, gpuLabel, 'gpu', 'chip');
  }
}

function byEnvironment(apps: readonly KnownApp[], environments: readonly Environment[]): AppGroup[] {
  const groups = Map.groupBy(apps, ({ app }) => app.environment);
  return environments.map((environment) => ({
    id: `environment/${environment.name}`,
    label: environment.name,
    icon: 'layers',
    apps: groups.get(environment.name) ?? [],
    environment,
  }));
}

function named(
  apps: readonly KnownApp[],
  labelOf: (known: KnownApp) => string,
  kind: string,
  icon: string,
): AppGroup[] {
  return [...Map.groupBy(apps, labelOf)]
    .map(([label, members]) => ({ id: `group/${kind}/${label}`, label, icon, apps: members }))
    .sort(
      (a, b) => Number(a.label === notRead) - Number(b.label === notRead) || (a.label < b.label ? -1 : 1),
    );
}

function gpuLabel({ details }: KnownApp): string {
  if (!details) return notRead;
  const label = gpuGroup(details).join(' and ');
  return label === 'CPU' ? 'CPU only' : label;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
