import { sleep } from '../../../shared/sleep.ts';
import type { Container } from '../../../domain/app.ts';
import { toModalError } from '../../../domain/errors.ts';
import type { ContainerPoint } from '../../../domain/load.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';

export interface ContainerWatchOptions {
  readonly plane: Pick<ControlPlane, 'listContainers' | 'containerGpu' | 'functionStats'>;
  readonly environment: string;
  readonly appId: string;
  /** Whose queue is shown. */
  readonly functionId: string;
  readonly logger: Logger;
  readonly onLook: (point: ContainerPoint, containers: readonly Container[]) => void;
  /** Milliseconds from the end of one look to the next. */
  readonly everyMs?: number;
}

/** GPUs are asked for one by one; what a look does not get to, the next does. */
const gpusPerLook = 8;

/** Looks at the containers and the queue of an app until the signal ends it; what cannot be read is left out. */
export async function watchContainers(options: ContainerWatchOptions, signal: AbortSignal): Promise<void> {
  const { onLook, everyMs = 2000 } = options;
  const start = performance.now();
  const gpus = new Map<string, string>();
  while (!signal.aborted) {
    const look = await lookOnce(options, gpus, signal);
    const second = (performance.now() - start) / 1000;
    if (look) onLook({ second, ...look.point }, look.containers);
    await sleep(everyMs, signal);
  }
}

interface Look {
  readonly point: Omit<ContainerPoint, 'second'>;
  readonly containers: readonly Container[];
}

async function lookOnce(
  options: ContainerWatchOptions,
  gpus: Map<string, string>,
  signal: AbortSignal,
): Promise<Look | undefined> {
  const { plane, environment, appId } = options;
  try {
    const [listed, queued] = await Promise.all([
      plane.listContainers(environment, appId, signal),
      readQueue(options, signal),
    ]);
    signal.throwIfAborted();
    await readGpus(plane, listed, gpus, signal);
    const containers = listed.map((each) => {
      const gpu = each.gpu ?? gpus.get(each.id);
      return gpu === undefined ? each : { ...each, gpu };
    });
    const running = listed.filter(({ startedAt }) => startedAt !== undefined).length;
    const point = { running, starting: listed.length - running, ...(queued === undefined ? {} : { queued }) };
    return { point, containers };
  } catch (error) {
    if (!signal.aborted)
      options.logger.debug(`The containers of ${appId} cannot be read: ${toModalError(error).message}`);
    return undefined;
  }
}

/** Not every server tells. */
async function readQueue(
  { plane, functionId }: ContainerWatchOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    return (await plane.functionStats(functionId, signal)).backlog;
  } catch {
    return undefined;
  }
}

async function readGpus(
  plane: ContainerWatchOptions['plane'],
  containers: readonly Container[],
  gpus: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const unknown = containers
    .filter(({ id, gpu }) => gpu === undefined && !gpus.has(id))
    .slice(0, gpusPerLook);
  await Promise.all(
    unknown.map(async ({ id }) => {
      const gpu = await plane.containerGpu(id, signal).catch(() => undefined);
      if (gpu !== undefined) gpus.set(id, gpu);
    }),
  );
}
