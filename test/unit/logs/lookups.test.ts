import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Lookups } from '../../../src/features/logs/core/lookups.ts';

it('looks for a few at once, in order, and for the rest as those end', async () => {
  const lookups = new Lookups<string>();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const found = names.map((name) =>
    lookups.find(name, (signal) => {
      expect(signal.aborted).toBe(false);
      begun.push(name);
      return new Promise((resolve, reject) =>
        ends.push(() => (name === 'a' ? reject(new Error('no')) : resolve(name))),
      );
    }),
  );
  await turn();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  for (let ended = 1; ended <= names.length; ended++) {
    ends.shift()?.();
    await turn();
    expect(begun).toHaveLength(Math.min(names.length, 4 + ended));
  }
  expect(await Promise.all(found)).toEqual([undefined, 'b', 'c', 'd', 'e', 'f']);
});

it('remembers an answer for a while, and not all of them', async () => {
  let now = 0;
  const lookups = new Lookups<number>(() => now);
  let asked = 0;
  const find = (name: string) => lookups.find(name, () => Promise.resolve(++asked));
  expect([await find('a'), await find('a')]).toEqual([1, 1]);
  now = 30_000;
  expect(await find('a')).toBe(2);
  for (let at = 0; at < 1000; at++) await find(String(at));
  expect(await find('999')).toBe(1002);
  expect(await find('a')).toBe(1003);
});
