import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CatalogApp } from '../../src/domain/catalog.ts';
import { datedRates } from '../../src/domain/cost.ts';
import { send } from '../../src/features/requests/core/httpClient.ts';
import { sampleBody } from '../../src/features/requests/core/sample.ts';
import { CatalogStore } from '../../src/store/catalogStore.ts';
import { buildCatalogRows } from '../../src/features/catalogue/ui/catalogRows.ts';
import { TestWorld, fixture } from './support/world.ts';

const manifest = {
  id: 'sixth',
  title: 'Sixth app',
  summary: 'Says hello.',
  description: 'An app that the extension has never heard of.',
  entry: 'app.py',
  defaultAppName: 'it-asgi',
  icon: 'smiley',
  tags: [],
  gpu: { setting: 'APP_GPU', default: 'L4', choices: [{ type: 'L4' }] },
  secrets: [],
  settings: [],
  endpoints: [
    {
      function: 'web',
      title: 'API',
      auth: null,
      routes: [{ method: 'GET', path: '/hello/you', title: 'Hi' }],
    },
  ],
  samples: [{ id: 'hello', title: 'Hello', function: 'web', method: 'GET', path: '/hello/you' }],
};

let world: TestWorld;
let folder: string;
beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'sixth-'));
  await mkdir(path.join(folder, 'sixth'));
  await cp(fixture('asgi_app.py'), path.join(folder, 'sixth/app.py'));
  await writeFile(path.join(folder, 'sixth/app.json'), JSON.stringify(manifest));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await world.stop();
});

it('an app that is only a folder is listed, deployed and answers its sample', async () => {
  const [app] = (await new CatalogStore(folder, world.logger).apps()) as [CatalogApp];
  const { rows } = buildCatalogRows({
    apps: [app],
    rates: datedRates,
    deployed: new Map(),
    deploying: new Map(),
    now: 0,
  });
  expect(rows.get('catalogApp/sixth')?.spoken).toMatch(/^Sixth app, GPU L4, \$0\.80\/h while running/);
  const result = await world.deployBundled(app, () => Promise.resolve());
  const endpoint = result.details.functions.flatMap((fn) => fn.endpoints)[0]!;
  const [sample] = app.samples as [CatalogApp['samples'][number]];
  expect(await sampleBody(app, sample)).toBeUndefined();
  const answer = await send({
    method: sample.method,
    url: `${endpoint.url}${sample.path}`,
    headers: {},
    signal: new AbortController().signal,
    headersTimeoutMs: 60_000,
  });
  expect(answer).toMatchObject({ status: 200, body: '{"hello":"you"}' });
});
