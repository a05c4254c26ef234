import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowHeights } from '../../../src/features/logs/view/rowHeights.ts';

describe('the heights of rows', () => {
  it('are as if all were added up', () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: -20, max: 60 }), fc.integer({ min: 18, max: 90 })));
    fc.assert(
      fc.property(changes, fc.integer({ min: -20, max: 60 }), (list, to) => {
        const heights = new RowHeights(18);
        const known = new Map<number, number>();
        for (const [place, height] of list) {
          heights.set(place, height);
          known.set(place, height);
        }
        let sum = 0;
        for (let place = -20; place < to; place++) sum += known.get(place) ?? 18;
        expect(heights.between(-20, to)).toBe(sum);
        if (to < 60) {
          expect(heights.placeAt(sum, -20, 60)).toBe(to);
          expect(heights.placeAt(sum + (known.get(to) ?? 18) - 1, -20, 60)).toBe(to);
        }
      }),
    );
  });

  it('are forgotten outside of what is kept', () => {
    const heights = new RowHeights(18);
    for (const place of [1, 5, 9]) heights.set(place, 100);
    heights.keep(2, 9);
    expect([1, 5, 9].map((place) => heights.height(place))).toEqual([18, 100, 18]);
    expect([heights.set(5, 100), heights.set(5, 18), heights.between(0, 10)]).toEqual([false, true, 180]);
  });
});
