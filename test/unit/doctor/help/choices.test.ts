import { describe, expect, it } from 'vitest';
import { gpuChoices } from '../../../../src/features/doctor/core/help/choices.ts';
import { datedRates } from '../../../../src/domain/cost.ts';
import { gpuTypes } from '../../../../src/domain/gpu.ts';

const named = (typed: string, name: string, rates = datedRates) =>
  gpuChoices(typed, rates).find((choice) => choice.name === name);

describe('GPUs to choose from', () => {
  it('are all that Modal sells, each with memory and price, and how many at most', () => {
    const names = gpuChoices('', datedRates).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(gpuTypes.map(({ name }) => name)));
    expect(named('', 'H100')).toMatchObject({ detail: '80 GB · $3.95/h' });
    expect(named('', 'H100')?.note).toMatch(/At most 8 in one container/);
    expect(named('', 'A10')?.note).toMatch(/At most 4 in one container/);
  });

  it('have an unknown price where the rates have none, and an unknown limit where nothing names one', () => {
    const rates = { ...datedRates, usdPerHour: {} };
    expect(named('', 'L4', rates)?.detail).toBe('24 GB · price unknown');
    expect(named('', 'B300')?.note).toMatch(/not documented/);
  });

  it('have counts behind a colon, with the price of all of them, in the spelling that was typed', () => {
    expect(gpuChoices('a10:', datedRates).map(({ name }) => name)).toEqual([
      'a10:1',
      'a10:2',
      'a10:3',
      'a10:4',
    ]);
    expect(named('H100:2', 'H100:2')?.detail).toBe('2 GPUs, 2 × 80 GB · $7.90/h');
    expect(gpuChoices('H100!:', datedRates)).toHaveLength(8);
    expect(gpuChoices('nothing:', datedRates)).toEqual([]);
  });

  it('say where the prices are from', () => {
    expect(named('', 'L4')?.note).toMatch(/Prices of 2026-10-04, before credits/);
    expect(named('', 'L4', { ...datedRates, source: 'live' })?.note).toMatch(/Live prices/);
  });
});
