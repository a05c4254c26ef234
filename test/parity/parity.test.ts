/**
 * Whatever the extension reads from Modal or changes there, beside what Modal's own clients say of the same server:
 * `table.ts` has the method, `oracles/` the fields.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import { createControlPlane } from '../../src/modal/sdk.ts';
import type { Scene } from './scene.ts';
import { buildScene } from './scene.ts';
import { oracles } from './table.ts';
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
const noted = new Map<
  Comparison,
  { readonly notes: Noted[]; readonly theirs: ReadonlyMap<string, unknown> }
>();

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
    noted.set(comparison, { notes, theirs });
    expect(comparison.differences(ours, theirs)).toEqual([]);
    expect(comparison.count(theirs)).toBeGreaterThan(0);
  });
});

it('counts what is compared, by whom', () => {
  const fields: Record<string, number> = {};
  const without: string[] = [];
  let values = 0;
  for (const [method, comparison] of comparisons) {
    values += comparison.count(noted.get(comparison)?.theirs ?? new Map());
    for (const [name, field] of Object.entries(comparison.fields))
      if (typeof field === 'string') fields[field] = (fields[field] ?? 0) + 1;
      else without.push(`${method} ${name}: ${field.why}`);
  }
  console.log(`compared: ${values} values of`, fields, `without a witness:\n  ${without.join('\n  ')}`);
  expect(values).toBeGreaterThan(500);
});
