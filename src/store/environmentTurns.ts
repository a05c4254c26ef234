import type { Environment } from '../domain/app.ts';

/** More lists in one read would make a workspace of many environments dear to look at. */
const mostBusy = 3;
const mostQuiet = 5;
/** A quiet environment is listed again after this long, at the soonest. */
const quietForMs = 30_000;
/** Each environment more lengthens that, so that all of them together cost no more than some thirty calls a minute. */
const quietForEachMs = 3600;

/** Sandboxes and managed endpoints of an environment where no container runs hardly change by themselves. */
const besideForEachMs = 12_000;
/** In a small account everything is read each time. */
const fewEnvironments = 5;

interface Listed {
  readonly at: number;
  readonly besideAt: number;
  readonly numbers: string;
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

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * @param chosen the environment that the user works in, which is listed each time
   * @returns those to list now: all that were never listed; of the busy and of the quiet ones those that have changed,
   * then those that have waited longest
   */
  choose(environments: readonly Environment[], chosen: string): Turn[] {
    const quietFor = Math.max(quietForMs, environments.length * quietForEachMs);
    const isFirst = ({ name }: Environment) => name === chosen || !this.#listed.has(name);
    const [first, others] = split(environments, isFirst);
    const [busy, quiet] = split(others, isBusy);
    const longest = (some: readonly Environment[]) => some.toSorted((a, b) => this.#wait(b) - this.#wait(a));
    const due = longest(quiet).filter((environment) => this.#wait(environment) >= quietFor);
    const listed = [...first, ...longest(busy).slice(0, mostBusy), ...due.slice(0, mostQuiet)];
    return listed.map((environment) => this.#turn(environment, environments.length));
  }

  noteListed(turns: readonly Turn[]): void {
    const at = this.#now();
    for (const { environment, endpoints } of turns) {
      const besideAt = endpoints ? at : (this.#listed.get(environment.name)?.besideAt ?? at);
      this.#listed.set(environment.name, { at, besideAt, numbers: numbersOf(environment) });
    }
  }

  forget(): void {
    this.#listed.clear();
  }

  #turn(environment: Environment, count: number): Turn {
    const besideAt = this.#listed.get(environment.name)?.besideAt ?? Number.NEGATIVE_INFINITY;
    const isDue = count <= fewEnvironments || this.#now() - besideAt >= count * besideForEachMs;
    return { environment, sandboxes: isDue || isBusy(environment), endpoints: isDue };
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
