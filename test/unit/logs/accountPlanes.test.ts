import { expect, it } from 'vitest';
import { SharedAnswer } from '../../../src/features/logs/ui/accountPlanes.ts';

it('asks once for all who ask together, and again when the answer is old', async () => {
  let asked = 0;
  let now = 0;
  const answer = new SharedAnswer(
    () => {
      asked++;
      return Promise.resolve();
    },
    () => now,
  );
  await Promise.all(Array.from({ length: 30 }, () => answer.get()));
  expect(asked).toBe(1);
  now = 2999;
  await answer.get();
  expect(asked).toBe(1);
  now = 3000;
  await answer.get();
  expect(asked).toBe(2);
});

it('tells a failure to all who wait, and asks anew after it', async () => {
  let asked = 0;
  const answer = new SharedAnswer(() => Promise.reject(new Error(`failure ${++asked}`)));
  const results = await Promise.allSettled([answer.get(), answer.get()]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toBe(1);
  await expect(answer.get()).rejects.toThrow('failure 2');
});
