import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../scripts/root.ts';
import { copyApp } from '../../src/features/deploy/core/copyApp.ts';
import type { CatalogApp } from '../../src/domain/catalog.ts';
import { cliEnvironment } from '../../src/modal/cli.ts';
import { CatalogStore } from '../../src/store/catalogStore.ts';
import { TestWorld } from './support/world.ts';

let world: TestWorld;
let apps: CatalogApp[];
let folder: string;
beforeAll(async () => {
  world = await TestWorld.start();
  apps = await new CatalogStore(path.join(root, 'modal_apps'), world.logger).apps();
  folder = await mkdtemp(path.join(os.tmpdir(), 'copied-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await world.stop();
});

const withoutSecrets = { APP_AUTH: 'none' };

it('copies each app so that the one command of its README deploys it', { timeout: 300_000 }, async () => {
  for (const app of apps) {
    const copied = await copyApp(app, folder);
    expect(copied.kitDiffers).toBe(false);
    expect(await readFile(copied.readme, 'utf8')).toContain(copied.command);
    const [, ...args] = copied.command.split(' ');
    const { stdout } = await promisify(execFile)(world.cli.command, [...world.cli.args, ...args], {
      cwd: folder,
      env: { ...cliEnvironment(world.env, await world.planes.connection()), ...withoutSecrets },
    });
    expect(stdout).toContain('App deployed');
    const deployed = await world.plane.findDeployedApp(app.defaultAppName, 'main');
    expect(deployed?.version).toBe(1);
  }
  expect((await readdir(path.join(folder, 'modal_apps'))).sort()).toEqual(
    ['appkit', ...apps.map((app) => app.id)].sort(),
  );
});

it('overwrites nothing', async () => {
  const [app] = apps;
  const kept = path.join(folder, 'modal_apps', app!.id, app!.entry);
  const before = await readFile(kept, 'utf8');
  await expect(copyApp(app!, folder)).rejects.toMatchObject({ kind: 'conflict' });
  expect(await readFile(kept, 'utf8')).toBe(before);
});

it('leaves a changed kit alone and says so', async () => {
  const [app] = apps;
  const kit = path.join(folder, 'modal_apps/appkit/gpu.py');
  await writeFile(kit, '# mine\n');
  await rm(path.join(folder, 'modal_apps', app!.id), { recursive: true });
  expect(await copyApp(app!, folder)).toMatchObject({ kitDiffers: true });
  expect(await readFile(kit, 'utf8')).toBe('# mine\n');
});
