import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadAmount } from '../../../src/domain/load.ts';
import {
  amountInput,
  checkPlan,
  defaultPlan,
  loadLimits,
  parseAmount,
  parseConcurrency,
  parseCostLimit,
  parseTimeLimit,
  withAmount,
} from '../../../src/features/loadTest/core/limits.ts';

describe('the length of a test', () => {
  it.each([
    ['500', { kind: 'requests', count: 500 }],
    [' 1,000 requests ', { kind: 'requests', count: 1000 }],
    ['30s', { kind: 'seconds', seconds: 30 }],
    ['90 seconds', { kind: 'seconds', seconds: 90 }],
    ['5 min', { kind: 'seconds', seconds: 300 }],
    ['15m', { kind: 'seconds', seconds: 900 }],
  ])('reads %s', (text, amount) => {
    expect(parseAmount(text)).toEqual(amount);
    expect(parseAmount(amountInput(amount as LoadAmount))).toEqual(amount);
  });

  it.each(['', '0', '-5', '1.5', '5 apples', 'ten', '1e3', '100001', '16m', '901 s'])(
    'refuses %s',
    (text) => {
      expect(parseAmount(text)).toEqual(expect.stringMatching(/^(?:Enter|At most)/));
    },
  );

  it('never gives anything that the last guard refuses', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (amount, limit, cost) => {
        const read = [parseAmount(amount), parseTimeLimit(limit), parseCostLimit(cost)] as const;
        let plan = typeof read[0] === 'string' ? defaultPlan : withAmount(defaultPlan, read[0]);
        if (typeof read[1] === 'number') plan = { ...plan, limitSeconds: read[1] };
        if (typeof read[2] === 'number') plan = { ...plan, costLimitUsd: read[2] };
        checkPlan(plan);
      }),
    );
  });
});

describe('the bounds', () => {
  it('hold for concurrency, time and cost as they are typed', () => {
    expect([parseConcurrency('200'), parseTimeLimit('2m'), parseCostLimit('$0.50')]).toEqual([200, 120, 0.5]);
    expect([parseConcurrency('1'), parseTimeLimit('15m'), parseCostLimit('100')]).toEqual([1, 900, 100]);
    expect([parseAmount('1'), parseAmount('100000')]).toMatchObject([{ count: 1 }, { count: 100_000 }]);
    for (const text of ['0', '201', '', '2.5', 'x']) expect(parseConcurrency(text)).toMatch(/1 to 200/);
    for (const text of ['100', '', 'x']) expect(parseTimeLimit(text)).toMatch(/Enter a time/);
    for (const text of ['0', '-1', '101', '', 'Infinity']) expect(parseCostLimit(text)).toMatch(/US dollars/);
  });

  it.each([
    { concurrency: 0 },
    { concurrency: loadLimits.concurrency + 1 },
    { limitSeconds: Number.POSITIVE_INFINITY },
    { limitSeconds: loadLimits.seconds + 1 },
    { costLimitUsd: Number.NaN },
    { costLimitUsd: Number.POSITIVE_INFINITY },
    { amount: { kind: 'requests', count: loadLimits.requests + 1 } },
    { amount: { kind: 'seconds', seconds: 0.5 } },
  ] as const)('refuse %j', (change) => {
    expect(() => checkPlan({ ...defaultPlan, ...change })).toThrow(/needs bounds/);
    expect(() => checkPlan(defaultPlan)).not.toThrow();
  });
});
