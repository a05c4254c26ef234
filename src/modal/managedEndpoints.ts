import type { EndpointInfo, ListedEndpoint } from '../domain/managedEndpoint.ts';
import { gpusOf } from './describeApp.ts';
import type { FieldChecks } from './fieldChecks.ts';
import { longest } from './fieldChecks.ts';
import { fromGrpc } from './grpcErrors.ts';
import { unusable } from './lists.ts';
import type { Rpc } from './rpc.ts';
import { appStateNumbers, endpointModes, endpointStates } from './wire.ts';

/** Inference endpoints that Modal manages. */

type Options = Parameters<Rpc['endpointList']>[1];
type Item = Awaited<ReturnType<Rpc['endpointList']>>['items'][number];
type Info = Awaited<ReturnType<Rpc['endpointGetInfo']>>;

/** As many as the official command asks for at once. */
const pageSize = 100;
const mostPages = 10;

/** Those that provision, run or have failed; as in `modal endpoint list`, those that were stopped are not among them. */
export async function readEndpoints(
  rpc: Rpc,
  environment: string,
  now: number,
  options: Options,
  checks: FieldChecks,
): Promise<ListedEndpoint[]> {
  const found = new Map<string, ListedEndpoint>();
  let createdBefore = now / 1000;
  for (let page = 0; page < mostPages; page++) {
    const pagination = { maxObjects: pageSize, createdBefore };
    const { items } = await rpc.endpointList({ environmentName: environment, pagination }, options);
    for (const endpoint of toEndpoints(items, environment, checks)) found.set(endpoint.id, endpoint);
    const last: unknown = items.at(-1)?.metadata?.creationInfo?.createdAt;
    if (items.length < pageSize || typeof last !== 'number' || !(last < createdBefore)) break;
    createdBefore = last;
  }
  return [...found.values()];
}

export function toEndpoints(
  items: readonly Item[],
  environment: string,
  checks: FieldChecks,
): ListedEndpoint[] {
  return checks.list('managed endpoints', items, (item) => toEndpoint(item, environment, checks));
}

function toEndpoint(item: Item, environment: string, checks: FieldChecks): ListedEndpoint | undefined {
  const id = checks.id('the id of a managed endpoint', 'endpoint', item.endpointId);
  const app = checks.word('the state of a managed endpoint', appStateNumbers, item.appState);
  const { createdAt, createdBy } = item.metadata?.creationInfo ?? {};
  const status = checks.words('the status of a managed endpoint', item.status);
  // As the official command has it, by its app; where that cannot be read, its own status tells.
  const isStopped = app === undefined ? /^stopped$/i.test(status) : app === 'stopped' || app === 'stopping';
  if (id === undefined || isStopped) return undefined;
  return {
    id,
    name: checks.words('the name of a managed endpoint', item.name) || id,
    environment,
    status,
    shared: checks.word('how a managed endpoint is served', endpointModes, item.servingMode),
    createdAt: checks.time('when a managed endpoint was made', createdAt),
    createdBy: checks.words('who made a managed endpoint', createdBy),
    stamp: [status, checks.number('when a managed endpoint changed', item.updatedAt) ?? ''].join('/'),
  };
}

/** An endpoint, and of a dedicated one also the GPU of the server behind it. */
export async function readEndpointInfo(
  rpc: Rpc,
  endpointId: string,
  options: Options,
  checks: FieldChecks,
): Promise<EndpointInfo> {
  const info = toEndpointInfo(await rpc.endpointGetInfo({ endpointId }, options), checks);
  const { appId, serverId } = info;
  if (appId === undefined || serverId === undefined) return info;
  try {
    const { functionInfoSummaries } = await rpc.appGetInfo({ appId }, options);
    const summary = new Map(Object.entries(functionInfoSummaries)).get(serverId);
    return { ...info, gpus: summary && gpusOf(summary, checks) };
  } catch (error) {
    const { kind } = fromGrpc(error);
    if (kind !== 'unsupported' && kind !== 'notFound' && kind !== 'forbidden') throw error;
    return info; // what is behind it belongs to Modal, and need not be shown
  }
}

/** @throws kind `unexpected` for an endpoint of which nothing is told */
export function toEndpointInfo({ info, metadata }: Info, checks: FieldChecks): EndpointInfo {
  if (!info) throw unusable('a managed endpoint');
  const requiresProxyAuth = checks.flag('whether an endpoint needs a token', info.requiresProxyAuth);
  const appId = checks.id('the app of a managed endpoint', 'app', metadata?.appId);
  const serverId = checks.id('the server of a managed endpoint', 'function', metadata?.serverId);
  return {
    state: checks.word('the state of a managed endpoint', endpointStates, info.status) ?? 'unknown',
    model: checks.words('the model of a managed endpoint', info.modelName, longest.sentence),
    repository: checks.words('the repository of a model', info.repoId),
    url: checks.address('the address of a managed endpoint', info.serviceUrl),
    ...(requiresProxyAuth === undefined ? {} : { requiresProxyAuth }),
    ...(appId === undefined ? {} : { appId }),
    ...(serverId === undefined ? {} : { serverId }),
  };
}
