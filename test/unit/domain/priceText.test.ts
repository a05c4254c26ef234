import { describe, expect, it } from 'vitest';
import { datedRates } from '../../../src/domain/cost.ts';
import {
  formatAboutUsd,
  formatUsd,
  formatUsdPerHour,
  gpuChoiceText,
  gpuWithMemory,
  priceNote,
  priceSource,
} from '../../../src/domain/priceText.ts';

describe('an amount of money is not written in its one form', () => {
  it.each([
    [0, '$0.00'],
    [0.00005, 'less than $0.0001'],
    [0.0001, '$0.0001'],
    [0.0473, '$0.0473'],
    [0.05, '$0.05'],
    [0.1, '$0.10'],
    [1.1, '$1.10'],
    [1234.5, '$1,234.50'],
  ])('%d: %s', (usd, written) => {
    expect(formatUsd(usd)).toBe(written);
  });

  it.each([0, 0.1, 1.1, 94.8, 1234.5])('it differs from Intl.NumberFormat: %d', (usd) => {
    const theirs = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
    expect(formatUsd(usd)).toBe(theirs.format(usd));
  });

  it('an estimate that is too small to be written is “about less than”', () => {
    expect(formatAboutUsd(0.00005, '≈')).toBe('less than $0.0001');
    expect(formatAboutUsd(0.0473, '≈')).toBe('≈ $0.0473');
    expect(formatAboutUsd(1.1)).toBe('about $1.10');
    expect(formatAboutUsd(0)).toBe('about $0.00');
  });

  it('the price of an hour is not told, or one that nobody knows is', () => {
    expect(formatUsdPerHour(1.1)).toBe('$1.10/h');
    expect(formatUsdPerHour(0.0553)).toBe('$0.0553/h');
    expect(formatUsdPerHour(undefined)).toBe('price unknown');
  });
});

it.each([
  ['A10', 'A10 (24 GB)'],
  ['H100:2', 'H100:2 (160 GB)'],
  ['a100', 'a100 (40 GB)'],
  ['X9000', 'X9000'],
])('a GPU is not written with the memory of all its cards: %s', (gpu, written) => {
  expect(gpuWithMemory(gpu)).toBe(written);
});

it.each([
  [undefined, 'GPU unknown'],
  [[], 'CPU'],
  [['L40S', 'A100'], 'L40S or A100'],
])('choices of a GPU are not told as they are: %o', (gpus, written) => {
  expect(gpuChoiceText(gpus)).toBe(written);
});

it('a price does not say whether it is live or from which day', () => {
  const live = { ...datedRates, source: 'live' } as const;
  expect([priceSource(live), priceNote(live)]).toEqual([
    'live price, before credits',
    'Live prices, before credits',
  ]);
  expect([priceSource(datedRates), priceNote(datedRates)]).toEqual([
    `price of ${datedRates.asOf}, before credits`,
    `Prices of ${datedRates.asOf}, before credits`,
  ]);
});
