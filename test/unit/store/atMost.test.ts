import { setImmediate as settle } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapAtMost } from '../../../src/store/atMost.ts';

describe('jobs at most so many at once', () => {
  it('keep the order of results and start no more after a failure', async () => {
    expect(await mapAtMost(2, [3, 1, 2], (each) => Promise.resolve(each * 2))).toEqual([6, 2, 4]);
    expect(await mapAtMost(2, [], () => Promise.reject(new Error('never')))).toEqual([]);
    const started: number[] = [];
    const job = async (each: number) => {
      started.push(each);
      await settle();
      if (each === 1) throw new Error('stop');
    };
    await expect(mapAtMost(2, [1, 2, 3, 4, 5, 6], job)).rejects.toThrow('stop');
    await settle();
    expect(started.length).toBeLessThan(6);
  });
});
