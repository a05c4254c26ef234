import type { App, ModalFunction } from '../../../domain/app.ts';
import type { Rates } from '../../../domain/cost.ts';
import type { EndpointState, ManagedEndpoint } from '../../../domain/managedEndpoint.ts';
import { endpointState } from '../../../domain/managedEndpoint.ts';
import { costOfSandboxes, costWords, runningSandboxes, spokenPrice } from '../../../domain/runningCost.ts';
import type { Sandbox, Tunnel } from '../../../domain/sandbox.ts';
import { sandboxUsdPerHour } from '../../../domain/sandbox.ts';
import type { ServerInfo } from '../../../domain/server.ts';
import { serverUsdPerHour } from '../../../domain/server.ts';
import { formatUsdPerHour, gpuChoiceText } from '../../../domain/priceText.ts';
import {
  formatCount,
  formatDuration,
  formatMoment,
  plural,
  shortAge,
  spokenAge,
} from '../../../shared/format.ts';
import { commands } from '../../../contributions.ts';
import type { ListProblem } from '../../../store/readLists.ts';
import { endpointId } from './appRowParts.ts';
import type { Row } from '../../../editor/rows/row.ts';

/** Rows of what runs beside functions: sandboxes, servers, managed endpoints. */

const leaf = { collapsible: 'none', childIds: [] } as const;

interface SectionInput {
  readonly id: string;
  readonly parentId: string;
  readonly childIds: readonly string[];
}

export interface SandboxesInput extends SectionInput {
  readonly sandboxes: readonly Sandbox[];
  /** There are more in the environment than were read. */
  readonly more: boolean;
  readonly rates: Rates;
}

/** The sandboxes of an app in one row. */
export function sandboxesRow(input: SandboxesInput): Row {
  return sandboxSection('Sandboxes', 'Sandboxes', input);
}

/** Those whose app has stopped, or is in no list. */
export function otherSandboxesRow(input: SandboxesInput): Row {
  const row = sandboxSection('Other sandboxes', 'Sandboxes whose app may not be running', input);
  return { ...row, tooltip: () => [...row.tooltip(), 'Their app may not be running.'] };
}

function sandboxSection(
  label: string,
  name: string,
  { id, parentId, childIds, sandboxes, more, rates }: SandboxesInput,
): Row {
  const running = runningSandboxes(sandboxes);
  const starting = sandboxes.length - running;
  const cost = costWords(costOfSandboxes(sandboxes, rates));
  const counts = [
    ...(running > 0 ? [`${running}${more ? '+' : ''} running`] : []),
    ...(starting > 0 ? [`${starting} starting`] : []),
  ];
  const facts = [...counts, cost];
  const note = more ? 'Only the newest sandboxes of this environment are shown.' : '';
  return {
    id,
    parentId,
    kind: 'sandboxes',
    label,
    description: facts.join(' · '),
    icon: 'vm',
    context: 'sandboxes',
    spoken: [name, ...facts.map((fact) => spokenPrice(fact.replace('+', ' or more')))].join(', '),
    tooltip: () => [[name, ...facts].join(', '), ...(note ? [note] : []), sandboxPriceNote],
    collapsible: 'collapsed',
    childIds,
  };
}

const sandboxPriceNote = 'Prices of the requested resources; Modal bills more if more is used.';

/** @param childIds its tunnels */
export function sandboxRow(
  sandbox: Sandbox,
  parentId: string,
  { rates, now, environment }: { rates: Rates; now: number; environment: string },
): Row {
  const { id, name, state, tunnels } = sandbox;
  const gpu = gpuChoiceText(sandbox.gpu === undefined ? undefined : [sandbox.gpu]);
  const usd = sandboxUsdPerHour(sandbox, rates);
  const price = usd === undefined ? 'price unknown' : `from ${formatUsdPerHour(usd)}`;
  const since = sandbox.startedAt ?? sandbox.createdAt;
  const place = environment ? [environment] : [];
  const label = name || `…${id.slice(-6)}`;
  return {
    id: `sandbox/${id}`,
    parentId,
    kind: 'sandbox',
    label,
    description: [state, gpu, shortPrice(price), ...place, shortAge(since, now)].join(' · '),
    icon: state === 'running' ? 'vm-running' : 'loading~spin',
    context: `sandbox ${state}${sandbox.appId ? ' logged' : ''}`,
    spoken: [
      `Sandbox ${name || id}`,
      state,
      gpu,
      spokenPrice(price),
      ...place.map((each) => `environment ${each}`),
      `since ${spokenAge(since, now)}`,
    ].join(', '),
    tooltip: () => sandboxTooltip(sandbox, [state, gpu, price]),
    collapsible: tunnels.length > 0 ? 'collapsed' : 'none',
    childIds: tunnels.map((tunnel) => tunnelId(sandbox, tunnel)),
  };
}

function sandboxTooltip(sandbox: Sandbox, facts: readonly string[]): string[] {
  const { id, name, cores, memoryGib, tags, timeoutSeconds, idleTimeoutSeconds } = sandbox;
  const since = sandbox.startedAt ?? sandbox.createdAt;
  const resources = [
    ...(cores === undefined ? [] : [plural(cores, 'core')]),
    ...(memoryGib === undefined ? [] : [`${memoryGib} GiB`]),
  ];
  const limits = [
    ...(timeoutSeconds === undefined ? [] : [`stops after ${formatDuration(timeoutSeconds * 1000)}`]),
    ...(idleTimeoutSeconds === undefined ? [] : [`after ${formatDuration(idleTimeoutSeconds * 1000)} idle`]),
  ];
  return [
    name ? `Sandbox ${name} (${id})` : `Sandbox ${id}`,
    `${facts.join(', ')}, since ${formatMoment(since)}`,
    ...(resources.length > 0 ? [`Requested ${resources.join(' and ')}`] : []),
    ...(limits.length > 0 ? [limits.join(', ')] : []),
    ...(tags.length > 0 ? [`Tags: ${tags.join(', ')}`] : []),
    sandboxPriceNote,
  ];
}

export function tunnelId({ id }: Sandbox, { port }: Tunnel): string {
  return `tunnel/${id}/${port}`;
}

/** An address at which anybody reaches a port of a sandbox. */
export function tunnelRow(sandbox: Sandbox, tunnel: Tunnel): Row {
  const { port, url, socket } = tunnel;
  const address = url ? url.replace(/^https?:\/\//, '') : socket;
  return {
    ...leaf,
    id: tunnelId(sandbox, tunnel),
    parentId: `sandbox/${sandbox.id}`,
    kind: 'tunnel',
    label: `port ${port}`,
    description: address,
    icon: 'globe',
    context: `tunnel address${url ? ' web' : ''}`,
    spoken: `Tunnel to port ${port}, ${address}`,
    tooltip: () => [
      url || `${socket}, without encryption`,
      ...(url && socket ? [`${socket}, without encryption`] : []),
      'Open to anyone who knows the address',
    ],
  };
}

/** What is read of a server only when its app is open. */
export interface ServerFacts {
  /** Containers that take requests; undefined where nobody knows. */
  readonly running: number | undefined;
  readonly info: ServerInfo | undefined;
  /** What else is worth a word, e.g. `min 1`. */
  readonly others: readonly string[];
}

export function serverRow(
  app: App,
  fn: ModalFunction,
  parentId: string,
  { facts, rates }: { facts: ServerFacts; rates: Rates },
): Row {
  const { running, info, others } = facts;
  const gpus = gpuChoiceText(fn.gpus);
  const state = running === undefined ? 'containers unknown' : running === 0 ? 'idle' : `${running} running`;
  const price = containersPrice(serverUsdPerHour(fn, info, rates), running);
  const addresses = fn.endpoints.map(({ url }) => url);
  return {
    id: `server/${app.id}/${fn.tag}`,
    parentId,
    kind: 'server',
    label: fn.tag,
    description: [state, gpus, shortPrice(price), ...others].join(' · '),
    icon: 'server',
    context: `server${running === undefined || running > 0 ? ' running' : ''}${addresses.length > 0 ? ' address web' : ''}`,
    spoken: [`Server ${fn.tag}`, state, gpus, spokenPrice(price), ...others].join(', '),
    tooltip: () => [
      `Server ${fn.tag} (${fn.id})`,
      [state, gpus, price].join(', '),
      ...(addresses.length > 0 ? addresses : ['Address unknown']),
      ...(info ? serverLines(info) : []),
    ],
    collapsible: fn.endpoints.length > 0 ? 'expanded' : 'none',
    childIds: fn.endpoints.map((endpoint) => endpointId(app, fn, endpoint)),
  };
}

/** A row has little room; its tooltip and what is spoken say that it may be more. */
function shortPrice(words: string): string {
  return words.replace(/^from /, '');
}

/** Of all containers that run, or of each where none does or nobody knows how many do. */
function containersPrice(usd: number | undefined, running: number | undefined): string {
  if (usd === undefined) return 'price unknown';
  return running ? `from ${formatUsdPerHour(usd * running)}` : `from ${formatUsdPerHour(usd)} per container`;
}

function serverLines({ port, region, requiresProxyAuth, sessioned }: ServerInfo): string[] {
  return [
    [
      port === undefined ? 'Port unknown' : `Port ${port}`,
      ...(region ? [`routed through ${region}`] : []),
      ...(sessioned ? ['with sessions'] : []),
      ...(requiresProxyAuth === undefined
        ? []
        : [requiresProxyAuth ? 'needs a proxy token' : 'open to anyone']),
    ].join(', '),
  ].filter(Boolean);
}

export function managedSectionRow(
  { id, parentId, childIds }: SectionInput,
  endpoints: readonly ManagedEndpoint[],
): Row {
  const byState = Map.groupBy(endpoints, endpointState);
  const facts = Object.entries(stateLooks).flatMap(([state, { word }]) => {
    const count = byState.get(state as EndpointState)?.length ?? 0;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  return {
    id,
    parentId,
    kind: 'managedEndpoints',
    label: 'Managed endpoints',
    description: facts.join(' · '),
    icon: 'sparkle',
    context: 'managedEndpoints',
    spoken: ['Managed endpoints', ...facts].join(', '),
    tooltip: () => [`${plural(endpoints.length, 'inference endpoint')} that Modal manages`],
    collapsible: 'expanded',
    childIds,
  };
}

const stateLooks: Readonly<Record<EndpointState, { word: string; icon: string; color?: string }>> = {
  live: { word: 'live', icon: 'sparkle', color: 'charts.green' },
  provisioning: { word: 'provisioning', icon: 'loading~spin' },
  failed: { word: 'failed', icon: 'error', color: 'charts.red' },
  cancelling: { word: 'cancelling', icon: 'loading~spin' },
  cancelled: { word: 'cancelled', icon: 'circle-slash', color: 'disabledForeground' },
  stopped: { word: 'stopped', icon: 'circle-slash', color: 'disabledForeground' },
  unknown: { word: 'unknown state', icon: 'question' },
};

export interface ManagedInput {
  readonly endpoint: ManagedEndpoint;
  /** The app behind it, where that is in the list. */
  readonly app: App | undefined;
  /** Named in the row; '' where a row above names it. */
  readonly environment: string;
  readonly parentId: string;
  readonly rates: Rates;
  readonly now: number;
}

export function managedRow(input: ManagedInput): Row {
  const { endpoint, app, environment, parentId, now } = input;
  const { id, name, info, shared, createdAt } = endpoint;
  const look = stateLooks[endpointState(endpoint)];
  const model = info?.model || info?.repository || 'model unknown';
  const place = environment ? [environment] : [];
  const facts = managedFacts(input);
  return {
    ...leaf,
    id: `managed/${id}`,
    parentId,
    kind: 'managed',
    label: name,
    description: [look.word, ...facts.map(shortPrice), model, ...place, shortAge(createdAt, now)].join(' · '),
    icon: look.icon,
    ...(look.color === undefined ? {} : { iconColor: look.color }),
    context: [
      'managed',
      ...(info?.url ? ['address', 'web'] : []),
      ...(info?.appId === undefined || shared ? [] : ['logged']),
    ].join(' '),
    spoken: [
      `Managed endpoint ${name}`,
      look.word,
      `model ${model}`,
      ...facts.map(spokenPrice),
      ...place.map((each) => `environment ${each}`),
      `made ${spokenAge(createdAt, now)}`,
    ].join(', '),
    tooltip: () => [
      `${name} (${id})`,
      [look.word, ...facts].join(', '),
      `Model: ${model}`,
      info?.url || 'Address unknown',
      ...(info?.requiresProxyAuth === undefined
        ? []
        : [info.requiresProxyAuth ? 'Needs a proxy token' : 'Open to anyone']),
      `Created ${formatMoment(createdAt)}${endpoint.createdBy ? ` by ${endpoint.createdBy}` : ''}`,
      ...(app ? [`Served by the app ${app.name}`] : []),
    ],
  };
}

/** What it runs on and what that costs. */
function managedFacts({ endpoint: { shared, info }, app, rates }: ManagedInput): string[] {
  if (shared) return ['shared, billed by token'];
  const running = app?.runningContainers;
  const gpus = gpuChoiceText(info?.gpus);
  const price = containersPrice(serverUsdPerHour({ gpus: info?.gpus }, undefined, rates), running);
  const state = running === undefined ? [] : [running === 0 ? 'idle' : `${running} running`];
  return [...state, gpus, price];
}

/** Where a list of an environment could not be read; choosing it reads again. */
export function listProblemRow({ environment, of, error }: ListProblem, parentId: string): Row {
  const what = of === 'sandboxes' ? 'Sandboxes' : 'Managed endpoints';
  return {
    ...leaf,
    id: `problem/${of}/${environment}`,
    parentId,
    kind: 'problem',
    label: 'Retry',
    description: `Couldn't load ${what.toLowerCase()}: ${error.message}`,
    icon: 'warning',
    iconColor: 'list.warningForeground',
    context: 'listProblem',
    spoken: `Couldn't load the ${what.toLowerCase()} of environment ${environment}: ${error.message} Select this row to try again.`,
    tooltip: () => [`Couldn't load the ${what.toLowerCase()} of ${environment}:`, error.message],
    command: { id: commands.refresh, title: 'Retry' },
  };
}

/** Below an environment with more sandboxes than were read. @param count how many were */
export function moreSandboxesRow(environment: string, count: number, parentId: string): Row {
  const description = `only the newest ${formatCount(count)} are loaded`;
  return {
    ...leaf,
    id: `moreSandboxes/${environment}`,
    parentId,
    kind: 'more',
    label: 'Show more sandboxes',
    description,
    icon: 'ellipsis',
    context: 'more',
    spoken: `Show more sandboxes of ${environment}, ${description}`,
    tooltip: () => [],
    command: { id: commands.showMoreApps, title: 'Show more' },
  };
}
