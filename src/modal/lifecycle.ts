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
import type { Rpc } from './rpc.ts';
import { containerResultOf, millis, versionKindOf } from './wire.ts';

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

export async function readHistory(rpc: Rpc, appId: string, options: Options): Promise<AppVersion[]> {
  return toVersions(await rpc.appDeploymentHistory({ appId }, options));
}

/** Modal lists versions in any order; ours begin with the newest. */
export function toVersions({ appDeploymentHistories, productionAppVersion }: History): AppVersion[] {
  return appDeploymentHistories
    .map((item) => toVersion(item, productionAppVersion))
    .sort((a, b) => b.number - a.number);
}

function toVersion(item: HistoryItem, live: number): AppVersion {
  const commit = toCommit(item.commitInfo);
  return {
    number: item.version,
    deployedAt: millis(item.deployedAt) ?? 0,
    deployedBy: item.deployedBy,
    clientVersion: item.clientVersion,
    tag: item.tag,
    kind: versionKindOf(item.deploymentType),
    ...(item.rollbackVersion ? { rollbackOf: item.rollbackVersion } : {}),
    rollbackAllowed: item.rollbackAllowed,
    live: item.version === live,
    ...(commit ? { commit } : {}),
  };
}

function toCommit(info: HistoryItem['commitInfo']): VersionCommit | undefined {
  if (!info?.commitHash) return undefined;
  const time = millis(info.commitTimestamp);
  return {
    hash: info.commitHash,
    branch: info.branch,
    dirty: info.dirty,
    author: info.authorName,
    ...(time === undefined ? {} : { time }),
    repoUrl: info.repoUrl,
  };
}

export async function rollBack(
  rpc: Rpc,
  appId: string,
  version: number,
  options: Options,
): Promise<Redeployed> {
  return toRedeployed(await rpc.appRollback({ appId, version }, options));
}

export async function rollOver(rpc: Rpc, appId: string, options: Options): Promise<Redeployed> {
  return toRedeployed(await rpc.appRollover({ appId }, options));
}

function toRedeployed({ deployedAt, serverWarnings }: Redeploy): Redeployed {
  return {
    deployedAt: millis(deployedAt) ?? 0,
    warnings: serverWarnings.map(({ message }) => message).filter(Boolean),
  };
}

/** @returns undefined for a container that the server does not describe */
export async function readContainer(
  rpc: Rpc,
  id: string,
  options: Options,
): Promise<ContainerInfo | undefined> {
  const { info } = await rpc.taskGetInfo({ taskId: id }, options);
  return info && toContainerInfo(info);
}

export function toContainerInfo(info: Info): ContainerInfo {
  const readyAt = millis(info.startedAt);
  const finishedAt = millis(info.finishedAt);
  const type = info.gpuConfig?.gpuType || info.gpuType;
  const count = info.gpuConfig?.count ?? 1;
  const result = finishedAt === undefined ? undefined : resultWords(info);
  return {
    id: info.id,
    ...(type ? { gpu: count > 1 ? `${type}:${count}` : type } : {}),
    state: finishedAt !== undefined ? 'finished' : readyAt === undefined ? 'starting' : 'running',
    enqueuedAt: millis(info.enqueuedAt) ?? 0,
    ...(readyAt === undefined ? {} : { readyAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(result ? { result } : {}),
  };
}

function resultWords({ result }: Info): string {
  if (!result) return '';
  const word = containerResultOf(result.status);
  return result.exception ? `${word}: ${result.exception}` : word;
}

export async function readAutoscaler(
  rpc: Rpc,
  functionId: string,
  options: Options,
): Promise<Autoscaler | undefined> {
  const { autoscalerConfiguration } = await rpc.functionGetSchedulingParams({ functionId }, options);
  return autoscalerConfiguration && toAutoscaler(autoscalerConfiguration);
}

export function toAutoscaler(configuration: Scheduling): Autoscaler {
  const { settings, defaultSettings, staticSettings, overrideEvents } = configuration;
  const events = Object.entries(overrideEvents).flatMap(([name, event]) => {
    const field = autoscalerFields.find((candidate) => wireNames[candidate] === name || candidate === name);
    if (!field) return [];
    const at = millis(event.timestamp);
    const override: AutoscalerOverride = {
      by: event.requestedBy || event.userId || event.serviceUserId,
      ...(at === undefined ? {} : { at }),
    };
    return [[field, override] as const];
  });
  return {
    inForce: {
      minContainers: settings?.minContainers ?? 0,
      maxContainers: settings?.maxContainers ?? 0,
      bufferContainers: settings?.bufferContainers ?? 0,
      scaledownWindow: settings?.scaledownWindow ?? 0,
    },
    coded: setValues(staticSettings),
    defaults: setValues(defaultSettings),
    overrides: Object.fromEntries(events),
  };
}

/** The server names changed values as its protocol does. */
const wireNames: Readonly<Record<keyof AutoscalerValues, string>> = {
  minContainers: 'min_containers',
  maxContainers: 'max_containers',
  bufferContainers: 'buffer_containers',
  scaledownWindow: 'scaledown_window',
};

function setValues(settings: Settings): Partial<AutoscalerValues> {
  const values = autoscalerFields.map((field) => [field, settings?.[field]] as const);
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

export async function readStats(rpc: Rpc, functionId: string, options: Options): Promise<FunctionStats> {
  const stats = await rpc.functionGetCurrentStats({ functionId }, options);
  return {
    backlog: stats.backlog,
    containers: stats.numTotalTasks,
    runningInputs: stats.numRunningInputs,
  };
}
