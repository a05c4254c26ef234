import type { App, Container, Environment } from '../domain/app.ts';
import { toModalError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import { mapAtMost } from './atMost.ts';

/** A workspace may have a hundred environments; more calls at once make the first answer no sooner. */
const environmentsAtOnce = 8;

export interface Lists {
  /** Apps by the environment that they are in. */
  readonly apps: ReadonlyMap<string, readonly App[]>;
  readonly containers: readonly Container[];
}

interface Listed {
  readonly apps: readonly App[];
  readonly containers: readonly Container[];
}

const nothing: Listed = { apps: [], containers: [] };

/** Reads apps and containers of some environments, a few at a time. */
export async function readLists(
  plane: ControlPlane,
  environments: readonly Environment[],
  logger: Logger,
  signal: AbortSignal,
): Promise<Lists> {
  const lists = await mapAtMost(environmentsAtOnce, environments, async ({ name }) => {
    try {
      return await readEnvironment(plane, name, signal);
    } catch (error) {
      const { kind, message } = toModalError(error);
      // A role may know an environment by its name only, and another user may delete one meanwhile.
      if (kind !== 'forbidden' && kind !== 'notFound') throw error;
      logger.warn(`Environment ${name} is left out: ${message}`);
      return nothing;
    }
  });
  return {
    apps: new Map(environments.map(({ name }, at) => [name, lists[at]?.apps ?? []])),
    containers: lists.flatMap(({ containers }) => containers),
  };
}

async function readEnvironment(plane: ControlPlane, name: string, signal: AbortSignal): Promise<Listed> {
  const apps = await plane.listApps(name, signal);
  const running = apps.some((app) => app.runningContainers !== 0);
  return { apps, containers: running ? await plane.listContainers(name, undefined, signal) : [] };
}
