import type { App, Container, Endpoint } from '../../../domain/app.ts';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import type { ContainerPhase } from '../../../domain/log.ts';
import type { HttpResult } from '../../../domain/request.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import { formatDuration } from '../../../shared/format.ts';
import { formatUsdPerHour, priceSource } from '../../../domain/priceText.ts';

/** How the call came to a container. Times in milliseconds. */
export type CallStart =
  /** A container was started for it. `queueMs` until a machine took it, `startMs` from there until it ran. */
  | { readonly kind: 'cold'; readonly queueMs: number; readonly startMs: number }
  | { readonly kind: 'warm' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the call cost, estimated. */
export type CallCost =
  | { readonly kind: 'estimate'; readonly usd: number; readonly basis: string }
  /** Nothing of it ran on a GPU. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface CallFacts {
  readonly start: CallStart;
  readonly cost: CallCost;
}

export interface FinishedCall {
  readonly app: App;
  readonly endpoint: Endpoint;
  readonly result: HttpResult;
  /** Unix milliseconds. */
  readonly sentAt: number;
}

export interface CallFactsOptions {
  readonly plane: (
    signal: AbortSignal,
  ) => Promise<Pick<ControlPlane, 'listContainers' | 'streamLogs' | 'describeApp'>>;
  readonly rates: () => Rates;
}

/** Clocks that are set by the network differ by less. */
const clockSlackMs = 250;
/** The states of a container are at the beginning of its log; where they do not come soon, they are not there. */
const readLogSeconds = 3;
const unknown = (reason: string) => ({ kind: 'unknown', reason }) as const;

/** Asks Modal how a call was served, after its answer came. Never rejects: what cannot be told is said so. */
export async function readCallFacts(
  { plane, rates }: CallFactsOptions,
  call: FinishedCall,
  signal: AbortSignal,
): Promise<CallFacts> {
  const said = coldStartHeader(call.result);
  try {
    const connected = await plane(signal);
    const [start, gpus] = await Promise.all([
      readStart(connected, call, signal),
      gpusOf(connected, call, signal),
    ]);
    return {
      start: start.kind === 'unknown' ? (said ?? start) : start,
      cost: costOf(call.result, start, gpus, rates()),
    };
  } catch {
    const reason = "Modal couldn't be reached";
    return { start: said ?? unknown(reason), cost: unknown(reason) };
  }
}

/** Bundled apps say it themselves. */
function coldStartHeader({ headers }: HttpResult): CallStart | undefined {
  return headers['x-cold-start'] === '0' ? { kind: 'warm' } : undefined;
}

async function readStart(
  plane: Pick<ControlPlane, 'listContainers' | 'streamLogs'>,
  { app, result, sentAt }: FinishedCall,
  signal: AbortSignal,
): Promise<CallStart> {
  const containers = await plane.listContainers(app.environment, app.id, signal);
  const offset = clockOffset(result.headers['date'], sentAt + result.timing.firstByte);
  const began = (container: Container) => (container.enqueuedAt ?? NaN) - offset;
  const answeredAt = sentAt + result.timing.firstByte;
  const started = containers
    .filter((container) => began(container) >= sentAt - clockSlackMs && began(container) <= answeredAt)
    .sort((a, b) => began(a) - began(b));
  const [first] = started;
  if (!first)
    return containers.length > 0 ? { kind: 'warm' } : unknown('the container of the call has stopped');
  const phases = await readPhases(plane, app.id, first.id, signal);
  const assignedThere = phases.loading ?? phases.creating ?? first.startedAt;
  if (assignedThere === undefined) return unknown("Modal doesn't report when the container started");
  const assigned = assignedThere - offset;
  const ready = phases.running ?? phases.idle;
  const end = Math.min(ready === undefined ? answeredAt : ready - offset, answeredAt);
  return {
    kind: 'cold',
    queueMs: Math.max(0, assigned - Math.max(began(first), sentAt)),
    startMs: Math.max(0, end - assigned),
  };
}

/**
 * How far the server's clock is ahead of ours, as its own date tells, which is cut to whole seconds.
 * @param here unix milliseconds at which the date came
 */
export function clockOffset(date: string | undefined, here: number): number {
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) return 0;
  const [least, most] = [there - here, there + 1000 - here];
  return least > 0 ? least : Math.min(most, 0);
}

/** When a container first was in each phase, from the beginning of its log. */
async function readPhases(
  plane: Pick<ControlPlane, 'streamLogs'>,
  appId: string,
  containerId: string,
  signal: AbortSignal,
): Promise<Partial<Record<ContainerPhase, number>>> {
  const phases: Partial<Record<ContainerPhase, number>> = {};
  const enough = new AbortController();
  const both = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(readLogSeconds * 1000)]);
  try {
    for await (const { chunks } of plane.streamLogs({ appId, containerId }, '', readLogSeconds, both)) {
      for (const { phase, time } of chunks) if (phase) phases[phase] ??= time;
      if (phases.running ?? phases.idle) break;
    }
  } catch {
    // What was read before the limit counts.
  } finally {
    enough.abort();
  }
  return phases;
}

interface CallGpus {
  /** GPU of the function behind the endpoint; '' = none, undefined = not known. */
  readonly own: string | undefined;
  /** GPUs of the app's other functions, which the endpoint may call. */
  readonly others: readonly string[];
}

async function gpusOf(
  plane: Pick<ControlPlane, 'describeApp'>,
  { app, endpoint }: FinishedCall,
  signal: AbortSignal,
): Promise<CallGpus> {
  const { functions } = await plane.describeApp(app.id, signal);
  const own = functions.find(({ id }) => id === endpoint.functionId);
  const others = functions.filter((fn) => fn !== own).flatMap(({ gpus }) => gpus?.[0] ?? []);
  const isKnown = own?.gpus !== undefined || !own;
  return { own: isKnown ? (own?.gpus?.[0] ?? '') : undefined, others: [...new Set(others)] };
}

/** Seconds times the rate of the GPU. Queueing is not billed; the start of a container is. */
function costOf(
  { timing, headers }: HttpResult,
  start: CallStart,
  { own, others }: CallGpus,
  rates: Rates,
): CallCost {
  if (own === undefined) return unknown("Modal doesn't report the GPU of the function");
  const queueMs = start.kind === 'cold' ? start.queueMs : 0;
  const modelSeconds = Number(headers['x-model-seconds'] ?? Number.NaN);
  const [worker] = others;
  const gpu =
    own || (others.length === 1 && worker !== undefined && Number.isFinite(modelSeconds) ? worker : '');
  if (!gpu)
    return others.length > 0 ? unknown('it may have used a GPU of another function') : { kind: 'none' };
  const usdPerHour = gpuUsdPerHour(gpu, rates);
  if (usdPerHour === undefined) return unknown(`the price of ${gpu} is unknown`);
  const seconds = own ? Math.max(0, timing.total - queueMs) / 1000 : modelSeconds;
  return {
    kind: 'estimate',
    usd: (seconds / 3600) * usdPerHour,
    basis: `${formatDuration(seconds * 1000)}${own ? '' : ' of the model'} × ${gpu} at ${formatUsdPerHour(usdPerHour)} (${priceSource(rates)}); plus idle time, CPU and memory`,
  };
}
