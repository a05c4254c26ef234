import { describe, expect, it } from 'vitest';
import { datedRates } from '../../../src/domain/cost.ts';
import type { SavedRequest } from '../../../src/domain/savedRequest.ts';
import type { Snapshot } from '../../../src/store/snapshot.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { AppRowsBuilder } from '../../../src/features/apps/ui/appRows.ts';
import { buildCatalogRows } from '../../../src/features/catalogue/ui/catalogRows.ts';
import { diffRows } from '../../../src/editor/rows/row.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';

const now = 10 * 60_000;
const app = appOf({
  name: 'finbert',
  createdAt: 0,
  deployedAt: now - 5 * 60_000,
  version: 3,
  runningContainers: 1,
});
const endpoint = endpointOf({ url: 'https://me--finbert-web.modal.run', requiresProxyAuth: true });
const snapshot: Snapshot = {
  ...emptySnapshot,
  environments: [
    { name: 'main', isDefault: true, runningContainers: 1, runningGpus: 1 },
    { name: 'dev', isDefault: false, runningContainers: 0, runningGpus: 0 },
  ],
  apps: [{ ...app, id: 'ap-2', name: 'old', state: 'stopped' }, app],
  details: new Map([
    [
      'ap-1',
      {
        appId: 'ap-1',
        functions: [
          { id: 'fu-2', tag: 'Worker.*', kind: 'class', gpus: ['A10', 'L4'], endpoints: [] },
          { id: 'fu-1', tag: 'web', kind: 'function', gpus: [], endpoints: [endpoint] },
        ],
      },
    ],
  ]),
  containers: [{ id: 'ta-1', appId: 'ap-1', enqueuedAt: now - 1000 }],
};
const build = (changes: Partial<Snapshot> = {}, options = { now, showStopped: false }) =>
  new AppRowsBuilder().build({ ...snapshot, ...changes }, options);

describe('app rows', () => {
  it('show environment, app, function, endpoint and container', () => {
    const { rows, targets } = build();
    expect(rows.get('')?.childIds).toEqual(['environment/main', 'environment/dev']);
    expect(rows.get('environment/main')).toMatchObject({
      description: '1 app · 1 running · price unknown · 1 GPU',
    });
    expect(rows.get('app/ap-1')).toMatchObject({
      description: '1 running · A10 · 5m ago',
      context: 'app deployed live',
      childIds: ['function/ap-1/Worker.*', 'function/ap-1/web', 'container/ta-1'],
    });
    expect(rows.get('function/ap-1/Worker.*')).toMatchObject({
      label: 'Worker',
      description: 'A10 or L4 · class',
    });
    expect(rows.get('endpoint/ap-1/web')).toMatchObject({
      description: 'me--finbert-web.modal.run · needs a proxy token',
    });
    expect(rows.get('container/ta-1')).toMatchObject({ context: 'container starting' });
    expect(targets.get('endpoint/ap-1/web')).toMatchObject({ kind: 'endpoint', app: { id: 'ap-1' } });
  });

  it('have the samples of a bundled app below its endpoint, ready to be sent', () => {
    const bundled = catalogApp({ defaultAppName: 'finbert' });
    const options = { now, showStopped: false, bundled: new Map([['finbert', bundled]]) };
    const builder = new AppRowsBuilder();
    expect(
      builder.build(snapshot, { now, showStopped: false }).rows.get('endpoint/ap-1/web')?.collapsible,
    ).toBe('none');
    const { rows, targets, changed } = builder.build(snapshot, options);
    const id = 'sample/endpoint/ap-1/web/first';
    expect(changed).toContain('endpoint/ap-1/web');
    expect(rows.get('endpoint/ap-1/web')).toMatchObject({ collapsible: 'collapsed', childIds: [id] });
    expect(rows.get(id)).toMatchObject({
      label: 'First sample',
      context: 'sample',
      spoken: 'Sample request First sample, POST /go',
    });
    expect(targets.get(id)).toMatchObject({
      kind: 'sample',
      bundled: { id: 'demo' },
      endpoint: { name: 'web' },
    });
    const other = builder.build(snapshot, { ...options, bundled: new Map([['another', bundled]]) });
    expect(other.rows.has(id)).toBe(false);
  });

  it('have the saved requests of an endpoint below it, as they are now', () => {
    const origin = 'https://me--finbert-web.modal.run';
    const saved = { title: 'Hello', method: 'POST', path: '/go', origin, uri: 'file:///w/a.http', at: 7 };
    const build = (list: readonly SavedRequest[]) =>
      builder.build(snapshot, { now, showStopped: false, saved: new Map([[origin, list]]) });
    const builder = new AppRowsBuilder();
    build([]);
    const { rows, targets, changed } = build([saved]);
    const id = 'saved/endpoint/ap-1/web/file:///w/a.http/7';
    expect(changed).toContain('endpoint/ap-1/web');
    expect(rows.get('endpoint/ap-1/web')).toMatchObject({ collapsible: 'collapsed', childIds: [id] });
    expect(rows.get(id)).toMatchObject({ context: 'sample', spoken: 'Saved request Hello, POST /go' });
    expect(targets.get(id)).toMatchObject({ kind: 'saved', saved, endpoint: { name: 'web' } });
    expect(build([]).rows.has(id)).toBe(false);
  });

  it('say state, GPU and age in words for screen readers', () => {
    expect(build().rows.get('app/ap-1')?.spoken).toBe(
      'App finbert, deployed, 1 container running, A10, deployed 5 minutes ago',
    );
  });

  it('hide stopped apps unless they are wanted', () => {
    expect(build().rows.has('app/ap-2')).toBe(false);
    expect(build({}, { now, showStopped: true }).rows.get('app/ap-2')).toMatchObject({
      context: 'app stopped ended',
    });
  });

  it('are none at all when nothing is deployed, so that the welcome shows', () => {
    expect(build({ apps: [] }).rows.get('')?.childIds).toEqual([]);
  });

  it('give every row a parent that lists it', () => {
    const { rows } = build();
    for (const row of rows.values()) {
      if (row.id) expect(rows.get(row.parentId ?? '')?.childIds).toContain(row.id);
    }
  });
});

describe('repainting', () => {
  it('touches only rows that changed', () => {
    const before = build().rows;
    const busy = { ...app, runningContainers: 2 };
    const after = build({ apps: snapshot.apps.map((each) => (each.id === app.id ? busy : each)) }).rows;
    expect(diffRows(before, after).changed).toEqual(['app/ap-1']);
    expect(diffRows(before, build().rows).changed).toEqual([]);
  });

  it('makes only the rows of changed apps anew', () => {
    const builder = new AppRowsBuilder();
    const before = new Map(builder.build(snapshot, { now, showStopped: true }).rows);
    const busy = snapshot.apps.map((each) => (each.id === 'ap-2' ? { ...each, runningContainers: 5 } : each));
    const after = builder.build({ ...snapshot, apps: busy }, { now, showStopped: true });
    expect(after.changed).toEqual(['app/ap-2']);
    expect(after.rows.get('function/ap-1/web')).toBe(before.get('function/ap-1/web'));
    expect(after.rows.get('app/ap-2')).not.toBe(before.get('app/ap-2'));
    const later = builder.build({ ...snapshot, apps: busy }, { now: now + 60_000, showStopped: true });
    expect(later.rows.get('app/ap-1')?.description).toContain('6m ago');
    expect(
      builder.build({ ...snapshot, apps: busy }, { now: now + 60_000, showStopped: true }).changed,
    ).toEqual([]);
  });

  it('repaints a parent whose children changed', () => {
    expect(diffRows(build().rows, build({ containers: [] }).rows).changed).toEqual(['app/ap-1']);
    expect(diffRows(build().rows, build({ environments: [] }).rows).changed).toEqual(['']);
  });
});

describe('catalogue rows', () => {
  const demo = catalogApp();
  const catalogue = (changes: Partial<Parameters<typeof buildCatalogRows>[0]> = {}) =>
    buildCatalogRows({
      apps: [demo],
      rates: datedRates,
      deployed: new Map(),
      deploying: new Map(),
      now,
      ...changes,
    }).rows;

  it('show GPU, price, needs and samples', () => {
    const rows = catalogue();
    expect(rows.get('catalogApp/demo')).toMatchObject({
      description: 'A10 · $1.10/h',
      context: 'catalogApp',
    });
    expect(rows.get('catalogApp/demo/gpu')).toMatchObject({ description: 'A10 (24 GB)' });
    expect(rows.get('catalogApp/demo/gpu')?.tooltip()).toContain('Prices of 2026-10-04, before credits');
    expect(rows.get('catalogApp/demo/secret/demo-key')).toMatchObject({ description: 'created for you' });
    expect(rows.get('catalogApp/demo/sample/first')).toMatchObject({ context: 'sampleOfUndeployed' });
  });

  it('show what is deployed and what is being deployed', () => {
    const deployed = catalogue({ deployed: new Map([['demo-app', app]]) });
    expect(deployed.get('catalogApp/demo')).toMatchObject({
      description: 'A10 · $1.10/h · deployed 5m ago',
      context: 'catalogApp  deployed',
    });
    expect(deployed.get('catalogApp/demo/sample/first')).toMatchObject({ context: 'sample' });
    const deploying = catalogue({
      deploying: new Map([['demo', { text: 'building image · 12 s', stages: ['checking: 0.4 s'] }]]),
    });
    expect(deploying.get('catalogApp/demo')).toMatchObject({
      description: 'A10 · $1.10/h · building image · 12 s',
      icon: 'loading~spin',
      context: 'catalogApp deploying',
    });
    expect(deploying.get('catalogApp/demo')?.tooltip()).toContain('checking: 0.4 s');
  });
});
