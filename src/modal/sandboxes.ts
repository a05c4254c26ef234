import type { Sandbox, Tunnel } from '../domain/sandbox.ts';
import { leastResources } from '../domain/sandbox.ts';
import { gpuOf } from './describeApp.ts';
import type { FieldChecks } from './fieldChecks.ts';
import { fromGrpc } from './grpcErrors.ts';
import type { Rpc } from './rpc.ts';
import { containerResults } from './wire.ts';

type Page = Awaited<ReturnType<Rpc['sandboxListV2']>>;
type Item = Page['sandboxes'][number];
type Resources = Item['resourceInfo'];
type TunnelItem = Item['tunnels'][number];

/** Asks for the page of sandboxes that were made before that moment, in unix seconds; 0 = for the newest. */
export type ReadPage = (beforeTimestamp: number) => Promise<Page>;

export interface SandboxList {
  /** Newest first; those that have ended are not among them. */
  readonly sandboxes: Sandbox[];
  /** There are older ones, which were not read. */
  readonly more: boolean;
}

/** Reads page after page, each of which begins where the one before has ended. */
export async function readSandboxes(
  read: ReadPage,
  environment: string,
  mostPages: number,
  checks: FieldChecks,
): Promise<SandboxList> {
  const found = new Map<string, Sandbox>();
  let before = 0;
  for (let page = 0; page < mostPages; page++) {
    const { sandboxes } = await read(before);
    for (const sandbox of toSandboxes(sandboxes, environment, checks)) found.set(sandbox.id, sandbox);
    const last: unknown = sandboxes.at(-1)?.createdAt;
    // Else a server that ignores the moment, or sends none, would be asked for the same page again and again.
    if (typeof last !== 'number' || !(last > 0 && (before === 0 || last < before)))
      return { sandboxes: [...found.values()], more: false };
    before = last;
  }
  return { sandboxes: [...found.values()], more: true };
}

export function toSandboxes(items: readonly Item[], environment: string, checks: FieldChecks): Sandbox[] {
  return checks.list('sandboxes', items, (item) => toSandbox(item, environment, checks));
}

/** @returns undefined for one that has ended, and for one without a usable id, since nothing could be asked of it */
function toSandbox(item: Item, environment: string, checks: FieldChecks): Sandbox | undefined {
  const id = checks.id('the id of a sandbox', 'sandbox', item.id);
  const { taskInfo: task, resourceInfo: resources } = item;
  const hasEnded =
    checks.time('when a sandbox ended', task?.finishedAt) !== undefined ||
    checks.word('how a sandbox ended', containerResults, task?.result?.status) !== undefined;
  if (id === undefined || hasEnded) return undefined;
  const startedAt = checks.time('when a sandbox started', task?.startedAt);
  return {
    id,
    appId: checks.id("the id of a sandbox's app", 'app', item.appId) ?? '',
    environment,
    name: checks.words('the name of a sandbox', item.name),
    containerId: checks.id('the container of a sandbox', 'container', task?.id) ?? '',
    // A moment that cannot be read is one all the same.
    state: (task?.startedAt ?? 0) === 0 ? 'starting' : 'running',
    createdAt: checks.time('when a sandbox was made', item.createdAt),
    ...(startedAt === undefined ? {} : { startedAt }),
    gpu: gpuOfSandbox(item, checks),
    cores: resource('the cores of a sandbox', resources?.milliCpu, 1000, leastResources.cores, checks),
    memoryGib: resource(
      'the memory of a sandbox',
      resources?.memoryMb,
      1024,
      leastResources.memoryGib,
      checks,
    ),
    tags: checks.list('tags of sandboxes', item.tags, (tag) => tagWords(tag, checks)).slice(0, mostTags),
    timeoutSeconds: checks.ordinal('the time limit of a sandbox', item.timeoutSecs),
    idleTimeoutSeconds: checks.ordinal('the idle limit of a sandbox', item.idleTimeoutSecs),
    tunnels: checks.list('tunnels', item.tunnels, (tunnel) => toTunnel(tunnel, checks)).slice(0, mostTunnels),
  };
}

/** A tooltip has room for few, and a row has too. */
const mostTags = 20;
const mostTunnels = 50;

/** Of its container, where there is one; without either nobody knows. */
function gpuOfSandbox({ taskInfo, resourceInfo }: Item, checks: FieldChecks): string | undefined {
  if (!taskInfo && !resourceInfo) return undefined;
  const type = taskInfo?.gpuConfig?.gpuType || taskInfo?.gpuType || resourceInfo?.gpuType || '';
  return gpuOf(type, taskInfo?.gpuConfig?.count ?? 1, checks);
}

/** @param least what one gets that asks for nothing */
function resource(
  field: string,
  asked: NonNullable<Resources>['milliCpu'],
  unit: number,
  least: number,
  checks: FieldChecks,
): number | undefined {
  if (asked === undefined) return undefined;
  const value = checks.number(field, asked.value);
  return value === 0 ? least : value && value / unit;
}

function tagWords({ tagName, tagValue }: Item['tags'][number], checks: FieldChecks): string | undefined {
  const name = checks.words('the name of a tag', tagName);
  return name && `${name}=${checks.words('the value of a tag', tagValue)}`;
}

/** @returns undefined for one without an address */
function toTunnel(item: TunnelItem, checks: FieldChecks): Tunnel | undefined {
  const port = checks.count('the port of a tunnel', item.containerPort, mostPort);
  if (port === undefined) return undefined;
  const host = hostOf(item.host, checks);
  const outer = checks.count('the outer port of a tunnel', item.port, mostPort);
  const url =
    host === undefined || outer === undefined
      ? ''
      : checks.address('the address of a tunnel', addressOf(host, outer));
  const socketHost = item.unencryptedHost ? hostOf(item.unencryptedHost, checks) : undefined;
  const socketPort = checks.ordinal('the open port of a tunnel', item.unencryptedPort);
  const socket = socketHost === undefined || socketPort === undefined ? '' : `${socketHost}:${socketPort}`;
  return url === '' && socket === '' ? undefined : { port, url, socket };
}

const mostPort = 65_535;
const httpsPort = 443;

function addressOf(host: string, port: number): string {
  return `https://${host}${port === httpsPort ? '' : `:${port}`}`;
}

/** A host alone: anything else in its place would lead elsewhere. */
function hostOf(value: unknown, checks: FieldChecks): string | undefined {
  if (value === '' || value === undefined) return undefined;
  const isHost = typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(value);
  return checks.noted('the host of a tunnel', value, isHost ? value : undefined);
}

/**
 * Ends a sandbox. The two kinds have calls of their own, and their ids tell them apart: those of the first have 22 letters
 * and digits, all others are of the second.
 * @returns whether it was running until then
 */
export async function stopSandbox(
  rpc: Rpc,
  sandboxId: string,
  options: Parameters<Rpc['sandboxTerminate']>[1],
): Promise<boolean> {
  try {
    const { existingResult } = isFirstKind(sandboxId)
      ? await rpc.sandboxTerminate({ sandboxId }, options)
      : await rpc.sandboxTerminateV2({ sandboxId }, options);
    return (existingResult?.status ?? 0) === 0;
  } catch (error) {
    if (fromGrpc(error).kind === 'notFound') return false; // it ended so long ago that nobody knows it any more
    throw error;
  }
}

/** @returns '' while it has no container */
export async function readSandboxContainer(
  rpc: Rpc,
  sandboxId: string,
  options: Parameters<Rpc['sandboxGetTaskId']>[1],
  checks: FieldChecks,
): Promise<string> {
  const request = { sandboxId, timeout: 0, waitUntilReady: false };
  const { taskId } = isFirstKind(sandboxId)
    ? await rpc.sandboxGetTaskId(request, options)
    : await rpc.sandboxGetTaskIdV2(request, options);
  return checks.id('the container of a sandbox', 'container', taskId) ?? '';
}

function isFirstKind(sandboxId: string): boolean {
  return /^sb-[A-Za-z0-9]{22}$/.test(sandboxId);
}
