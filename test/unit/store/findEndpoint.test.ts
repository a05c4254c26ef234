import { expect, it } from 'vitest';
import type { App, AppDetails } from '../../../src/domain/app.ts';
import { findEndpoint } from '../../../src/store/findEndpoint.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { appOf, endpointOf } from '../support/apps.ts';

const endpoint = endpointOf();
const details = (appId: string): AppDetails => ({
  appId,
  functions: [{ id: 'fu-1', tag: 'web', kind: 'function', gpus: [], endpoints: [endpoint] }],
});
const read = (...apps: App[]) => ({
  ...emptySnapshot,
  apps,
  details: new Map(apps.map(({ id }) => [id, details(id)])),
});

it('finds the endpoint of an address by its origin among what was read', () => {
  const app = appOf();
  for (const path of ['', '/', '/v1/models?all=1'])
    expect(findEndpoint(endpoint.url + path, read(app))).toEqual({ app, endpoint });
  for (const other of ['https://other.modal.run', 'http://me--demo.modal.run', 'me--demo.modal.run', ''])
    expect(findEndpoint(other, read(app))).toBeUndefined();
  expect(findEndpoint(endpoint.url, { ...read(app), details: new Map() })).toBeUndefined();
});

it('prefers the app that is live to those that had the same address before', () => {
  const [stopped, live] = [appOf({ id: 'ap-0', state: 'stopped' }), appOf()];
  expect(findEndpoint(endpoint.url, read(stopped, live))?.app).toBe(live);
  expect(findEndpoint(endpoint.url, read(stopped))?.app).toBe(stopped);
});
