import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/shared/logger.ts';
import { ControlPlanes } from '../../src/modal/planes.ts';
import { freePort } from '../host/freePort.ts';
import { TestWorld, fixture } from './support/world.ts';

let world: TestWorld;
let folder: string;
beforeAll(async () => {
  world = await TestWorld.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'bad-'));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

const matching = (pattern: RegExp) => expect.stringMatching(pattern) as string;

describe('a script that Modal refuses', () => {
  it('does not import: cause, file and line', async () => {
    const script = fixture('fails_to_import.py');
    const source = await readFile(script, 'utf8');
    const line = 1 + source.split('\n').findIndex((text) => text.includes('no_such_package_anywhere'));
    await expect(world.deploy(script)).rejects.toMatchObject({
      kind: 'cliFailed',
      message: matching(/No module named 'no_such_package_anywhere'.*Install that package/),
      problems: [{ file: script, line, severity: 'error' }],
      detail: undefined, // what was printed is in the Logs panel, and in no log of ours
    });
  });

  it('asks for a GPU that is not sold', async () => {
    await expect(world.deploy(fixture('unknown_gpu.py'))).rejects.toMatchObject({
      message: matching(/A40.*Choose another GPU/s),
    });
  });

  it('needs a secret that nobody made', async () => {
    await expect(world.deploy(fixture('missing_secret.py'))).rejects.toMatchObject({
      message: matching(/nobody-made-this.*Create the secret/s),
    });
  });

  it('fails in its image build, and leaves the app as it was', async () => {
    const before = await world.deploy(fixture('asgi_app.py'));
    await world.simulator.admin('POST', '/faults', { buildError: 'pip could not find that version' });
    const script = path.join(folder, 'other_image.py');
    const source = await readFile(fixture('asgi_app.py'), 'utf8');
    await writeFile(script, source.replace('fastapi==0.163.2', 'fastapi==0.163.2", "no-such==9'));
    await expect(world.deploy(script)).rejects.toMatchObject({
      message: matching(/pip could not find that version/),
    });
    await world.simulator.admin('DELETE', '/faults');
    const after = await world.plane.describeApp(before.appId);
    expect(after.version).toBe(before.details.version);
  });
});

describe('a connection that does not work', () => {
  const planesFor = async (toml: string) => {
    const config = path.join(folder, 'modal.toml');
    await writeFile(config, toml);
    return new ControlPlanes({ env: { MODAL_CONFIG_PATH: config }, logger: silentLogger });
  };
  const profile = (server: string, secret: string) =>
    `[p]\nactive = true\nserver_url = "${server}"\ntoken_id = "${world.simulator.tokenId}"\ntoken_secret = "${secret}"\n`;

  it('has a wrong token', async () => {
    const planes = await planesFor(profile(world.simulator.serverUrl, 'as-wrong'));
    const plane = await planes.get();
    await expect(plane.listEnvironments()).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: matching(/Sign in again/),
    });
    planes.dispose();
  });

  it('has no server behind it, and says so before the SDK or the CLI would', async () => {
    const planes = await planesFor(profile(`http://127.0.0.1:${await freePort()}`, 'as-x'));
    await expect(planes.get()).rejects.toMatchObject({
      kind: 'offline',
      message: matching(/127\.0\.0\.1:\d+/),
    });
  });

  it('answers too late or not at all: the call ends when it is cancelled', async () => {
    await world.simulator.admin('POST', '/faults', { rpc: { AppList: { delaySeconds: 30 } } });
    const abort = new AbortController();
    const listing = world.plane.listApps('main', abort.signal);
    await sleep(100);
    abort.abort();
    await expect(listing).rejects.toMatchObject({ kind: 'cancelled' });
    await world.simulator.admin('DELETE', '/faults');
  });
});

describe('a deploy that is cancelled', () => {
  it('leaves no process and nothing half-done', async () => {
    await world.simulator.admin('POST', '/faults', { buildSeconds: 30 });
    const script = path.join(folder, 'slow_build.py');
    const source = await readFile(fixture('asgi_app.py'), 'utf8');
    await writeFile(
      script,
      source.replace('it-asgi', 'it-cancelled').replace('fastapi==0.163.2', 'fastapi==0.163.2", "slow==1'),
    );
    const lines: string[] = [];
    const deploying = world.deploy(script, {
      onLine: (line, run) => {
        lines.push(line);
        if (line.startsWith('Building image')) run.cancel();
      },
    });
    await expect(deploying).rejects.toMatchObject({ kind: 'cancelled' });
    await world.simulator.admin('DELETE', '/faults');
    expect(await processesWith('slow_build.py')).toEqual([]);
    expect(await world.plane.findDeployedApp('it-cancelled', 'main')).toBeUndefined();
    const apps = await world.plane.listApps('main');
    expect(apps.filter(({ name, state }) => name === 'it-cancelled' && state !== 'stopped')).toEqual([]);
  });

  it('never has a secret in its arguments, its output or our log', async () => {
    await world.simulator.admin('POST', '/faults', { buildSeconds: 2 });
    const script = path.join(folder, 'canary.py');
    const source = await readFile(fixture('asgi_app.py'), 'utf8');
    await writeFile(script, source.replace('fastapi==0.163.2', 'fastapi==0.163.2", "canary==1'));
    const seen: string[] = [];
    const deploying = world.deploy(script, { onLine: (line) => seen.push(line) });
    for (let tries = 0; tries < 40 && !seen.some((line) => line.startsWith('Building')); tries++)
      await sleep(50);
    const running = await processesWith('canary.py');
    await deploying;
    await world.simulator.admin('DELETE', '/faults');
    expect(running.length).toBeGreaterThan(0);
    const everything = [...running, ...seen, ...world.logged].join('\n');
    expect(everything).not.toContain(world.simulator.tokenSecret);
  });
});

/** Command lines of running processes that name this file. */
async function processesWith(name: string): Promise<string[]> {
  if (!existsSync('/proc')) return [];
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(name)) found.push(line.replaceAll('\0', ' '));
  }
  return found;
}
