import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMixedToken, maskedTokenId } from '../../../src/modal/connection.ts';
import { listProfiles, loadConnection } from '../../../src/modal/profile.ts';

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
    expect(connection.sources).toMatchObject({ profile: 'file', tokenId: 'file', server: 'default' });
    expect(connection.serverUrl).toBe('https://api.modal.com:443');
  });

  it('falls back to the table default', async () => {
    expect(await load('[default]\ntoken_id = "ak-d"\ntoken_secret = "x"\n')).toMatchObject({
      profile: 'default',
    });
  });

  it('takes a profile that no file has only with both halves of a token', async () => {
    const file = '[a]\nactive = true\ntoken_id = "ak-f"\ntoken_secret = "f"\n';
    const both = { MODAL_TOKEN_ID: 'ak-env', MODAL_TOKEN_SECRET: 'as-env' };
    expect(await load(file, { MODAL_PROFILE: 'b', ...both })).toMatchObject({
      profile: 'b',
      tokenId: 'ak-env',
    });
    for (const name of ['MODAL_TOKEN_ID', 'MODAL_TOKEN_SECRET'] as const)
      await expect(load(file, { MODAL_PROFILE: 'b', [name]: both[name] })).rejects.toMatchObject({
        kind: 'profileBroken',
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
    expect(connection.sources).toMatchObject({
      tokenId: 'variable',
      tokenSecret: 'file',
      server: 'variable',
      environment: 'default',
    });
    expect(connection.overriding).toEqual(['MODAL_SERVER_URL', 'MODAL_TOKEN_ID']);
    expect(isMixedToken(connection)).toBe(true);
  });

  it('takes the chosen profile over MODAL_PROFILE over the active one', async () => {
    const toml =
      '[a]\nactive = true\ntoken_id="a"\ntoken_secret="a"\n[b]\ntoken_id="b"\ntoken_secret="b"\n[c]\ntoken_id="c"\ntoken_secret="c"\n';
    const byVariable = await load(toml, { MODAL_PROFILE: 'b' });
    expect(byVariable).toMatchObject({ profile: 'b', overriding: ['MODAL_PROFILE'], ignored: [] });
    expect(byVariable.sources.profile).toBe('variable');
    const byChoice = await load(toml, { MODAL_PROFILE: 'b' }, 'c');
    expect(byChoice).toMatchObject({ profile: 'c', overriding: [], ignored: ['MODAL_PROFILE'] });
    expect(byChoice.sources.profile).toBe('setting');
  });

  describe('chosen in the editor', () => {
    const stale = {
      MODAL_TOKEN_ID: 'ak-stale',
      MODAL_TOKEN_SECRET: 'as-stale',
      MODAL_ENVIRONMENT: 'stale',
      MODAL_SERVER_URL: 'http://stale:1',
    };
    const whole =
      '[a]\nactive = true\ntoken_id = "ak-a"\ntoken_secret = "as-a"\nenvironment = "dev"\nserver_url = "http://a:1"\n';

    it('wins over variables with what it has, and names those that it beats', async () => {
      const connection = await load(whole, stale, 'a');
      expect(connection).toMatchObject({
        tokenId: 'ak-a',
        tokenSecret: 'as-a',
        environment: 'dev',
        serverUrl: 'http://a:1',
        overriding: [],
      });
      expect([...connection.ignored].sort()).toEqual(Object.keys(stale).sort());
    });

    it('leaves to variables what it lacks, key by key', async () => {
      const connection = await load('[a]\ntoken_id = "ak-a"\n', stale, 'a');
      expect(connection).toMatchObject({
        tokenId: 'ak-a',
        tokenSecret: 'as-stale',
        environment: 'stale',
        serverUrl: 'http://stale:1',
        ignored: ['MODAL_TOKEN_ID'],
      });
      expect(connection.sources).toMatchObject({ tokenId: 'file', tokenSecret: 'variable' });
      expect(isMixedToken(connection)).toBe(true);
    });

    it('gives the variables back their place when it is not chosen any more', async () => {
      const connection = await load(whole, stale);
      expect(connection).toMatchObject({ tokenId: 'ak-stale', environment: 'stale', ignored: [] });
      expect([...connection.overriding].sort()).toEqual(Object.keys(stale).sort());
    });

    it('says nothing of variables that agree with the file', async () => {
      const connection = await load(whole, { MODAL_TOKEN_ID: 'ak-a', MODAL_TOKEN_SECRET: 'as-a' }, 'a');
      expect(connection).toMatchObject({ ignored: [], overriding: [] });
    });

    it('is never replaced by another account when it has gone from the file', async () => {
      await expect(load(whole, stale, 'gone')).rejects.toMatchObject({
        kind: 'profileBroken',
        message: expect.stringMatching(/"gone".*settings.*It has: a\..*Switch Profile/) as string,
      });
    });

    it('settles which one of several active profiles is meant', async () => {
      const two = '[a]\nactive = true\n[b]\nactive = true\ntoken_id = "ak-b"\ntoken_secret = "as-b"\n';
      expect(await load(two, {}, 'b')).toMatchObject({ profile: 'b', tokenId: 'ak-b' });
    });
  });

  it('lists profiles, whatever their names', async () => {
    const file = `[plain]\ntoken_id = "ak-1"\n["with.dot"]\nactive = true\nenvironment = "dev"\n['with "quotes"']\n[constructor]\n`;
    await writeFile(path.join(home, '.modal.toml'), file);
    const entries = await listProfiles({}, home);
    expect(entries.map(({ name }) => name)).toEqual(['plain', 'with.dot', 'with "quotes"', 'constructor']);
    expect(entries[1]).toMatchObject({ active: true, environment: 'dev' });
    expect(await listProfiles({ MODAL_CONFIG_PATH: path.join(home, 'none') })).toEqual([]);
    expect(JSON.stringify(entries)).not.toContain('as-');
  });

  it('takes no profile from what every object has', async () => {
    await expect(load('[a]\n', { MODAL_PROFILE: 'toString' })).rejects.toMatchObject({
      kind: 'profileBroken',
    });
  });

  it('reads a file with a byte order mark and Windows line ends, also through a link', async () => {
    const real = path.join(home, 'dotfiles.toml');
    await writeFile(real, '\uFEFF[a]\r\nactive = true\r\ntoken_id = "ak-a"\r\ntoken_secret = "as-a"\r\n');
    await symlink(real, path.join(home, '.modal.toml'));
    expect(await load(undefined)).toMatchObject({ profile: 'a', tokenSecret: 'as-a' });
  });

  it('names a file that cannot be read', async () => {
    await mkdir(path.join(home, '.modal.toml')); // unreadable for everybody, root included
    await expect(load(undefined)).rejects.toMatchObject({
      kind: 'profileBroken',
      message: expect.stringMatching(/cannot be read/) as string,
    });
  });

  it('shows of a token id only what tells it from others', () => {
    expect(maskedTokenId('ak-ABCDEFGH1234')).toBe('ak-…1234');
    expect(maskedTokenId('ak-1')).toBe('ak-…');
    expect(maskedTokenId('')).toBe('…');
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
