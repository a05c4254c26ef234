import { describe, expect, it } from 'vitest';
import type { DeployPlan, PlannedSecret } from '../../../src/features/deploy/core/plan.ts';
import { commitWords, gpuWords, isComplete, secretWords } from '../../../src/features/deploy/ui/planWords.ts';

const plan = (changes: Partial<DeployPlan>) => changes as DeployPlan;
const deployedFrom = (dirty: boolean | undefined) =>
  plan({ live: { commit: { hash: 'a1b2c3d4e5f6a7b8', dirty } } as NonNullable<DeployPlan['live']> });

describe('the GPU of a plan', () => {
  it('is told with memory and price, and a price that nobody knows as unknown', () => {
    const gpu = { name: 'A10' };
    expect(gpuWords(plan({ gpu: { ...gpu, usdPerHour: 1.1016 } }))).toBe(
      'A10 (24 GB), $1.10/h while a container runs',
    );
    expect(gpuWords(plan({ gpu: { ...gpu, usdPerHour: undefined } }))).toBe('A10 (24 GB), price unknown');
    expect(gpuWords(plan({}))).toBe('');
  });
});

describe('the commit that is live', () => {
  it.each([
    [false, 'commit a1b2c3d'],
    [true, 'commit a1b2c3d, with uncommitted changes'],
    [undefined, 'commit a1b2c3d, perhaps with uncommitted changes'],
  ])('with changes: %s', (dirty, words) => expect(commitWords(deployedFrom(dirty))).toBe(words));

  it('is nothing where none is known', () => expect(commitWords(plan({}))).toBe(''));
});

it('a plan is complete only where it says so', () => {
  expect(isComplete(plan({}))).toBe(false);
  expect(isComplete(plan({ complete: true }))).toBe(true);
});

describe('a secret of a plan', () => {
  const secret = { name: 'key', required: true, keys: [] } as unknown as PlannedSecret['secret'];
  const words = (state: PlannedSecret['state'], changes: object = {}) =>
    secretWords({ secret: { ...secret, ...changes }, state });

  it('says whether it is there, will be made, or is missing and matters', () => {
    expect(words('found')).toBe('exists');
    expect(words('created')).toBe('will be created with a new random key');
    expect(words('missing')).toBe('missing');
    expect(words('missing', { required: false, setting: 'HF' })).toBe('not set (optional)');
    expect(words('missing', { required: false })).toBe('not found, may be needed');
  });

  it('of a proxy token says who keeps it', () => {
    expect(words('found', { generate: 'proxy-token' })).toBe('saved in VS Code');
    expect(words('created', { generate: 'proxy-token' })).toBe('will be created for your requests');
  });
});
