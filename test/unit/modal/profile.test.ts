import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConnection } from '../../../src/modal/profile.ts';

const secret = 'as-CANARYCANARYCANARY';

describe('profile', () => {
  let home: string;
  beforeEach(async () => (home = await mkdtemp(path.join(os.tmpdir(), 'profile-'))));
  afterEach(() => rm(home, { recursive: true }));

  const load = async (toml: string | undefined, env: NodeJS.ProcessEnv = {}, profile = '') => {
    if (toml !== undefined) await writeFile(path.join(home, '.modal.toml'), toml);
    return loadConnection({ env, home, profile });
  };

  it('takes the active profile', async () => {
    const connection = await load(
      `[one]\ntoken_id = "ak-1"\ntoken_secret = "${secret}"\n[two]\nactive = true\ntoken_id = "ak-2"\ntoken_secret = "s2"\nenvironment = "dev"\n`,
    );
    expect(connection).toMatchObject({ profile: 'two', tokenId: 'ak-2', environment: 'dev' });
    expect(connection.source).toEqual({ token: 'file', server: 'default' });
    expect(connection.serverUrl).toBe('https://api.modal.com:443');
  });

  it('falls back to the table default', async () => {
    expect(await load('[default]\ntoken_id = "ak-d"\ntoken_secret = "x"\n')).toMatchObject({
      profile: 'default',
    });
  });

  it('lets a variable win over the file, key by key, and says so', async () => {
    const connection = await load(
      '[a]\nactive = true\ntoken_id = "ak-f"\ntoken_secret = "f"\nserver_url = "http://f:1"\n',
      {
        MODAL_TOKEN_ID: 'ak-env',
        MODAL_SERVER_URL: 'http://one:1,http://two:2',
      },
    );
    expect(connection).toMatchObject({ tokenId: 'ak-env', tokenSecret: 'f', serverUrl: 'http://one:1' });
    expect(connection.source).toEqual({ token: 'environment variable', server: 'environment variable' });
  });

  it('takes the chosen profile over MODAL_PROFILE over the active one', async () => {
    const toml =
      '[a]\nactive = true\ntoken_id="a"\ntoken_secret="a"\n[b]\ntoken_id="b"\ntoken_secret="b"\n[c]\ntoken_id="c"\ntoken_secret="c"\n';
    expect((await load(toml, { MODAL_PROFILE: 'b' })).profile).toBe('b');
    expect((await load(toml, { MODAL_PROFILE: 'b' }, 'c')).profile).toBe('c');
  });

  it('reads the file that MODAL_CONFIG_PATH names', async () => {
    const other = path.join(home, 'other.toml');
    await writeFile(other, '[x]\nactive = true\ntoken_id="x"\ntoken_secret="x"\n');
    expect((await load(undefined, { MODAL_CONFIG_PATH: other })).configPath).toBe(other);
  });

  it('is signed out without a file or without a token', async () => {
    await expect(load(undefined)).rejects.toMatchObject({ kind: 'signedOut' });
    await expect(load('[a]\nactive = true\n')).rejects.toMatchObject({ kind: 'signedOut' });
  });

  it.each([
    ['two active', '[a]\nactive = true\n[b]\nactive = true\n', {}, /several profiles are active \(a, b\)/],
    ['none active', '[a]\n[b]\n', {}, /no profile is active.*modal profile activate/],
    ['a stray key', 'token_id = "ak"\n', {}, /"token_id" stands outside/],
    ['an unknown profile', '[a]\n', { MODAL_PROFILE: 'zz' }, /no Modal profile "zz".*It has: a/],
  ])('names the trouble: %s', async (_name, toml, env, message) => {
    await expect(load(toml, env)).rejects.toMatchObject({
      kind: 'profileBroken',
      message: expect.stringMatching(message) as string,
    });
  });

  it('names line and column of bad TOML, and never the token that stands there', async () => {
    const error = await load(`[a]\ntoken_secret = "${secret}" oops\n`).catch(
      (reason: unknown) => reason as Error,
    );
    expect(error).toMatchObject({ kind: 'profileBroken' });
    expect((error as Error).message).toMatch(/line 2, column \d+/);
    expect(
      JSON.stringify(error) + String((error as Error).stack) + String((error as Error).cause),
    ).not.toContain(secret);
  });
});
