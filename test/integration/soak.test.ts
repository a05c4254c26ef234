/** The short form of `npm run soak -- use`: what windows ask of Modal, and say, in hours of use and in outages. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { soakUseBriefly } from '../soak/use/main.ts';
import { TestWorld } from './support/world.ts';

let world: TestWorld;

beforeAll(async () => {
  world = await TestWorld.start({}, { MODAL_SIMULATOR_NAMES: '127.0.0.1' }); // also under the port of a relay
});
afterAll(() => world.stop());

it('asks as little of Modal as it promises, and says what is wrong', async () => {
  const rows = await soakUseBriefly(world);
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter(({ met }) => !met)).toEqual([]);
}, 600_000); // half a minute on a machine of its own
