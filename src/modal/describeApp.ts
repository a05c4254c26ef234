import type { AppDetails, Endpoint, ModalFunction } from '../domain/app.ts';
import type { FieldChecks } from './fieldChecks.ts';
import { fromGrpc } from './grpcErrors.ts';
import type { Rpc } from './rpc.ts';

type Options = Parameters<Rpc['appGetLayout']>[1];
type Info = Awaited<ReturnType<Rpc['appGetInfo']>>;
type Summary = Info['functionInfoSummaries'][string];
type Layout = Awaited<ReturnType<Rpc['appGetLayout']>>['appLayout'];
type Handle = NonNullable<NonNullable<Layout>['objects'][number]['functionHandleMetadata']>;

/** Functions of an app with GPU, schedule and web addresses, from two calls that run side by side. */
export async function describeApp(
  rpc: Rpc,
  appId: string,
  options: Options,
  checks: FieldChecks,
): Promise<AppDetails> {
  const [info, { appLayout }] = await Promise.all([
    readInfo(rpc, appId, options),
    rpc.appGetLayout({ appId }, options),
  ]);
  return toDetails(appId, info, appLayout, checks);
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

export function toDetails(
  appId: string,
  info: Info | undefined,
  layout: Layout,
  checks: FieldChecks,
): AppDetails {
  const lifecycle = info?.info?.lifecycle;
  const version = checks.ordinal('the version of an app', lifecycle?.version);
  const deployedAt = checks.time('when an app was deployed', lifecycle?.deployedAt);
  const deployedBy = checks.words('who deployed an app', lifecycle?.deployedBy);
  const objects = checks.list('objects of an app', layout?.objects ?? [], (object) => {
    const id = checks.anyId('the id of an object', object.objectId);
    return id === undefined ? undefined : ([id, object.functionHandleMetadata] as const);
  });
  const handles = new Map(objects);
  const summaries = new Map(Object.entries(info?.functionInfoSummaries ?? {}));
  const servers = Object.entries(info?.info?.servers ?? {});
  // By name and by id, so that it stays one where either cannot be used.
  const serverNames = new Set(servers.flat());
  const laidOut = Object.entries(layout?.functionIds ?? {});
  const known = new Set(laidOut.map(([, id]) => id));
  // A server may be in either list, or in both.
  const all = [...laidOut, ...servers.filter(([, id]) => !known.has(id))];
  const functions = checks
    .list('functions', all, ([tag, id]) =>
      toFunction(
        { tag, id, isServer: serverNames.has(id) || serverNames.has(tag) },
        handles.get(id),
        // Modal files what it says of a function under its id; by its tag, some servers did.
        summaries.get(id) ?? summaries.get(tag),
        checks,
      ),
    )
    .sort((a, b) => a.tag.localeCompare(b.tag));
  return {
    appId,
    functions,
    ...(version === undefined ? {} : { version }),
    ...(deployedAt === undefined ? {} : { deployedAt }),
    ...(deployedBy ? { deployedBy } : {}),
  };
}

interface Named {
  readonly tag: string;
  readonly id: string;
  readonly isServer: boolean;
}

/** @returns undefined for one without a usable id or name, since nothing could be asked of it */
function toFunction(
  named: Named,
  handle: Handle | undefined,
  summary: Summary | undefined,
  checks: FieldChecks,
): ModalFunction | undefined {
  const id = checks.id('the id of a function', 'function', named.id);
  const tag = checks.words('the name of a function', named.tag);
  if (id === undefined || !tag) return undefined;
  const schedule = scheduleText(summary?.schedule, checks);
  return {
    id,
    tag,
    kind: named.isServer ? 'server' : tag.endsWith('.*') ? 'class' : 'function',
    gpus: summary && gpusOf(summary, checks),
    ...(schedule ? { schedule } : {}),
    endpoints: handle ? endpointsOf(tag, id, handle, summary, checks) : [],
  };
}

/** @returns undefined when one of the choices is unknown: without it, the function would seem to have another GPU */
export function gpusOf({ gpuConfig }: Summary, checks: FieldChecks): string[] | undefined {
  const all = gpuConfig.map(({ gpuType, count }) => gpuOf(gpuType, count, checks));
  const known = all.filter((gpu) => gpu !== undefined);
  return known.length === all.length ? known.filter(Boolean) : undefined;
}

const mostGpus = 1024;

/** A GPU as in `gpu=`, e.g. `A10:2`; '' for none, undefined for one that cannot be read. */
export function gpuOf(type: string, count: number, checks: FieldChecks): string | undefined {
  if (!type) return '';
  const known = checks.count('a number of GPUs', count || NaN, mostGpus);
  const name = checks.gpuType('a GPU', type);
  if (known === undefined || name === undefined) return undefined;
  return known > 1 ? `${name}:${known}` : name;
}

function endpointsOf(
  tag: string,
  functionId: string,
  handle: Handle,
  summary: Summary | undefined,
  checks: FieldChecks,
): Endpoint[] {
  const requiresProxyAuth = checks.flag('whether an endpoint needs a token', summary?.requiresProxyAuth);
  // A server may have its address in both places.
  const own = [...new Set([handle.webUrl, ...handle.ExperimentalFlashUrls])].map((url) => ({
    name: tag,
    url,
  }));
  const methods = Object.entries(handle.methodHandleMetadata).map(([method, { webUrl }]) => ({
    name: `${tag.replace(/\.\*$/, '')}.${checks.words('the name of a method', method)}`,
    url: webUrl,
  }));
  return checks.list('endpoints', [...own, ...methods], ({ name, url: wireUrl }) => {
    const url = checks.address('the address of an endpoint', wireUrl);
    if (!url) return undefined;
    return { name, url, functionId, ...(requiresProxyAuth === undefined ? {} : { requiresProxyAuth }) };
  });
}

const unknownSchedule = 'on a schedule that cannot be read';

function scheduleText(schedule: Summary['schedule'], checks: FieldChecks): string {
  if (schedule?.cron) {
    const cron = checks.words('a schedule', schedule.cron.cronString);
    return cron
      ? `cron ${cron} ${checks.words('a time zone', schedule.cron.timezone)}`.trim()
      : unknownSchedule;
  }
  if (!schedule?.period) return '';
  const { years, months, weeks, days, hours, minutes, seconds } = schedule.period;
  const parts = Object.entries({ years, months, weeks, days, hours, minutes, seconds }).map(
    ([unit, value]) => [unit, checks.number('a schedule', value)] as const,
  );
  const set = parts.filter(([, value]) => value !== 0);
  if (set.length === 0 || set.some(([, value]) => value === undefined)) return unknownSchedule;
  return `every ${set.map(([unit, value]) => `${value} ${unit}`).join(' ')}`;
}
