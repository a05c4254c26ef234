import type { Environment } from '../domain/app.ts';
import { steadyNow } from '../shared/steadyNow.ts';

/** More lists in one read would make a workspace of many environments dear to look at. */
const mostBusy = 3;
const mostQuiet = 5;
/** A quiet environment is listed again after this long, at the soonest. */
const quietForMs = 30_000;
/** Each environment more lengthens that, so that all of them together cost no more than some thirty calls a minute. */
const quietForEachMs = 3600;

/**
 * Sandboxes and managed endpoints are looked for this often where none were seen, in a small account, where the user
 * works and where containers run: with a read every ten seconds, a new one is there within a minute.
 */
const besideMs = 45_000;
const fewEnvironments = 5;
/** Elsewhere in a large account it takes longer, unless containers start. */
const besideForEachMs = 12_000;

interface Listed {
  readonly at: number;
  readonly sandboxesAt: number;
  readonly endpointsAt: number;
  readonly numbers: string;
}

/** Environments by name in which there are some, or whose list could not be read. */
export interface Seen {
  readonly sandboxes: ReadonlySet<string>;
  readonly endpoints: ReadonlySet<string>;
}

const nothingSeen: Seen = { sandboxes: new Set(), endpoints: new Set() };

interface Beside {
  /** Milliseconds between two looks for what was not there. */
  readonly besideMs: number;
  readonly isSmall: boolean;
  readonly seen: Seen;
}

/** What is read of an environment in a read. Its apps are in any case. */
export interface Turn {
  readonly environment: Environment;
  readonly sandboxes: boolean;
  readonly endpoints: boolean;
}

/** Everything of all of them. */
export function wholeTurns(environments: readonly Environment[]): Turn[] {
  return environments.map((environment) => ({ environment, sandboxes: true, endpoints: true }));
}

/**
 * Chooses the environments whose apps are listed in a read. The list of environments tells how many containers each of
 * them has, so that one where nothing changed can wait. A deploy that starts no container is seen at the next turn.
 */
export class EnvironmentTurns {
  readonly #now: () => number;
  readonly #listed = new Map<string, Listed>();

  constructor(now: () => number = steadyNow) {
    this.#now = now;
  }

  /**
   * @param chosen the environment that the user works in, which is listed each time
   * @param seen where the last read found something beside apps
   * @returns those to list now: all that were never listed; of the busy and of the quiet ones those that have changed,
   * then those that have waited longest
   */
  choose(environments: readonly Environment[], chosen: string, seen: Seen = nothingSeen): Turn[] {
    const quietFor = Math.max(quietForMs, environments.length * quietForEachMs);
    const isFirst = ({ name }: Environment) => name === chosen || !this.#listed.has(name);
    const [first, others] = split(environments, isFirst);
    const [busy, quiet] = split(others, isBusy);
    const longest = (some: readonly Environment[]) => some.toSorted((a, b) => this.#wait(b) - this.#wait(a));
    const due = longest(quiet).filter((environment) => this.#wait(environment) >= quietFor);
    const listed = [...first, ...longest(busy).slice(0, mostBusy), ...due.slice(0, mostQuiet)];
    const isSmall = environments.length <= fewEnvironments;
    const elsewhereMs = environments.length * besideForEachMs;
    return listed.map((environment) => {
      const isClose = isSmall || environment.name === chosen || isBusy(environment);
      return this.#turn(environment, { besideMs: isClose ? besideMs : elsewhereMs, isSmall, seen });
    });
  }

  noteListed(turns: readonly Turn[]): void {
    const at = this.#now();
    for (const { environment, sandboxes, endpoints } of turns) {
      const before = this.#listed.get(environment.name);
      this.#listed.set(environment.name, {
        at,
        sandboxesAt: sandboxes ? at : (before?.sandboxesAt ?? at),
        endpointsAt: endpoints ? at : (before?.endpointsAt ?? at),
        numbers: numbersOf(environment),
      });
    }
  }

  forget(): void {
    this.#listed.clear();
  }

  /** A sandbox is a container, so one that starts or ends changes the numbers of its environment. */
  #turn(environment: Environment, { besideMs: rest, isSmall, seen }: Beside): Turn {
    const { name } = environment;
    const before = this.#listed.get(name);
    const hasChanged = before?.numbers !== numbersOf(environment);
    const isDue = (at = Number.NEGATIVE_INFINITY) => hasChanged || this.#now() - at >= rest;
    return {
      environment,
      sandboxes: seen.sandboxes.has(name) || isDue(before?.sandboxesAt),
      endpoints: (isSmall && seen.endpoints.has(name)) || isDue(before?.endpointsAt),
    };
  }

  /** Milliseconds since it was listed; endless for one where something changed since. */
  #wait(environment: Environment): number {
    const listed = this.#listed.get(environment.name);
    if (listed?.numbers !== numbersOf(environment)) return Number.MAX_SAFE_INTEGER;
    return this.#now() - listed.at;
  }
}

function numbersOf({ runningContainers, runningGpus }: Environment): string {
  return `${runningContainers ?? ''}/${runningGpus ?? ''}`;
}

/** A server that does not tell how many containers there are may have some. */
function isBusy({ runningContainers }: Environment): boolean {
  return runningContainers !== 0;
}

function split<T>(items: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
