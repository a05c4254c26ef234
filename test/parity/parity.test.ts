/**
 * Whatever the extension reads from Modal or changes there, beside what Modal's own clients say of the same server:
 * `table.ts` has the method, `oracles/` the fields.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import { createControlPlane } from '../../src/modal/sdk.ts';
import type { Scene } from './scene.ts';
import { buildScene } from './scene.ts';
import { absurd } from './mutations.ts';
import { oracles } from './table.ts';
import type { Made } from './trial.ts';
import { allMutations, nameOf, tryOut } from './trial.ts';
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

it('notices each wrong answer', async () => {
  const all = [...made.values()];
  const mutations = await allMutations(all, plane, scene);
  const survivors = new Map<string, number>();
  const thrown: string[] = [];
  const wrong: string[] = [];
  const started = Date.now();
  for (const mutation of mutations) {
    const verdict = await tryOut(mutation, all, plane, scene);
    if (verdict.differences.size === 0)
      survivors.set(nameOf(mutation), (survivors.get(nameOf(mutation)) ?? 0) + 1);
    for (const error of verdict.thrown) thrown.push(`${nameOf(mutation)}: ${String(error)}`);
    if (absurd.has(mutation.kind))
      for (const [comparison, found] of verdict.differences)
        for (const each of found)
          if ('field' in each)
            wrong.push(
              `${nameOf(mutation)}: ${comparison.name} ${each.field} reads ${JSON.stringify(each.ours)} not ${JSON.stringify(each.theirs)}`,
            );
          else if (each.isOurs) wrong.push(`${nameOf(mutation)}: ${comparison.name} ours alone ${each.key}`);
  }
  const { writeFileSync } = await import('node:fs');
  writeFileSync(
    '/tmp/parity/report.txt',
    [
      `${mutations.length} mutations, ${[...survivors.values()].reduce((x, y) => x + y, 0)} survive, ${Date.now() - started} ms`,
      'fields',
      ...new Set(mutations.map(({ field }) => field)),
      'SURVIVORS',
      ...[...survivors].map(([name, count]) => `${count} ${name}`),
      'THROWN',
      ...new Set(thrown),
      'WRONG',
      ...new Set(wrong),
    ].join('\n'),
  );
}, 200_000);
