/** What the editor would show of the scene, made by the real store and the real words, without an editor. */
import { isModalError } from '../../src/domain/errors.ts';
import { silentLogger } from '../../src/domain/logger.ts';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import { AppStore } from '../../src/store/appStore.ts';
import { autoscalerLines } from '../../src/ui/lifecycle/autoscalerWords.ts';
import { containerLines, statsLine } from '../../src/ui/lifecycle/containerWords.ts';
import { gpuLines } from '../../src/ui/lifecycle/costWords.ts';
import { stopLines } from '../../src/ui/lifecycle/stopWords.ts';
import { statusLook } from '../../src/ui/status/statusLook.ts';
import { AppRowsBuilder } from '../../src/ui/trees/appRows.ts';
import { versionRows } from '../../src/ui/trees/versionRows.ts';
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

/** @returns what is shown, by row or place; a call that is refused leaves its reason there */
export async function drawn(plane: ControlPlane, scene: Scene): Promise<Words> {
  const shown: Words = new Map();
  const say = (place: string, lines: readonly string[]) => {
    shown.set(place, { facts: [...new Set(lines.flatMap((line) => line.split(/ · |, |\. |; |: |\n/)))] });
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
  const options = { now: scene.until, showStopped: true, user: state.user, problems };
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
    }
  });
}

/** Words that say of themselves that something is not known, or why. */
const admits =
  /unknown|not known|perhaps|not tell|cannot be (?:read|used)|no usable|is no hash|does not offer|at least|not implemented|\?$/i;
/** What a fact would claim that is not known: figures, and that there is nothing. */
const claim = /\d|^(?:none|no|never|nothing)$/i;
const state = /^(?:free|live|idle|stopped|deployed|running|starting|serving)$/i;
/** Dates, which the comparisons have checked, and which stand in other words where others are missing. */
const date = /^\d+[/:.]\d+[/:.]\d+$/;

function claimsIn(facts: readonly string[]): Set<string> {
  // Of an app in a state that nobody knows, another moment is shown than of one that has ended.
  const isStateKnown = !facts.some((fact) => fact.includes('a state that this version does not know'));
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
  return [...(shown as Words)].flatMap(([place, { facts }]) => {
    const known = claimsIn((truth as Words).get(place)?.facts ?? []);
    const wrong = [...claimsIn(facts)].filter((word) => !known.has(word));
    return wrong.map((word) => `${place} says "${word}" in "${facts.find((fact) => fact.includes(word))}"`);
  });
}
