import { leastResources } from '../domain/sandbox.ts';
import type { ServerInfo, ServerStats } from '../domain/server.ts';
import type { FieldChecks } from './fieldChecks.ts';
import { unusable } from './lists.ts';
import type { Rpc } from './rpc.ts';

/** Servers (`@app.server`): what is told of them and of no function. */

type Options = Parameters<Rpc['functionGetById']>[1];
type Data = Awaited<ReturnType<Rpc['functionGetById']>>['function'];
type Stats = Awaited<ReturnType<Rpc['serverGetTimeRangeStats']>>;
type Distribution = Stats['requestPercentileStats'][string];

export async function readServer(
  rpc: Rpc,
  functionId: string,
  options: Options,
  checks: FieldChecks,
): Promise<ServerInfo> {
  const { function: data } = await rpc.functionGetById({ functionId }, options);
  return toServerInfo(data, checks);
}

/** @throws kind `unexpected` for a server of which nothing is told */
export function toServerInfo(data: Data, checks: FieldChecks): ServerInfo {
  if (!data) throw unusable('a server');
  const { httpConfig, rankedFunctions } = data;
  const [first] = [...rankedFunctions].sort((a, b) => a.rank - b.rank);
  const resources = first?.function?.resources;
  const cores = checks.number('the cores of a server', resources?.milliCpu);
  const memory = checks.number('the memory of a server', resources?.memoryMb);
  const open = checks.flag('whether a server is open', httpConfig?.unauthenticated);
  const sessioned = checks.flag('whether a server has sessions', data.isSessioned);
  return {
    port: checks.ordinal('the port of a server', httpConfig?.port),
    region: checks.words('the region of a server', httpConfig?.proxyRegions[0]),
    ...(open === undefined ? {} : { requiresProxyAuth: !open }),
    cores: cores === 0 ? leastResources.cores : cores && cores / 1000,
    memoryGib: memory === 0 ? leastResources.memoryGib : memory && memory / 1024,
    ...(sessioned === undefined ? {} : { sessioned }),
  };
}

/**
 * Ids of the containers that take requests of a server.
 * @throws kind `unexpected` where one cannot be used: without it, fewer would seem to run
 */
export async function readServerContainers(
  rpc: Rpc,
  functionId: string,
  options: Options,
  checks: FieldChecks,
): Promise<string[]> {
  const { containers } = await rpc.flashContainerList({ functionId }, options);
  const ids = checks.list('containers of a server', containers, ({ taskId }) =>
    checks.id('the id of a container', 'container', taskId),
  );
  if (ids.length < containers.length) throw unusable('the containers of a server');
  return ids;
}

/** @param range unix milliseconds, at most seven days */
export async function readServerStats(
  rpc: Rpc,
  functionId: string,
  range: { readonly since: number; readonly until: number },
  options: Options,
  checks: FieldChecks,
): Promise<ServerStats> {
  const since = new Date(range.since);
  const until = new Date(range.until);
  return toServerStats(await rpc.serverGetTimeRangeStats({ functionId, since, until }, options), checks);
}

export function toServerStats(stats: Stats, checks: FieldChecks): ServerStats {
  const byStatus = checks.list('requests by status', stats.requestCountByStatusCode, (each) => {
    const code = checks.count('a status code', each.statusCode, mostStatus);
    const count = checks.count('the requests with a status', each.count);
    return code === undefined || count === undefined ? undefined : ([code, count] as const);
  });
  return {
    requests: checks.count('the requests of a server', stats.requestCount),
    byStatus: Object.fromEntries(byStatus),
    latency: latencyOf(stats.requestPercentileStats, checks),
    containers: checks.count('the containers of a server', stats.containerTotalCount),
  };
}

const mostStatus = 999;
const milliseconds: Readonly<Record<string, number>> = { s: 1000, seconds: 1000, ms: 1, milliseconds: 1 };

/** Modal writes the names of distributions in more than one way. */
function latencyOf(all: Stats['requestPercentileStats'], checks: FieldChecks): ServerStats['latency'] {
  const named = new Map(Object.entries(all).map(([name, each]) => [plainName(name), each]));
  const found = named.get('request_latency');
  if (!found) return undefined;
  const known = Object.hasOwn(milliseconds, found.unit) ? milliseconds[found.unit] : undefined;
  const unit = checks.noted('the unit of a latency', found.unit, known);
  if (unit === undefined) return undefined;
  return { p50: percentile(found, 5000, unit, checks), p95: percentile(found, 9500, unit, checks) };
}

function plainName(name: string): string {
  return (name.split('(')[0] ?? '').trim().toLowerCase().replaceAll(' ', '_');
}

function percentile(
  { percentiles }: Distribution,
  basisPoints: number,
  unit: number,
  checks: FieldChecks,
): number | undefined {
  const found = percentiles.find(
    ({ percentileBasisPoints: at }) => checks.count('a percentile', at, mostBasisPoints) === basisPoints,
  );
  const value = found && checks.number('a latency', found.value);
  if (value === undefined) return undefined;
  return checks.noted('a latency', value, value * unit <= longestMs ? value * unit : undefined);
}

const mostBasisPoints = 10_000;

/** No request takes longer than statistics reach back. */
const longestMs = 7 * 86_400_000;
