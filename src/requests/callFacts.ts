import type { App, Container, Endpoint } from '../domain/app.ts';
import type { Rates } from '../domain/cost.ts';
import { gpuUsdPerHour } from '../domain/cost.ts';
import type { ContainerPhase } from '../domain/log.ts';
import type { HttpResult } from '../domain/request.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';

/** How the call came to a container. Times in milliseconds. */
export type CallStart =
  /** A container was started for it. `queueMs` until a machine took it, `startMs` from there until it ran. */
  | { readonly kind: 'cold'; readonly queueMs: number; readonly startMs: number }
  | { readonly kind: 'warm' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the call cost, estimated. */
export type CallCost =
  | { readonly kind: 'estimate'; readonly usd: number; readonly basis: string }
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

/** Clocks of here and of Modal differ a little. */
const clockSlackMs = 2000;
/** The states of a container are at the beginning of its log; where they do not come soon, they are not there. */
const readLogSeconds = 3;
const none = (reason: string) => ({ kind: 'unknown', reason }) as const;

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
    const reason = 'Modal could not be asked';
    return { start: said ?? none(reason), cost: none(reason) };
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
  const began = (container: Container) => container.enqueuedAt;
  const answeredAt = sentAt + result.timing.firstByte;
  const started = containers
    .filter((container) => began(container) >= sentAt - clockSlackMs && began(container) <= answeredAt)
    .sort((a, b) => began(a) - began(b));
  const [first] = started;
  if (!first) return containers.length > 0 ? { kind: 'warm' } : none('the container of the call has ended');
  const phases = await readPhases(plane, app.id, first.id, signal);
  const assigned = phases.creating ?? phases.loading ?? first.startedAt;
  const ready = phases.running ?? phases.idle;
  if (assigned === undefined) return none('Modal does not tell when the container started');
  const end = Math.min(ready ?? answeredAt, answeredAt);
  return {
    kind: 'cold',
    queueMs: Math.max(0, assigned - Math.max(began(first), sentAt)),
    startMs: Math.max(0, end - assigned),
  };
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
  /** GPU of the function behind the endpoint; '' = none. */
  readonly own: string;
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
  const others = functions.filter((fn) => fn !== own).flatMap(({ gpus }) => gpus[0] ?? []);
  return { own: own?.gpus[0] ?? '', others: [...new Set(others)] };
}

/** Seconds times the rate of the GPU. Queueing is not billed; the start of a container is. */
function costOf(
  { timing, headers }: HttpResult,
  start: CallStart,
  { own, others }: CallGpus,
  rates: Rates,
): CallCost {
  const queueMs = start.kind === 'cold' ? start.queueMs : 0;
  const modelSeconds = Number(headers['x-model-seconds'] ?? Number.NaN);
  const [worker] = others;
  const gpu =
    own || (others.length === 1 && worker !== undefined && Number.isFinite(modelSeconds) ? worker : '');
  if (!gpu)
    return none(
      others.length > 0
        ? 'its GPU works behind a function without one'
        : 'no GPU; CPU and memory are not counted',
    );
  const usdPerHour = gpuUsdPerHour(gpu, rates);
  if (usdPerHour === undefined) return none(`the price of ${gpu} is not known`);
  const seconds = own ? Math.max(0, timing.total - queueMs) / 1000 : modelSeconds;
  return {
    kind: 'estimate',
    usd: (seconds / 3600) * usdPerHour,
    basis: `${seconds.toFixed(2)} s${own ? '' : ' of the model'} × ${gpu} at $${usdPerHour.toFixed(2)}/h (${
      rates.source === 'live' ? 'live price' : `price of ${rates.asOf}`
    }); the container's idle time, CPU and memory come on top`,
  };
}
