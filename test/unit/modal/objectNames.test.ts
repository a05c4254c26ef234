import { expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { FieldChecks } from '../../../src/modal/fieldChecks.ts';
import type { ReadNames } from '../../../src/modal/objectNames.ts';
import { readObjectNames } from '../../../src/modal/objectNames.ts';

const checks = new FieldChecks(silentLogger, 'https://api.modal.com');
const full = (from: number) =>
  Array.from({ length: 100 }, (_, at) => ({ name: `n${from + at}`, createdAt: 10_000 - from - at }));

/** A server with so many objects, the newest first. */
const server = (count: number) => {
  const all = Array.from({ length: Math.ceil(count / 100) }, (_, page) => full(100 * page)).flat();
  const asked: number[] = [];
  const read: ReadNames = ({ createdBefore, maxObjects }) => {
    asked.push(createdBefore);
    const older = all.slice(0, count).filter(({ createdAt }) => createdAt < createdBefore);
    return Promise.resolve(older.slice(0, maxObjects));
  };
  return { read, asked };
};

it('names are read page after page, to the end or to the limit', async () => {
  const { read, asked } = server(250);
  const whole = await readObjectNames(read, 5, checks);
  expect([whole.names.length, whole.more, asked.length]).toEqual([250, false, 3]);
  const cut = await readObjectNames(server(250).read, 2, checks);
  expect([cut.names.length, cut.more]).toEqual([200, true]);
});

it.each([
  ['sends no moment', 0],
  ['sends a moment that is none', NaN],
  ['ignores where the page shall begin', Date.now()],
])('a full page of a server that %s is never taken for all there is', async (_, createdAt) => {
  let calls = 0;
  const read: ReadNames = () => {
    calls++;
    return Promise.resolve(full(0).map(({ name }) => ({ name, createdAt })));
  };
  expect(await readObjectNames(read, 5, checks)).toMatchObject({ more: true });
  expect(calls).toBeLessThanOrEqual(2);
});
