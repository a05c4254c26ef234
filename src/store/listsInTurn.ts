import type { Environment } from '../domain/app.ts';
import type { Seen } from './environmentTurns.ts';
import type { ListProblem, Lists } from './readLists.ts';
import type { Snapshot } from './snapshot.ts';

/** Lists of some environments, and of the others what was listed before. */

export function listedAt(
  before: ReadonlyMap<string, number>,
  environments: readonly Environment[],
  { apps }: Lists,
  now: number,
): ReadonlyMap<string, number> {
  return new Map(
    environments.flatMap(({ name }) => {
      const at = apps.has(name) ? now : before.get(name);
      return at === undefined ? [] : [[name, at] as const];
    }),
  );
}

/** Where there is something beside apps. A list that could not be read may have something. */
export function seenIn(snapshot: Snapshot, listProblems: readonly ListProblem[]): Seen {
  const names = (of: ListProblem['of']) =>
    new Set(
      [...snapshot[of], ...listProblems.filter((each) => each.of === of)].map((each) => each.environment),
    );
  return { sandboxes: names('sandboxes'), endpoints: names('endpoints') };
}

/** What was listed now, and of the other environments what was listed before. */
export function inTurn(before: Snapshot, environments: readonly Environment[], lists: Lists) {
  const earlier = Map.groupBy(before.apps, ({ environment }) => environment);
  const apps = environments.flatMap(({ name }) => lists.apps.get(name) ?? earlier.get(name) ?? []);
  const elsewhere = new Set(apps.flatMap((app) => (lists.apps.has(app.environment) ? [] : app.id)));
  const containers = before.containers.filter(({ appId }) => elsewhere.has(appId));
  const waits = waiting(environments, lists);
  const inThose = <T extends { readonly environment: string }>(all: readonly T[]) =>
    all.filter(({ environment }) => waits.has(environment));
  return {
    apps,
    containers: [...containers, ...lists.containers],
    sandboxes: [...inThose(before.sandboxes), ...lists.sandboxes],
    moreSandboxes: [...before.moreSandboxes.filter((name) => waits.has(name)), ...lists.moreSandboxes],
    endpoints: [...inThose(before.endpoints), ...lists.endpoints],
  };
}

/** Environments that were not listed this time. */
function waiting(environments: readonly Environment[], { apps }: Lists): ReadonlySet<string> {
  return new Set(environments.flatMap(({ name }) => (apps.has(name) ? [] : name)));
}

/** Lists that cannot be read, until they were read. */
export function problemsInTurn(
  before: readonly ListProblem[],
  environments: readonly Environment[],
  lists: Lists,
  isDue: (problem: ListProblem) => boolean,
): readonly ListProblem[] {
  const waits = waiting(environments, lists);
  const isNew = ({ environment, of }: ListProblem) =>
    lists.problems.some((each) => each.environment === environment && each.of === of);
  const kept = before.filter(
    (problem) => !isNew(problem) && (waits.has(problem.environment) || !isDue(problem)),
  );
  return [...kept, ...lists.problems];
}
