import type { App, Container, Endpoint, Environment, ModalFunction } from '../../../domain/app.ts';
import { isLive } from '../../../domain/app.ts';
import type { Sample } from '../../../domain/catalog.ts';
import type { KnownApp } from '../core/appFilter.ts';
import { gpuTypesOf, hasUnknownGpu } from '../core/appFilter.ts';
import type { ModalError } from '../../../domain/errors.ts';
import type { RunningCost } from '../../../domain/runningCost.ts';
import { costWords, runningCount, runningSandboxes, spokenPrice } from '../../../domain/runningCost.ts';
import type { Sandbox } from '../../../domain/sandbox.ts';
import type { SavedRequest } from '../../../domain/savedRequest.ts';
import { gpuChoiceText } from '../../../domain/priceText.ts';
import { formatMoment, plural, pluralOf, shortAge, spokenAge } from '../../../shared/format.ts';
import { commands } from '../../../contributions.ts';
import type { AppGroup } from './appGroups.ts';
import { sinceOf } from './appGroups.ts';
import type { StateLook } from './appStateLook.ts';
import { appStateLook } from './appStateLook.ts';
import type { Row } from '../../../editor/rows/row.ts';
import { appRowId } from '../../../editor/rows/row.ts';

/** Each row of the Apps view as data. Descriptions begin with what matters most: a narrow sidebar cuts their end. */

const leaf = { collapsible: 'none', childIds: [] } as const;

export interface GroupRowInput {
  /** Deploys go to this environment. */
  readonly forDeploys: boolean;
  readonly childIds: readonly string[];
  /** Sandboxes that stand beside the apps. */
  readonly sandboxes: readonly Sandbox[];
  /** Of all that runs in the group. */
  readonly cost: RunningCost;
  /** When the rows were read, in unix milliseconds, where that is worth a word. */
  readonly readAt: number | undefined;
  readonly now: number;
}

export function groupRow(group: AppGroup, input: GroupRowInput): Row {
  const { forDeploys, childIds, sandboxes, cost, readAt, now } = input;
  const { id, label, icon, apps, environment } = group;
  const running = runningWords(group, sandboxes);
  const price = running ? costWords(cost) : '';
  const facts = [
    plural(apps.length, 'app'),
    ...(running ? [running] : []),
    ...(price ? [price] : []),
    ...(environment ? gpuWords(environment) : []),
    ...(forDeploys ? ['deploy target'] : []),
  ];
  const age = (words: typeof shortAge) => (readAt === undefined ? [] : [`read ${words(readAt, now)}`]);
  const name = environment ? `Environment ${label}` : label;
  return {
    id,
    parentId: '',
    kind: environment ? 'environment' : 'group',
    label,
    description: [...facts, ...age(shortAge)].join(' · '),
    icon,
    context: environment ? 'environment' : 'group',
    spoken: [name, ...facts.map(spokenPrice), ...age(spokenAge)].join(', '),
    tooltip: () => [
      `${name}${environment?.isDefault ? ' (default)' : ''}`,
      facts.join(', '),
      ...(price && cost.unknown > 0 ? [unknownPriceNote] : []),
    ],
    collapsible: childIds.length > 0 ? 'expanded' : 'none',
    childIds,
  };
}

const unknownPriceNote =
  "Containers without a GPU are billed for CPU and memory, which this price doesn't include.";

/** '' for none. An environment knows best what runs in it, but perhaps of no sandboxes; of another group the apps do. */
function runningWords({ apps, environment }: AppGroup, beside: readonly Sandbox[]): string {
  const sandboxes = [...beside, ...apps.flatMap((each) => each.sandboxes)];
  const counted = environment?.runningContainers;
  const running =
    counted === undefined ? sumOfApps(apps, beside) : Math.max(counted, runningSandboxes(sandboxes));
  return running === 0 ? '' : `${running} running`;
}

function gpuWords({ runningGpus }: Environment): string[] {
  if (runningGpus === undefined) return ['unknown number of GPUs'];
  return runningGpus > 0 ? [plural(runningGpus, 'GPU')] : [];
}

/** 0 only where it is known of each. */
function sumOfApps(apps: AppGroup['apps'], beside: readonly Sandbox[]): number | string {
  const counts = apps.map((each) => runningCount(each.app, each.containers, each.sandboxes));
  const sum = counts.reduce<number>((all, count) => all + (count ?? 0), runningSandboxes(beside));
  if (!counts.includes(undefined)) return sum;
  return sum > 0 ? `at least ${sum}` : 'unknown number';
}

export interface AppRowInput {
  readonly known: KnownApp;
  readonly parentId: string;
  /** Named in the row; '' where a row above names it. */
  readonly environment: string;
  readonly childIds: readonly string[];
  readonly now: number;
}

export function appRow({ known, parentId, environment, childIds, now }: AppRowInput): Row {
  const { app, details, containers, sandboxes } = known;
  const look = appStateLook(app.state);
  const live = isLive(app.state);
  const gpus = details ? gpuTypesOf(details) : [];
  const count = runningCount(app, containers, sandboxes);
  const running = runningWord(count);
  const boxes = sandboxes.length > 0 ? [plural(sandboxes.length, 'sandbox', 'sandboxes')] : [];
  const since = sinceOf(app);
  return {
    id: appRowId(app),
    parentId,
    kind: 'app',
    label: app.name,
    description: [
      ...(app.state === 'deployed' ? [] : [look.word]), // most are, and a narrow row has room for little
      ...(running ? [running] : live ? ['idle'] : []),
      ...boxes,
      ...(gpus.length > 0 ? [gpus.join(', ')] : []),
      ...(environment ? [environment] : []),
      shortAge(since, now),
    ].join(' · '),
    icon: look.icon,
    ...(look.color === undefined ? {} : { iconColor: look.color }),
    context: `app ${app.state} ${live ? 'live' : 'ended'}`,
    spoken: [
      `App ${app.name}`,
      look.word,
      ...(count !== 0 ? [`${pluralOf(count, 'container')} running`] : live ? ['idle'] : []),
      ...boxes,
      ...(details ? [gpus.join(' and ') || (hasUnknownGpu(details) ? 'GPU unknown' : 'no GPU')] : []),
      ...(environment ? [`environment ${environment}`] : []),
      `${sinceWord(app)} ${spokenAge(since, now)}`,
    ].join(', '),
    tooltip: () => appTooltip(known, { look, gpus, count }),
    collapsible: live ? 'collapsed' : 'none',
    childIds,
  };
}

/** '' for none. */
function runningWord(count: number | undefined): string {
  if (count === undefined) return 'containers unknown';
  return count > 0 ? `${count} running` : '';
}

function sinceWord({ state }: App): string {
  if (state === 'stopped') return 'stopped';
  return state === 'ephemeral' || state === 'detached' ? 'started' : 'deployed';
}

function appTooltip(
  { app, details, sandboxes }: KnownApp,
  { look, gpus, count }: { look: StateLook; gpus: readonly string[]; count: number | undefined },
): string[] {
  const since = formatMoment(sinceOf(app));
  const version = app.version ?? details?.version;
  const by = details?.deployedBy ? ` by ${details.deployedBy}` : '';
  const word = sinceWord(app);
  return [
    `${app.name} (${app.id})`,
    `${look.word} in ${app.environment}${version ? `, version ${version}` : ''}`,
    ...(look.note ? [look.note] : []),
    `${word === 'deployed' ? 'Last deploy' : word === 'started' ? 'Started' : 'Stopped'} ${since}${by}`,
    ...(details ? [`GPU: ${gpus.join(', ') || (hasUnknownGpu(details) ? 'unknown' : 'none')}`] : []),
    pluralOf(count, 'running container'),
    ...(sandboxes.length > 0 ? [plural(sandboxes.length, 'sandbox', 'sandboxes')] : []),
  ];
}

/** @param facts what else is worth a word, e.g. `min 1` */
export function functionRow(
  app: App,
  fn: ModalFunction,
  parentId: string,
  facts: readonly string[] = [],
): Row {
  const isClass = fn.kind === 'class';
  const name = isClass ? fn.tag.replace(/\.\*$/, '') : fn.tag;
  const gpus = gpuChoiceText(fn.gpus);
  const schedule = fn.schedule === undefined ? [] : [fn.schedule];
  return {
    id: `function/${app.id}/${fn.tag}`,
    parentId,
    kind: 'function',
    label: name,
    description: [gpus, ...schedule, ...facts, ...(isClass ? ['class'] : [])].join(' · '),
    icon: isClass ? 'symbol-class' : 'symbol-method',
    context: `function ${fn.kind}`,
    spoken: [`${isClass ? 'Class' : 'Function'} ${name}`, gpus, ...schedule, ...facts].join(', '),
    tooltip: () => [`${name} (${fn.id})`, fn.kind, gpus, ...schedule],
    collapsible: fn.endpoints.length > 0 ? 'expanded' : 'none',
    childIds: fn.endpoints.map((endpoint) => endpointId(app, fn, endpoint)),
  };
}

/** Names are unique, but for a server of several regions, which has an address in each. */
export function endpointId(app: App, fn: ModalFunction, endpoint: Endpoint): string {
  const at = fn.endpoints.filter(({ name }) => name === endpoint.name).indexOf(endpoint);
  return `endpoint/${app.id}/${endpoint.name}${at > 0 ? `/${at}` : ''}`;
}

/** @param sampleIds rows of requests that are ready to be sent */
export function endpointRow(
  app: App,
  fn: ModalFunction,
  endpoint: Endpoint,
  parentId: string,
  sampleIds: readonly string[] = [],
): Row {
  const { name, url } = endpoint;
  const shortUrl = url.replace(/^https?:\/\//, '');
  const auth = endpoint.requiresProxyAuth ? ['needs a proxy token'] : [];
  return {
    ...leaf,
    id: endpointId(app, fn, endpoint),
    parentId,
    kind: 'endpoint',
    label: name.includes('.') ? (name.split('.').at(-1) ?? name) : 'endpoint',
    description: [shortUrl, ...auth].join(' · '),
    icon: 'globe',
    context: 'endpoint',
    spoken: [`Web endpoint ${name}`, shortUrl, ...auth].join(', '),
    tooltip: () => [url, ...auth],
    ...(sampleIds.length > 0 ? { collapsible: 'collapsed', childIds: sampleIds } : {}),
  };
}

/** A request of a bundled app. A click shows it; its button sends it. */
export function sampleRow(sample: Sample, endpointRowId: string): Row {
  const route = `${sample.method} ${sample.path}`;
  return {
    ...leaf,
    id: `sample/${endpointRowId}/${sample.id}`,
    parentId: endpointRowId,
    kind: 'sample',
    label: sample.title,
    description: route,
    icon: 'beaker',
    context: 'sample',
    spoken: `Sample request ${sample.title}, ${route}`,
    tooltip: () => [sample.expect?.description ?? sample.title, route],
    command: { id: commands.openRequest, title: 'Open request' },
  };
}

/** A request of a `.http` file of the workspace. A click shows it; its button sends it. */
export function savedRow({ title, method, path, uri, at }: SavedRequest, endpointRowId: string): Row {
  const route = `${method} ${path}`;
  return {
    ...leaf,
    id: `saved/${endpointRowId}/${uri}/${at}`,
    parentId: endpointRowId,
    kind: 'saved',
    label: title,
    description: title === route ? '' : route,
    icon: 'bookmark',
    context: 'sample',
    spoken: `Saved request ${title}, ${route}`,
    tooltip: () => [title, route, decodeURIComponent(uri.split('/').at(-1) ?? '')],
    command: { id: commands.openRequest, title: 'Open request' },
  };
}

export function containerRow(container: Container, parentId: string, now: number): Row {
  const { id, startedAt, enqueuedAt, startUnknown } = container;
  const word = startUnknown ? 'in an unknown state' : startedAt === undefined ? 'starting' : 'running';
  const since = startedAt ?? enqueuedAt;
  const gpu = container.gpu === undefined ? [] : [container.gpu || 'CPU'];
  return {
    ...leaf,
    id: `container/${id}`,
    parentId,
    kind: 'container',
    label: `…${id.slice(-6)}`,
    description: [word, ...gpu, shortAge(since, now)].join(' · '),
    icon: startedAt === undefined && !startUnknown ? 'loading~spin' : 'server-process',
    context: `container ${startUnknown ? 'unknown' : word}`,
    spoken: [`Container ${id}`, word, ...gpu, `since ${spokenAge(since, now)}`].join(', '),
    tooltip: () => [`Container ${id}`, [`${word} since ${formatMoment(since)}`, ...gpu].join(', ')],
  };
}

/** Below an app whose functions have not come yet. */
export function readingRow(app: App, parentId: string): Row {
  return {
    ...leaf,
    id: `reading/${app.id}`,
    parentId,
    kind: 'reading',
    label: 'Loading functions…',
    description: '',
    icon: 'loading~spin',
    context: 'reading',
    spoken: `Loading the functions of ${app.name}`,
    tooltip: () => [],
  };
}

/** Below an app whose functions could not be read; choosing it tries again. */
export function problemRow(app: App, problem: ModalError, parentId: string): Row {
  return {
    ...leaf,
    id: `problem/${app.id}`,
    parentId,
    kind: 'problem',
    label: 'Retry',
    description: `Couldn't load functions: ${problem.message}`,
    icon: 'warning',
    iconColor: 'list.warningForeground',
    context: 'problem',
    spoken: `Couldn't load the functions of ${app.name}: ${problem.message} Select this row to try again.`,
    tooltip: () => [`Couldn't load the functions of ${app.name}:`, problem.message],
    command: { id: commands.retryApp, title: 'Retry' },
  };
}

/** Below the last row of a page. @param count how many are not shown yet */
export function moreRow(parentId: string, count: number): Row {
  return {
    ...leaf,
    id: `more/${parentId}`,
    parentId,
    kind: 'more',
    label: 'Show more',
    description: `${count} not shown`,
    icon: 'ellipsis',
    context: 'more',
    spoken: `Show more, ${count} not shown`,
    tooltip: () => [],
    command: { id: commands.showMoreApps, title: 'Show more' },
  };
}
