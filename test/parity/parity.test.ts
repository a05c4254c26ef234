/**
 * Whatever the extension reads from Modal or changes there, beside what Modal's own clients say of the same server:
 * `table.ts` has the method, `oracles/` the fields.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import { createControlPlane } from '../../src/modal/sdk.ts';
import { silentLogger } from '../../src/domain/logger.ts';
import { unexplained } from './explained.ts';
import type { Scene } from './scene.ts';
import { buildScene } from './scene.ts';
import type { Mutation } from './mutations.ts';
import { oracles } from './table.ts';
import type { Made } from './trial.ts';
import { allMutations, nameOf, reportOf, tryOut } from './trial.ts';
import { isAbsurd, isTrueOrUnknown } from './unknown.ts';
import type { Noted } from './wire.ts';
import { wire } from './wire.ts';
import type { Comparison } from './witness.ts';

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

beforeAll(async () => {
  scene = await buildScene();
  plane = scene.plane;
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
    expect(unexplained(tried)).toEqual([]);
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

/** The key of an entry whose nanoseconds could not be read. */
const isRoughStamp = /^\d+\.\d+$/;

async function newPlane() {
  const said: string[] = [];
  const connection = await scene.world.planes.connection();
  const logger = { ...silentLogger, warn: (message: string) => void said.push(message) };
  return { plane: createControlPlane(connection, logger), said };
}
