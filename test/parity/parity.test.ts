/**
 * Whatever the extension reads from Modal or changes there, beside what Modal's own clients say of the same server:
 * `table.ts` has the method, `oracles/` the fields.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import { createControlPlane } from '../../src/modal/sdk.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { unexplained } from './explained.ts';
import { lies } from './liars.ts';
import type { Scene } from './scene.ts';
import { buildScene } from './scene.ts';
import type { Mutation } from './mutations.ts';
import { screen, wrongFacts } from './screen.ts';
import { oracles } from './table.ts';
import type { Made } from './trial.ts';
import { allMutations, nameOf, reportOf, tryOut, withAnswer } from './trial.ts';
import { isAbsurd, isTrueOrUnknown } from './unknown.ts';
import type { Noted } from './wire.ts';
import { wire } from './wire.ts';
import type { Comparison } from './witness.ts';
import { commonPart, words } from './words.ts';

vi.mock('modal', async (importOriginal) => {
  const original = await importOriginal<typeof import('modal')>();
  const { wire: between } = await import('./wire.ts');
  class Client extends original.ModalClient {
    constructor(...given: ConstructorParameters<typeof original.ModalClient>) {
      super(...given);
      const around = between.around(this.cpClient as never);
      Object.defineProperty(this, 'cpClient', { value: around });
    }
  }
  return { ...original, ModalClient: Client };
});

let scene: Scene;
let plane: ControlPlane;
/** What was asked for each comparison, with the answers; and what the official client says. */
const made = new Map<Comparison, Made>();

/** The screen, before anything changes. */
let drawnNow: Made;

beforeAll(async () => {
  scene = await buildScene();
  plane = scene.plane;
  const notes: Noted[] = (wire.notes = []);
  await screen.ours(plane, scene);
  wire.notes = undefined;
  wire.replayed = notes;
  drawnNow = { comparison: screen, notes, theirs: await screen.ours(plane, scene) };
  wire.replayed = undefined;
}, 150_000);
afterAll(() => scene?.stop());

const comparisons = Object.entries(oracles).flatMap(([method, oracle]) =>
  'why' in oracle ? [] : oracle.map((each) => [method, each] as const),
);

it('has an oracle for every method of the control plane, or says why there is none', async () => {
  const real = createControlPlane(await scene.world.planes.connection(), scene.world.logger);
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(real)).filter(
    (name) => name !== 'constructor',
  );
  real.close();
  expect(Object.keys(oracles).sort()).toEqual(methods.sort());
});

it('has the words for the values of each enumeration under the numbers that the official library has', async () => {
  const all = await scene.official.ask<Record<string, Record<string, number>>>('enums', {
    names: Object.keys(words),
  });
  for (const [name, { ours, byName }] of Object.entries(words)) {
    const common = commonPart(Object.keys(all[name] ?? {}));
    const theirs = Object.entries(all[name] ?? {}).flatMap(([value, number]) => {
      const word = byName[value.slice(common.length)];
      return word === undefined ? [] : [[number, word] as const];
    });
    expect(ours, name).toEqual(Object.fromEntries(theirs));
    expect(theirs, name).toHaveLength(Object.keys(byName).length);
  }
});

describe.each(lies)('a local Modal that tells everybody of $what', ({ answers, noticedBy }) => {
  afterEach(() => scene.world.simulator.admin('DELETE', '/faults'));

  it('is noticed, because more than one is asked', async () => {
    await scene.world.simulator.admin('POST', '/faults', { answers });
    const { plane: fresh } = await newPlane();
    const ours = await noticedBy.ours(fresh, scene);
    const theirs = await noticedBy.theirs(scene);
    fresh.close();
    expect(noticedBy.differences(ours, theirs)).not.toEqual([]);
  });
});

describe.each(comparisons)('%s', (_method, comparison) => {
  it(`says the same of ${comparison.name} as Modal's own client`, async () => {
    const notes: Noted[] = (wire.notes = []);
    const ours = await comparison.ours(plane, scene);
    wire.notes = undefined;
    const theirs = await comparison.theirs(scene);
    made.set(comparison, { comparison, notes, theirs });
    expect(comparison.differences(ours, theirs)).toEqual([]);
    expect(comparison.count(theirs)).toBeGreaterThan(0);
  });
});

it('counts what is compared, by whom', () => {
  const fields: Record<string, number> = {};
  const without: string[] = [];
  let values = 0;
  for (const [method, comparison] of comparisons) {
    values += comparison.count(made.get(comparison)?.theirs ?? new Map());
    for (const [name, field] of Object.entries(comparison.fields))
      if (typeof field === 'string') fields[field] = (fields[field] ?? 0) + 1;
      else without.push(`${method} ${name}: ${field.why}`);
  }
  console.log(`compared: ${values} values of`, fields, `without a witness:\n  ${without.join('\n  ')}`);
  expect(values).toBeGreaterThan(500);
});

describe('a wrong answer', () => {
  let all: readonly Made[];
  let mutations: readonly Mutation[];
  beforeAll(async () => {
    all = [...made.values()];
    mutations = await allMutations(all, plane, scene);
  });

  it('is noticed, or changes nothing that we say', async () => {
    const tried = new Map<string, { readonly all: number; readonly caught: number }>();
    const byKind = new Map<string, { all: number; caught: number }>();
    for (const mutation of mutations) {
      const { differences } = await tryOut(mutation, all, plane, scene);
      const caught = differences.size > 0 ? 1 : 0;
      for (const [counts, name] of [[tried, nameOf(mutation)] as const, [byKind, mutation.kind] as const]) {
        const before = counts.get(name) ?? { all: 0, caught: 0 };
        counts.set(name, { all: before.all + 1, caught: before.caught + caught });
      }
    }
    console.log(reportOf(mutations, tried, byKind));
    const missed = unexplained(tried);
    expect(missed, missed.join('\n')).toEqual([]);
  });

  it('that no server of today would send reads as unknown, with the reason once in the log', async () => {
    const faults = new Set<string>();
    for (const mutation of mutations.filter(isAbsurd)) {
      const { plane: fresh, said } = await newPlane();
      const { differences, refused, thrown } = await tryOut(mutation, all, fresh, scene);
      fresh.close();
      const name = nameOf(mutation);
      for (const error of thrown) faults.add(`${name}: throws ${String(error)}`);
      for (const [{ name: of }, found] of differences)
        for (const each of found)
          if ('field' in each && !isTrueOrUnknown(each.field, each.ours, each.theirs))
            faults.add(
              `${name}: ${of} ${each.field} reads ${JSON.stringify(each.ours)} not ${JSON.stringify(each.theirs)}`,
            );
          else if ('isOurs' in each && each.isOurs && !isRoughStamp.test(each.key))
            faults.add(`${name}: ${of} has ${each.key}`);
      const twice = said.filter((text, at) => said.indexOf(text) !== at);
      for (const text of twice) faults.add(`${name}: said twice: ${text}`);
      if (differences.size > 0 && said.length === 0 && !refused) faults.add(`${name}: nothing in the log`);
    }
    expect([...faults]).toEqual([]);
  });
});

describe('the screen', () => {
  const draw = async (notes: readonly Noted[]) => {
    wire.replayed = notes;
    const { plane: fresh, said } = await newPlane();
    try {
      return { shown: await screen.ours(fresh, scene), said };
    } finally {
      fresh.close();
      wire.replayed = undefined;
      wire.refuse = undefined;
    }
  };

  it('shows nothing wrong whatever is absurd in an answer, and nothing throws', async () => {
    const faults = new Set<string>();
    // A record without a usable name is left out, and the log says it; what is counted then are the others.
    const mutations = (await allMutations([drawnNow], plane, scene)).filter(
      (each) => isAbsurd(each) && !isNameOfRecord.test(each.field),
    );
    for (const mutation of mutations) {
      const name = nameOf(mutation);
      try {
        const { shown, said } = await draw(withAnswer(drawnNow.notes, mutation));
        for (const fact of wrongFacts(shown, drawnNow.theirs)) faults.add(`${name}: ${fact}`);
        for (const text of said.filter((each, at) => said.indexOf(each) !== at))
          faults.add(`${name}: twice ${text}`);
      } catch (error) {
        faults.add(`${name}: throws ${String(error)}`);
      }
    }
    console.log(`${mutations.length} absurd answers on the screen`);
    expect([...faults]).toEqual([]);
  });

  it.each(['older', 'newer'])('stands with a server that is %s than the clients', async (age) => {
    const calls = [...new Set(drawnNow.notes.map(({ call }) => call))];
    const faults: string[] = [];
    for (const call of calls) {
      if (age === 'older')
        wire.refuse = (each) => (each === call || isAsOld(each, call) ? unimplemented(each) : undefined);
      const notes = drawnNow.notes.map((noted) => (age === 'newer' ? withUnknownFields(noted) : noted));
      const { shown } = await draw(notes);
      for (const fact of wrongFacts(shown, drawnNow.theirs)) faults.push(`${call}: ${fact}`);
      if (age === 'newer') expect(shown).toEqual(drawnNow.theirs);
    }
    expect(faults).toEqual([]);
  });
});

const isNameOfRecord =
  /^(?:environmentList items\.\*\.name|endpointList items\.\*\.endpointId|sandboxListV2 sandboxes\.\*\.(?:id|appId)|appList apps\.\*\.appId|taskList tasks\.\*\.(?:taskId|appId)|appGetLayout appLayout\.functionIds|appDeploymentHistory appDeploymentHistories\.\*\.version)/;

/** Whoever does not know the second list of sandboxes is asked for the first, which a server without sandboxes lacks too. */
function isAsOld(call: string, refused: string): boolean {
  return refused === 'sandboxListV2' && call === 'sandboxList';
}

/** As a server of before a call was made answers it. */
function unimplemented(call: string): Error {
  return Object.assign(new Error(`${call} is not implemented`), { code: 12, details: 'Method not found!' });
}

/** Every message with a field that nobody knows yet. */
function withUnknownFields(noted: Noted): Noted {
  const known = structuredClone(noted.answer);
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Date) return;
    for (const inner of Object.values(value)) add(inner);
    const isMessage = !Array.isArray(value) && !Object.keys(value).some((key) => /[-.*_]/.test(key));
    if (isMessage) Object.assign(value, { fieldOfTomorrow: 'tomorrow' });
  };
  add(known);
  return { ...noted, answer: known };
}

/** The key of an entry whose nanoseconds could not be read. */
const isRoughStamp = /^\d+\.\d+$/;

async function newPlane() {
  const said: string[] = [];
  const connection = await scene.world.planes.connection();
  const logger = { ...silentLogger, warn: (message: string) => void said.push(message) };
  return { plane: createControlPlane(connection, logger), said };
}
