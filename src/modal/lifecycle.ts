import type {
  AppVersion,
  Autoscaler,
  AutoscalerOverride,
  AutoscalerValues,
  ContainerInfo,
  FunctionStats,
  Redeployed,
  VersionCommit,
} from '../domain/lifecycle.ts';
import { autoscalerFields } from '../domain/lifecycle.ts';
import { gpuOf } from './describeApp.ts';
import type { FieldChecks } from './fieldChecks.ts';
import { longest } from './fieldChecks.ts';
import { unusable } from './lists.ts';
import type { Rpc } from './rpc.ts';
import { containerResults, versionKinds } from './wire.ts';

/** The calls of `LifecyclePlane`, each with the translation of its answer. */

type Options = Parameters<Rpc['appRollback']>[1];
type History = Awaited<ReturnType<Rpc['appDeploymentHistory']>>;
type HistoryItem = History['appDeploymentHistories'][number];
type Redeploy = Awaited<ReturnType<Rpc['appRollback']>>;
type Info = NonNullable<Awaited<ReturnType<Rpc['taskGetInfo']>>['info']>;
type Scheduling = NonNullable<
  Awaited<ReturnType<Rpc['functionGetSchedulingParams']>>['autoscalerConfiguration']
>;
type Settings = Scheduling['settings'];

export async function readHistory(
  rpc: Rpc,
  appId: string,
  options: Options,
  checks: FieldChecks,
): Promise<AppVersion[]> {
  return toVersions(await rpc.appDeploymentHistory({ appId }, options), checks);
}

/** Modal lists versions in any order; ours begin with the newest. */
export function toVersions(
  { appDeploymentHistories, productionAppVersion }: History,
  checks: FieldChecks,
): AppVersion[] {
  const live = checks.count('the number of the live version', productionAppVersion);
  return checks
    .list('versions', appDeploymentHistories, (item) => toVersion(item, live, checks))
    .sort((a, b) => b.number - a.number);
}

/** @returns undefined for one without a number, since nothing could be asked of it */
function toVersion(item: HistoryItem, live: number | undefined, checks: FieldChecks): AppVersion | undefined {
  const number = checks.ordinal('the number of a version', item.version);
  if (number === undefined) return undefined;
  const commit = toCommit(item.commitInfo, checks);
  const rollbackOf = checks.ordinal('the version that a rollback went to', item.rollbackVersion);
  return {
    number,
    deployedAt: checks.time('when a version was deployed', item.deployedAt),
    deployedBy: checks.words('who deployed a version', item.deployedBy),
    clientVersion: checks.words('the client of a version', item.clientVersion),
    tag: checks.words('the tag of a version', item.tag),
    kind: kindOf(item.deploymentType, checks),
    ...(rollbackOf === undefined ? {} : { rollbackOf }),
    rollbackAllowed: checks.flag('whether a rollback is allowed', item.rollbackAllowed),
    live: live === undefined ? undefined : number === live,
    ...(commit ? { commit } : {}),
    ...(item.commitInfo?.commitHash && !commit ? { unusableCommit: true } : {}),
  };
}

/** Older servers give no kind, and knew one only. */
function kindOf(value: number, checks: FieldChecks): AppVersion['kind'] {
  return checks.word('the kind of a version', versionKinds, value) ?? (value === 0 ? 'standard' : 'unknown');
}

/** Git has had commits since its own first one in 2005, and they may carry the time of an older system. */
const earliestCommit = 1;

function toCommit(info: HistoryItem['commitInfo'], checks: FieldChecks): VersionCommit | undefined {
  if (!info?.commitHash) return undefined;
  const hash = checks.hash('the commit of a version', info.commitHash);
  if (hash === undefined) return undefined;
  const time = checks.time('the time of a commit', info.commitTimestamp, earliestCommit);
  return {
    hash,
    branch: checks.words('the branch of a commit', info.branch),
    dirty: checks.flag('whether a checkout had changes', info.dirty),
    author: checks.words('the author of a commit', info.authorName),
    ...(time === undefined ? {} : { time }),
    repoUrl: checks.repository('the repository of a commit', info.repoUrl),
  };
}

export async function rollBack(
  rpc: Rpc,
  appId: string,
  version: number,
  options: Options,
  checks: FieldChecks,
): Promise<Redeployed> {
  return toRedeployed(await rpc.appRollback({ appId, version }, options), checks);
}

export async function rollOver(
  rpc: Rpc,
  appId: string,
  options: Options,
  checks: FieldChecks,
): Promise<Redeployed> {
  return toRedeployed(await rpc.appRollover({ appId }, options), checks);
}

export function toRedeployed({ deployedAt, serverWarnings }: Redeploy, checks: FieldChecks): Redeployed {
  const warnings = checks.list('warnings', serverWarnings, ({ message }) =>
    checks.words('a warning', message, longest.sentence),
  );
  return {
    // Of a call that had nothing to do, Modal says 0.
    deployedAt: deployedAt === 0 ? 0 : checks.time('when a version was deployed', deployedAt),
    warnings: warnings.filter(Boolean).slice(0, mostWarnings),
  };
}

/** A message has room for few. */
const mostWarnings = 20;

/** @returns undefined for a container that the server does not describe */
export async function readContainer(
  rpc: Rpc,
  id: string,
  options: Options,
  checks: FieldChecks,
): Promise<ContainerInfo | undefined> {
  const { info } = await rpc.taskGetInfo({ taskId: id }, options);
  return info && toContainerInfo(info, id, checks);
}

/** @param id that was asked for; what the server repeats is not needed */
export function toContainerInfo(info: Info, id: string, checks: FieldChecks): ContainerInfo {
  const readyAt = checks.time('when a container was ready', info.startedAt);
  const finishedAt = checks.time('when a container ended', info.finishedAt);
  const result = info.finishedAt !== 0 ? resultWords(info, checks) : undefined;
  return {
    id,
    gpu: gpuOf(info.gpuConfig?.gpuType || info.gpuType, info.gpuConfig?.count ?? 1, checks),
    state: stateOf(info, { readyAt, finishedAt }),
    enqueuedAt: checks.time('when a container was asked for', info.enqueuedAt),
    ...(readyAt === undefined ? {} : { readyAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(result ? { result } : {}),
  };
}

/** A moment that cannot be read may be one, or none. */
function stateOf(
  info: Info,
  { readyAt, finishedAt }: { readonly readyAt: number | undefined; readonly finishedAt: number | undefined },
): ContainerInfo['state'] {
  if (finishedAt !== undefined) return 'finished';
  if (info.finishedAt !== 0) return 'unknown';
  if (readyAt !== undefined) return 'running';
  return info.startedAt === 0 ? 'starting' : 'unknown';
}

function resultWords({ result }: Info, checks: FieldChecks): string {
  if (!result) return '';
  const word = checks.word('how a container ended', containerResults, result.status) ?? 'ended';
  const exception = checks.words('why a container ended', result.exception, longest.sentence);
  return exception ? `${word}: ${exception}` : word;
}

export async function readAutoscaler(
  rpc: Rpc,
  functionId: string,
  options: Options,
  checks: FieldChecks,
): Promise<Autoscaler | undefined> {
  const { autoscalerConfiguration } = await rpc.functionGetSchedulingParams({ functionId }, options);
  return autoscalerConfiguration && toAutoscaler(autoscalerConfiguration, checks);
}

/** @returns undefined when what is in force cannot be read */
export function toAutoscaler(configuration: Scheduling, checks: FieldChecks): Autoscaler | undefined {
  const { settings, defaultSettings, staticSettings, overrideEvents } = configuration;
  const [minContainers, maxContainers, bufferContainers, scaledownWindow] = autoscalerFields.map((field) =>
    checks.count('a value of autoscaling', settings?.[field] ?? 0, mostScaling),
  );
  if (
    minContainers === undefined ||
    maxContainers === undefined ||
    bufferContainers === undefined ||
    scaledownWindow === undefined
  )
    return undefined;
  const events = checks.list('changes of autoscaling', Object.entries(overrideEvents), ([name, event]) => {
    const field = autoscalerFields.find((candidate) => wireNames[candidate] === name || candidate === name);
    return field && ([field, toOverride(event, checks)] as const);
  });
  return {
    inForce: { minContainers, maxContainers, bufferContainers, scaledownWindow },
    coded: setValues(staticSettings, checks),
    defaults: setValues(defaultSettings, checks),
    overrides: Object.fromEntries(events),
  };
}

/** Nobody has more containers or seconds, and prices are calculated from both. */
const mostScaling = 10_000_000;

function toOverride(event: Scheduling['overrideEvents'][string], checks: FieldChecks): AutoscalerOverride {
  const at = checks.time('when autoscaling was changed', event.timestamp);
  const by = event.requestedBy || event.userId || event.serviceUserId;
  return { by: checks.words('who changed autoscaling', by), ...(at === undefined ? {} : { at }) };
}

/** The server names changed values as its protocol does. */
const wireNames: Readonly<Record<keyof AutoscalerValues, string>> = {
  minContainers: 'min_containers',
  maxContainers: 'max_containers',
  bufferContainers: 'buffer_containers',
  scaledownWindow: 'scaledown_window',
};

function setValues(settings: Settings, checks: FieldChecks): Partial<AutoscalerValues> {
  const values = autoscalerFields.map((field) => {
    const value = settings?.[field];
    const known =
      value === undefined ? undefined : checks.count('a value of autoscaling', value, mostScaling);
    return [field, known] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

export async function updateAutoscaler(
  rpc: Rpc,
  functionId: string,
  changes: Partial<AutoscalerValues>,
  options: Options,
): Promise<void> {
  await rpc.functionUpdateSchedulingParams({ functionId, settings: changes }, options);
}

/** @throws kind `unexpected` for numbers that are none: 0 would say that nothing runs or waits */
export async function readStats(
  rpc: Rpc,
  functionId: string,
  options: Options,
  checks: FieldChecks,
): Promise<FunctionStats> {
  return toStats(await rpc.functionGetCurrentStats({ functionId }, options), checks);
}

export function toStats(
  stats: Awaited<ReturnType<Rpc['functionGetCurrentStats']>>,
  checks: FieldChecks,
): FunctionStats {
  const backlog = checks.count('the backlog of a function', stats.backlog);
  const containers = checks.count('the containers of a function', stats.numTotalTasks);
  const runningInputs = checks.count('the running inputs of a function', stats.numRunningInputs);
  if (backlog === undefined || containers === undefined || runningInputs === undefined)
    throw unusable('the numbers of a function');
  return { backlog, containers, runningInputs };
}
