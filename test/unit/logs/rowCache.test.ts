import { describe, expect, it } from 'vitest';
import { RowCache } from '../../../src/features/logs/view/rowCache.ts';
import { shown } from './viewSupport.ts';

describe('the pages of rows', () => {
  it('give what was put in, ask for the rest, and forget what is no more', () => {
    const cache = new RowCache();
    cache.put(100, [shown(1), shown(2), shown(3)]);
    expect(cache.get(101)?.row).toBe(2);
    expect(cache.missing(99, 105)).toEqual([99, 105]);
    expect(cache.missing(100, 105)).toEqual([103, 105]);
    expect(cache.missing(100, 103)).toBeUndefined();
    cache.update(101, shown(2, 'new'));
    cache.update(500, shown(9));
    expect(cache.get(101)?.entry).toMatchObject({ text: 'new' });
    expect(cache.get(500)).toBeUndefined();
    cache.forgetFrom(101);
    expect([cache.get(100)?.row, cache.get(101), cache.size]).toEqual([1, undefined, 1]);
  });

  it('stay few, however much was looked at, and the one in use stays', () => {
    const cache = new RowCache();
    for (let from = 0; from < 200_000; from += 128) {
      cache.missing(0, 1);
      cache.put(
        from,
        Array.from({ length: 128 }, (_, at) => shown(from + at)),
      );
    }
    expect(cache.size).toBeLessThanOrEqual(64 * 128);
    expect(cache.get(0)?.row).toBe(0);
    expect(cache.get(199_999)?.row).toBe(199_999);
    cache.put(300_000, [shown(1, 'x'.repeat(7_000_000))]);
    expect(cache.size).toBe(1);
  });
});
