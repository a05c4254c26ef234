/** Signing in by the real CLI against a local Modal, which plays the browser's page. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { loadConnection } from '../../src/modal/profile.ts';
import type { SignInOptions } from '../../src/modal/signIn.ts';
import { signInByCli } from '../../src/modal/signIn.ts';
import type { SignInNews } from '../../src/modal/signInOutput.ts';
import { TestWorld } from './support/world.ts';

let world: TestWorld;
let home: string;
let file: string;

beforeAll(async () => (world = await TestWorld.start()));
afterAll(() => world?.stop());
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'sign-in-'));
  file = path.join(home, 'modal.toml');
});
afterEach(async () => {
  await world.simulator.admin('DELETE', '/faults');
  await rm(home, { recursive: true, force: true });
});

const env = () => ({
  ...world.env,
  MODAL_CONFIG_PATH: file,
  MODAL_SERVER_URL: world.simulator.serverUrl,
  MODAL_TRACEBACK: '1', // a user's own wish, which must not bring secrets into messages
});

/** Signs in; `onAddress` is what the user does when the page opens. */
function signIn(
  onAddress: (url: string) => unknown,
  options: Partial<SignInOptions> = {},
): { done: ReturnType<typeof signInByCli>; news: SignInNews[] } {
  const news: SignInNews[] = [];
  const done = signInByCli(world.cli, {
    env: env(),
    logger: world.logger,
    profile: '',
    activate: true,
    onNews: (each) => {
      news.push(each);
      if (each.kind === 'address') void onAddress(each.url);
    },
    ...options,
  });
  return { done, news };
}

/** Presses the button of Modal's page. */
const approve = (url: string) => world.simulator.admin('POST', `${new URL(url).pathname}/approve`);
const connection = (profile = '') => loadConnection({ env: { MODAL_CONFIG_PATH: file }, profile });

/** Processes of the CLI that wait for this test's file. */
function waiting(): string[] {
  const ids = execFileSync('sh', [
    '-c',
    `grep -lsz "MODAL_CONFIG_PATH=${file}" /proc/[0-9]*/environ || true`,
  ]);
  return ids.toString().split('\n').filter(Boolean);
}

describe('signing in', () => {
  it('tells the address, waits for the click, and leaves the token in the CLI’s file', async () => {
    const { done, news } = signIn(approve);
    const signedIn = await done;
    expect(signedIn).toEqual({ profile: 'local', file, workspace: 'local' });
    expect(news.map(({ kind }) => kind)).toEqual(['address', 'approved', 'workspace', 'written']);
    expect(await connection()).toMatchObject({
      profile: 'local',
      tokenId: world.simulator.tokenId,
      tokenSecret: world.simulator.tokenSecret,
      serverUrl: world.simulator.serverUrl,
    });
    const told = JSON.stringify([signedIn, news, world.logged]);
    expect(told).not.toContain(world.simulator.tokenSecret);
    expect(world.logged.join('\n')).not.toContain('token-flow');
  });

  it('names the profile, and leaves the active one alone where only this workspace wants it', async () => {
    await writeFile(file, '[mine]\nactive = true\ntoken_id = "ak-mine"\ntoken_secret = "as-mine"\n');
    const { done } = signIn(approve, { profile: 'team.b', activate: false });
    expect(await done).toMatchObject({ profile: 'team.b' });
    expect(await connection()).toMatchObject({ profile: 'mine', tokenId: 'ak-mine' });
    expect(await connection('team.b')).toMatchObject({ tokenId: world.simulator.tokenId });
  });

  it('writes through a symbolic link', async () => {
    const real = path.join(home, 'dotfiles.toml');
    await writeFile(real, '');
    await symlink(real, file);
    await signIn(approve).done;
    expect(await readFile(real, 'utf8')).toContain('[local]');
  });

  it('opens no browser of its own', async () => {
    const opened = path.join(home, 'opened');
    const browser = path.join(home, 'firefox'); // the only one of this machine, as far as the CLI can see
    await writeFile(browser, `#!/bin/sh\n: >${opened}\n`, { mode: 0o755 });
    await signIn(approve, {
      env: { ...env(), PATH: home, DISPLAY: ':0' },
    }).done;
    await expect(readFile(opened)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a sign-in that comes to nothing', () => {
  it('gives the cause when Modal refuses', async () => {
    await world.simulator.admin('POST', '/faults', {
      rpc: { TokenFlowWait: { code: 7, message: 'The request was denied.' } },
    });
    const { done } = signIn(() => undefined);
    await expect(done).rejects.toMatchObject({
      kind: 'cliFailed',
      message: expect.stringMatching(/The request was denied\..*in a terminal/) as string,
    });
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('ends when nobody confirms, and leaves no process', async () => {
    const { done, news } = signIn(() => undefined, { limitMs: 6000 });
    await expect(done).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringMatching(/Nobody finished signing in.*Sign in again/) as string,
    });
    expect(news.map(({ kind }) => kind)).toEqual(['address']);
    expect(waiting()).toEqual([]);
  });

  it('leaves no process and no file when it is cancelled', async () => {
    const abort = new AbortController();
    let before: string[] = [];
    const { done } = signIn(
      () => {
        before = waiting();
        abort.abort();
      },
      { signal: abort.signal },
    );
    await expect(done).rejects.toMatchObject({ kind: 'cancelled' });
    expect(before).not.toEqual([]);
    expect(waiting()).toEqual([]);
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('does not begin when the file cannot be written', async () => {
    for (const [place, reason] of [
      [home, /it is a folder/],
      [path.join(home, 'missing/modal.toml'), /its folder does not exist/],
      ['/proc/sys/kernel/ostype', /it is read-only|read-only disk/], // read-only for root, too
    ] as const) {
      const { done, news } = signIn(approve, { env: { ...env(), MODAL_CONFIG_PATH: place } });
      await expect(done).rejects.toMatchObject({
        kind: 'profileBroken',
        message: expect.stringMatching(reason) as string,
      });
      expect(news).toEqual([]);
    }
  });

  it('says so when the file can no longer be written at the end', async () => {
    const folder = path.join(home, 'gone');
    await mkdir(folder);
    const { done } = signIn(
      async (url) => {
        await rm(folder, { recursive: true });
        await approve(url);
      },
      { env: { ...env(), MODAL_CONFIG_PATH: path.join(folder, 'modal.toml') } },
    );
    await expect(done).rejects.toMatchObject({
      kind: 'profileBroken',
      message: expect.stringMatching(/its folder does not exist.*sign in again/) as string,
    });
    expect(world.logged.join('\n')).not.toContain(world.simulator.tokenSecret);
  });
});

describe('an explicitly chosen profile', () => {
  const { tokenId, tokenSecret } = { tokenId: 'ak-stale000000', tokenSecret: 'as-stale000000' };

  it('is what the CLI acts for, too, whatever stale variables say', async () => {
    await writeFile(
      file,
      `[a]\ntoken_id = "ak-a"\ntoken_secret = "as-a"\n["b.c"]\nserver_url = "${world.simulator.serverUrl}"\ntoken_id = "${world.simulator.tokenId}"\ntoken_secret = "${world.simulator.tokenSecret}"\n`,
    );
    const stale = {
      ...world.env,
      MODAL_CONFIG_PATH: file,
      MODAL_TOKEN_ID: tokenId,
      MODAL_TOKEN_SECRET: tokenSecret,
      MODAL_PROFILE: 'a',
    };
    const run = async (profile: string) => {
      const chosen = await loadConnection({ env: stale, profile });
      return runCli(world.cli, ['environment', 'list', '--json'], {
        cwd: home,
        env: cliEnvironment(stale, { ...chosen, serverUrl: world.simulator.serverUrl }),
        onLine: () => undefined,
        timeoutMs: 60_000,
        logger: world.logger,
      });
    };
    expect((await run('b.c')).stdout).toContain('main');
    expect((await run('')).exitCode).not.toBe(0);
  });
});
