import type { AppDetails, Endpoint, ModalFunction } from '../domain/app.ts';
import { fromGrpc } from './grpcErrors.ts';
import type { Rpc } from './rpc.ts';
import { millis } from './wire.ts';

type Options = Parameters<Rpc['appGetLayout']>[1];
type Info = Awaited<ReturnType<Rpc['appGetInfo']>>;
type Summary = Info['functionInfoSummaries'][string];
type Layout = NonNullable<Awaited<ReturnType<Rpc['appGetLayout']>>['appLayout']>;
type Handle = NonNullable<Layout['objects'][number]['functionHandleMetadata']>;

/** Functions of an app with GPU, schedule and web addresses, from two calls that run side by side. */
export async function describeApp(rpc: Rpc, appId: string, options: Options): Promise<AppDetails> {
  const [info, { appLayout }] = await Promise.all([
    readInfo(rpc, appId, options),
    rpc.appGetLayout({ appId }, options),
  ]);
  const lifecycle = info?.info?.lifecycle;
  const deployedAt = millis(lifecycle?.deployedAt);
  const handles = new Map(
    appLayout?.objects.map((object) => [object.objectId, object.functionHandleMetadata]),
  );
  const functions = Object.entries(appLayout?.functionIds ?? {})
    .map(([tag, id]) => toFunction(tag, id, handles.get(id), info?.functionInfoSummaries[tag]))
    .sort((a, b) => a.tag.localeCompare(b.tag));
  return {
    appId,
    functions,
    ...(lifecycle?.version ? { version: lifecycle.version } : {}),
    ...(deployedAt === undefined ? {} : { deployedAt }),
    ...(lifecycle?.deployedBy ? { deployedBy: lifecycle.deployedBy } : {}),
  };
}

/** Older servers do not know this call; then GPUs and schedules are simply not shown. */
async function readInfo(rpc: Rpc, appId: string, options: Options): Promise<Info | undefined> {
  try {
    return await rpc.appGetInfo({ appId }, options);
  } catch (error) {
    if (fromGrpc(error).kind === 'unsupported') return undefined;
    throw error;
  }
}

function toFunction(
  tag: string,
  id: string,
  handle: Handle | undefined,
  summary: Summary | undefined,
): ModalFunction {
  const schedule = scheduleText(summary?.schedule);
  return {
    id,
    tag,
    kind: tag.endsWith('.*') ? 'class' : 'function',
    gpus: (summary?.gpuConfig ?? []).flatMap((gpu) => gpuWithCount(gpu.gpuType, gpu.count) || []),
    ...(schedule ? { schedule } : {}),
    endpoints: handle ? endpointsOf(tag, id, handle, summary?.requiresProxyAuth ?? false) : [],
  };
}

/** A GPU as in `gpu=`, e.g. `A10:2`; '' for none. */
export function gpuWithCount(type: string, count: number): string {
  return type && count > 1 ? `${type}:${count}` : type;
}

function endpointsOf(
  tag: string,
  functionId: string,
  handle: Handle,
  requiresProxyAuth: boolean,
): Endpoint[] {
  const own = [handle.webUrl, ...handle.ExperimentalFlashUrls]
    .filter(Boolean)
    .map((url) => ({ name: tag, url }));
  const methods = Object.entries(handle.methodHandleMetadata).flatMap(([method, { webUrl }]) =>
    webUrl ? { name: `${tag.replace(/\.\*$/, '')}.${method}`, url: webUrl } : [],
  );
  return [...own, ...methods].map((endpoint) => ({ ...endpoint, functionId, requiresProxyAuth }));
}

function scheduleText(schedule: Summary['schedule']): string {
  if (schedule?.cron) return `cron ${schedule.cron.cronString} ${schedule.cron.timezone}`.trim();
  if (!schedule?.period) return '';
  const parts = Object.entries(schedule.period).filter(([, value]) => typeof value === 'number' && value > 0);
  return `every ${parts.map(([unit, value]) => `${String(value)} ${unit}`).join(' ')}`;
}
