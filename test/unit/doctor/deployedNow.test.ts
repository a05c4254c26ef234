import { expect, it } from 'vitest';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { deployedNow } from '../../../src/features/doctor/ui/deployedNow.ts';
import { appOf } from '../support/apps.ts';

const environments = ['main', 'dev'].map((name) => ({
  ...{ name, isDefault: name === 'main', runningContainers: 0, runningGpus: 0 },
}));
const read = { ...emptySnapshot, environments, readAt: 1, apps: [appOf({ name: 'shop', version: 3 })] };
const all = new Map([
  ['main', 1],
  ['dev', 1],
]);

it('an app that was read is told, whatever else was not', () => {
  expect(deployedNow('shop', read)).toMatchObject([{ environment: 'main', version: 3, rowId: 'app/ap-1' }]);
});

it('that none of a name is deployed is said only when every environment was listed', () => {
  expect(deployedNow('bank', { ...read, listedAt: all })).toEqual([]);
  expect(deployedNow('bank', { ...read, listedAt: new Map([['main', 1]]) })).toBeUndefined();
  expect(deployedNow('bank', emptySnapshot)).toBeUndefined();
});

it('one that is stopped is not deployed', () => {
  const apps = [appOf({ name: 'shop', state: 'stopped' })];
  expect(deployedNow('shop', { ...read, apps, listedAt: all })).toEqual([]);
});
