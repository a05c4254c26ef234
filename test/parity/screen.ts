/** What the editor would show of the scene, made by the real store and the real words, without an editor. */
import type { ModalFunction } from '../../src/domain/app.ts';
import { isModalError } from '../../src/domain/errors.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import { AppStore } from '../../src/store/appStore.ts';
import type { Snapshot } from '../../src/store/snapshot.ts';
import { autoscalerLines } from '../../src/features/apps/ui/lifecycle/autoscalerWords.ts';
import { containerLines, statsLine } from '../../src/features/apps/ui/lifecycle/containerWords.ts';
import { gpuLines } from '../../src/features/apps/ui/costWords.ts';
import {
  stopContainersLines,
  stopEndpointLines,
  stopSandboxLines,
} from '../../src/features/apps/ui/lifecycle/runningWords.ts';
import { serverStatsLine } from '../../src/features/apps/ui/lifecycle/serverWords.ts';
import { stopLines } from '../../src/features/apps/ui/lifecycle/stopWords.ts';
import { statusLook } from '../../src/features/account/ui/statusLook.ts';
import { AppRowsBuilder } from '../../src/features/apps/ui/appRows.ts';
import type { ServerFacts } from '../../src/features/apps/ui/runningRowParts.ts';
import { versionRows } from '../../src/features/apps/ui/versionRows.ts';
import type { Scene } from './scene.ts';
import { nobody, view } from './witness.ts';

interface Shown {
  /** Each fact by itself, since a line has many. */
  readonly facts: readonly string[];
}

type Words = Map<string, Shown>;

export const screen = view<Shown, Shown>({
  name: 'the screen',
  ours: (plane, scene) => drawn(plane, scene),
  theirs: (scene) => drawn(scene.plane, scene),
  fields: { facts: nobody('What stands there is what the comparisons have found right.') },
});

/** How old the rows are depends on how long the test took. */
const readAge = /^read .+ ago$/;

/** @returns what is shown, by row or place; a call that is refused leaves its reason there */
export async function drawn(plane: ControlPlane, scene: Scene): Promise<Words> {
  const shown: Words = new Map();
  const say = (place: string, lines: readonly string[]) => {
    const facts = lines.flatMap((line) => line.split(/ · |, |\. |; |: |\n/));
    shown.set(place, { facts: [...new Set(facts)].filter((fact) => !readAge.test(fact)) });
  };
  await drawTree(plane, scene, say);
  await orReason(say, 'versions', async () => {
    const app = {
      id: scene.apps.versions,
      name: 'parity-versions',
      environment: 'main',
      state: 'deployed',
    } as const;
    const value = await plane.history(app.id);
    for (const [row] of versionRows(
      app,
      { value, loading: false, stamp: '', revision: 1 },
      'app',
      scene.until,
    ))
      say(row.id, [row.label, row.description, row.spoken, ...row.tooltip()]);
  });
  for (const tag of ['ranked', 'tuned']) {
    const id = scene.functions[tag] ?? '';
    await orReason(say, `autoscaling/${tag}`, async () =>
      say(`autoscaling/${tag}`, autoscalerLines(await plane.autoscaler(id), scene.until)),
    );
    await orReason(say, `stats/${tag}`, async () =>
      say(`stats/${tag}`, [statsLine(await plane.functionStats(id))]),
    );
  }
  for (const tag of ['Files', 'Open'])
    await orReason(say, `requests/${tag}`, async () =>
      say(`requests/${tag}`, [
        serverStatsLine(await plane.serverStats(scene.functions[tag] ?? '', scene), 1),
      ]),
    );
  for (const [name, id] of Object.entries(scene.containers))
    await orReason(say, `info/${name}`, async () =>
      say(`info/${name}`, containerLines(await plane.containerInfo(id), true)),
    );
  return shown;
}

type Say = (place: string, lines: readonly string[]) => void;

async function orReason(say: Say, place: string, draw: () => Promise<void>): Promise<void> {
  try {
    await draw();
  } catch (error) {
    if (!isModalError(error)) throw error;
    say(place, [error.message]);
  }
}

/** The tree of apps, the status bar, and the questions before a stop. */
async function drawTree(plane: ControlPlane, scene: Scene, say: Say): Promise<void> {
  const source = { get: () => Promise.resolve(plane), cacheKey: () => Promise.resolve('scene') };
  const memory = { get: () => undefined, update: () => Promise.resolve() };
  const store = new AppStore(source, memory, silentLogger);
  store.readAllDetails(true);
  await store.refresh();
  await store.refresh(); // by now the GPUs of the containers are known
  const { state } = store;
  store.dispose();
  const { snapshot, problems } = state;
  const servers = await readServers(plane, snapshot);
  const serverFacts = ({ id }: ModalFunction) => servers.get(id) ?? unknownServer;
  const options = {
    ...{ now: scene.until, showStopped: true, user: state.user, problems },
    listProblems: state.listProblems,
    lifecycle: { stamp: () => '', below: () => [], functionFacts: () => [], serverFacts },
  };
  for (const row of new AppRowsBuilder().build(snapshot, options).rows.values())
    say(row.id, [row.label, row.description, row.spoken, ...row.tooltip()]);
  if (state.error) say('problem', [state.error.message]);
  const connection = await scene.world.planes.connection();
  const look = statusLook({
    ...{ state: state.connection, workspace: state.workspace, user: state.user, connection },
    chosenEnvironment: '',
    defaultEnvironment: snapshot.environments.find(({ isDefault }) => isDefault)?.name ?? '',
  });
  if (look) say('status', [look.text, look.spoken]);
  await orReason(say, 'prices', async () => {
    const rates = { ...(await plane.rates()), asOf: 'now' };
    for (const app of snapshot.apps) {
      const functions = snapshot.details.get(app.id)?.functions;
      if (!functions) continue; // the questions are asked only when they are known
      say(`stop/${app.id}`, stopLines(app, functions, rates));
      say(`prices/${app.id}`, gpuLines(functions, rates));
      for (const fn of functions) {
        const { info, running } = servers.get(fn.id) ?? unknownServer;
        if (fn.kind === 'server' && running !== undefined)
          say(`stop/${fn.id}`, stopContainersLines({ app, fn, info }, running, rates));
      }
    }
    const appOf = (appId: string | undefined) => snapshot.apps.find(({ id }) => id === appId);
    for (const each of snapshot.sandboxes)
      say(`stop/${each.id}`, stopSandboxLines(each, appOf(each.appId), rates, scene.until));
    for (const each of snapshot.endpoints)
      say(`stop/${each.id}`, stopEndpointLines(each, appOf(each.info?.appId), rates));
  });
}

const unknownServer: ServerFacts = { running: undefined, info: undefined, others: [] };

/** What is asked of servers when their app is open; what is refused is not known. */
async function readServers(
  plane: ControlPlane,
  { details }: Snapshot,
): Promise<ReadonlyMap<string, ServerFacts>> {
  const orUnknown = (error: unknown) => {
    if (!isModalError(error)) throw error;
    return undefined;
  };
  const servers = [...details.values()].flatMap(({ functions }) =>
    functions.filter(({ kind }) => kind === 'server'),
  );
  const facts = servers.map(async ({ id }) => {
    const info = await plane.serverInfo(id).catch(orUnknown);
    const running = (await plane.serverContainers(id).catch(orUnknown))?.length;
    return [id, { running, info, others: [] }] as const;
  });
  return new Map(await Promise.all(facts));
}

/** Words that say of themselves that something is not known, or why. */
const admits =
  /unknown|not known|perhaps|not (?:tell|report)|n't report|may use|may not be|cannot be (?:read|used)|no usable|isn't a Git hash|does not offer|at least|more than|^from \$|not implemented|\?$/i;
/** What a fact would claim that is not known: figures, and that there is nothing. */
const claim = /\d|^(?:none|no|never|nothing)$/i;
const state = /^(?:free|live|idle|stopped|deployed|running|starting|serving)$/i;
/** Whole, or the end of it where there is no name. */
const id = /^(?:…\w+|[a-z]{2}-\w{20,})$/;
/** Rows whose prices are of the GPU, and of more only where more is known. */
const atLeast = /^(?:server|managed)\//;
/** Dates, which the comparisons have checked, and which stand in other words where others are missing. */
const date = /^\d+[/:.]\d+[/:.]\d+$/;

function claimsIn(facts: readonly string[]): Set<string> {
  // Of an app in a state that nobody knows, another moment is shown than of one that has ended.
  const isStateKnown = !facts.some((fact) => fact.includes('Unknown state.'));
  const sure = facts.filter((fact) => !admits.test(fact) && (isStateKnown || !fact.endsWith(' ago')));
  const words = sure.flatMap((fact) => fact.split(/[\s,()]+|[.:](?=\s|$)/));
  return new Set([
    ...words.filter((word) => claim.test(word) && !date.test(word)),
    ...sure.filter((fact) => state.test(fact)),
  ]);
}

/** @returns what is claimed in a place where it is not true */
export function wrongFacts(
  shown: ReadonlyMap<string, unknown>,
  truth: ReadonlyMap<string, unknown>,
): string[] {
  const all = [...(truth as Words).values()].flatMap(({ facts }) => facts);
  const anywhere = claimsIn(all);
  return [...(shown as Words)].flatMap(([place, { facts }]) => {
    const here = (truth as Words).get(place)?.facts;
    // What is not known to be a sandbox stands as a container, and one without its app beside the apps.
    const known = here ? claimsIn(here) : anywhere;
    const isAtLeast = atLeast.test(place);
    const isKnown = (word: string) =>
      known.has(word) ||
      (isAtLeast && word.startsWith('$')) ||
      (id.test(word) && [place, ...all].some((fact) => fact.includes(word.replace('…', ''))));
    const wrong = [...claimsIn(facts)].filter((word) => !isKnown(word));
    return wrong.map((word) => `${place} says "${word}" in "${facts.find((fact) => fact.includes(word))}"`);
  });
}
