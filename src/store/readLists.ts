import type { App, Container } from '../domain/app.ts';
import type { ErrorKind, ModalError } from '../domain/errors.ts';
import { toModalError } from '../domain/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { ListedEndpoint } from '../domain/managedEndpoint.ts';
import type { Sandbox } from '../domain/sandbox.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import { mapAtMost } from './atMost.ts';
import type { Turn } from './environmentTurns.ts';
import type { FailureMemory } from './failureMemory.ts';
import type { SandboxReader } from './sandboxReader.ts';

/** A workspace may have a hundred environments; more calls at once make the first answer no sooner. */
const environmentsAtOnce = 8;

/** A list beside the apps that could not be read. What was in it before is still shown. */
export interface ListProblem {
  readonly environment: string;
  readonly of: 'sandboxes' | 'endpoints';
  readonly error: ModalError;
}

/** What there is in the environments that were listed. */
export interface Lists {
  /** Apps by the environment that they are in. */
  readonly apps: ReadonlyMap<string, readonly App[]>;
  /** Without those of the sandboxes that are known. */
  readonly containers: readonly Container[];
  readonly sandboxes: readonly Sandbox[];
  /** Environments with more sandboxes than were read. */
  readonly moreSandboxes: readonly string[];
  readonly endpoints: readonly ListedEndpoint[];
  readonly problems: readonly ListProblem[];
}

type Listed = Omit<Lists, 'apps'> & { readonly apps: readonly App[] };

/** What was read before, for the lists that cannot be read now, or need not be. */
export type ListsBefore = Pick<Lists, 'sandboxes' | 'moreSandboxes' | 'endpoints'>;

const nothing: Listed = {
  apps: [],
  containers: [],
  sandboxes: [],
  moreSandboxes: [],
  endpoints: [],
  problems: [],
};

export interface ReadListsParts {
  readonly before: ListsBefore;
  readonly reader: SandboxReader;
  /** Lists that could not be read, which are not asked for again at once. */
  readonly failures: FailureMemory;
  readonly logger: Logger;
}

/** Reads what there is in some environments, a few at a time. */
export async function readLists(
  plane: ControlPlane,
  turns: readonly Turn[],
  { before, reader, failures, logger }: ReadListsParts,
  signal: AbortSignal,
): Promise<Lists> {
  const lists = await mapAtMost(environmentsAtOnce, turns, async (turn) => {
    try {
      return await readEnvironment(plane, turn, { before, reader, failures }, signal);
    } catch (error) {
      const { kind, message } = toModalError(error);
      // A role may know an environment by its name only, and another user may delete one meanwhile.
      if (kind !== 'forbidden' && kind !== 'notFound') throw error;
      logger.warn(`Environment ${turn.environment.name} is left out: ${message}`);
      return nothing;
    }
  });
  const problems = lists.flatMap((each) => each.problems);
  for (const { environment, of, error } of problems)
    logger.warn(`Reading the ${of} of environment ${environment} failed: ${error.message}`);
  return {
    apps: new Map(turns.map(({ environment }, at) => [environment.name, lists[at]?.apps ?? []])),
    containers: lists.flatMap(({ containers }) => containers),
    sandboxes: lists.flatMap(({ sandboxes }) => sandboxes),
    moreSandboxes: lists.flatMap(({ moreSandboxes }) => moreSandboxes),
    endpoints: lists.flatMap(({ endpoints }) => endpoints),
    problems,
  };
}

async function readEnvironment(
  plane: ControlPlane,
  { environment: { name }, sandboxes: wantsSandboxes, endpoints: wantsEndpoints }: Turn,
  { before, reader, failures }: Omit<ReadListsParts, 'logger'>,
  signal: AbortSignal,
): Promise<Listed> {
  const apps = await plane.listApps(name, signal);
  const isRunning = apps.some((app) => app.runningContainers !== 0);
  const problems: ListProblem[] = [];
  const inside = <T extends { readonly environment: string }>(all: readonly T[]) =>
    all.filter(({ environment }) => environment === name);
  const sandboxesBefore = () => ({
    sandboxes: inside(before.sandboxes),
    more: before.moreSandboxes.includes(name),
  });
  const endpointsBefore = () => inside(before.endpoints);
  const orBefore = async <T>(
    of: ListProblem['of'],
    isWanted: boolean,
    read: () => Promise<T>,
    known: () => T,
    none: T,
  ): Promise<T> => {
    const key = `${of}/${name}`;
    if (!isWanted || !failures.isDue(key)) return known();
    try {
      const list = await read();
      failures.forget(key);
      return list;
    } catch (failure) {
      const error = toModalError(failure);
      if (isAboutAll.includes(error.kind)) throw error;
      if (error.kind === 'unsupported') return none; // older servers have none
      failures.note(key, error.kind);
      problems.push({ environment: name, of, error });
      return known();
    }
  };
  const [containers, { sandboxes, more }, endpoints] = await Promise.all([
    isRunning ? plane.listContainers(name, undefined, signal) : [],
    orBefore('sandboxes', wantsSandboxes, () => reader.read(plane, name, apps, signal), sandboxesBefore, {
      sandboxes: [],
      more: false,
    }),
    orBefore('endpoints', wantsEndpoints, () => plane.listEndpoints(name, signal), endpointsBefore, []),
  ]);
  const ofSandboxes = new Set(sandboxes.map(({ containerId }) => containerId));
  return {
    apps,
    containers: containers.filter(({ id }) => !ofSandboxes.has(id)),
    sandboxes,
    moreSandboxes: more ? [name] : [],
    endpoints,
    problems,
  };
}

/** Failures that the other lists have as well. A line that is down is not among them: the apps came over it just now. */
const isAboutAll: readonly ErrorKind[] = ['cancelled', 'unauthenticated', 'notFound'];
