import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { SignInOptions } from '../../../src/modal/signIn.ts';
import { assertWritable, signInByCli } from '../../../src/modal/signIn.ts';

/** Whoever runs the tests may be allowed everything. */
vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof import('node:fs/promises')>();
  return { ...files, access: vi.fn(files.access) };
});

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'sign-in-'))));
afterEach(() => rm(folder, { recursive: true }));

/** Runs a script in the place of the CLI. */
async function signIn(script: string, options: Partial<SignInOptions> = {}): Promise<unknown> {
  const file = path.join(folder, 'modal.cjs');
  await writeFile(file, script);
  const cli = { command: process.execPath, args: [file], version: '1.6.4', source: 'a script' };
  return signInByCli(cli, {
    env: { ...process.env, MODAL_CONFIG_PATH: path.join(folder, 'modal.toml') },
    ...{ logger: silentLogger, profile: '', activate: true, onNews: () => undefined },
    ...options,
  });
}

it.each([
  [20_000, '1 minute'],
  [89_000, '1 minute'],
  [120_000, '2 minutes'],
])('signing in that nobody finishes says how long it waited: %i ms', async (limitMs, words) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const told = expect(signIn('setInterval(() => {}, 1000)', { limitMs })).rejects.toMatchObject({
    kind: 'timeout',
    message: `Nobody finished signing in in the browser within ${words}. Sign in again, or in a terminal.`,
  });
  await vi.waitUntil(() => vi.getTimerCount() > 0, { timeout: 8000 });
  await vi.advanceTimersByTimeAsync(limitMs);
  vi.useRealTimers();
  await told;
});

it('signing in tells the profile that was written, where, and of which workspace', async () => {
  const output = await readFile(new URL('output/sign_in.txt', import.meta.url), 'utf8');
  const script = `process.stdout.write(${JSON.stringify(output)})`;
  expect(await signIn(script)).toEqual({
    profile: 'local',
    file: '/home/me/.modal.toml',
    workspace: 'local',
  });
  await expect(signIn(`${script}; process.exitCode = 1`)).rejects.toMatchObject({ kind: 'cliFailed' });
  await expect(signIn('')).rejects.toMatchObject({ kind: 'cliFailed' });
});

it('signing in never makes a profile with an empty name', async () => {
  const told = path.join(folder, 'told');
  const script = `require('fs').writeFileSync(${JSON.stringify(told)}, String(process.env.MODAL_PROFILE)); process.exit(1)`;
  const env = { ...process.env, MODAL_CONFIG_PATH: path.join(folder, 'modal.toml') };
  const profileOf = async (options: Partial<SignInOptions>) => {
    await expect(signIn(script, options)).rejects.toMatchObject({ kind: 'cliFailed' });
    return readFile(told, 'utf8');
  };
  expect(await profileOf({ env: { ...env, MODAL_PROFILE: '' } })).toBe('undefined');
  expect(await profileOf({ env: { ...env, MODAL_PROFILE: 'mine' } })).toBe('mine');
  expect(await profileOf({ env: { ...env, MODAL_PROFILE: 'mine' }, profile: 'chosen' })).toBe('chosen');
});

it('a profile file that cannot be written is told with its reason, before the browser opens', async () => {
  const file = path.join(folder, 'modal.toml');
  await expect(assertWritable(path.join(folder, 'gone', 'modal.toml'))).rejects.toThrow(
    /its folder does not exist/,
  );
  await mkdir(file);
  await expect(assertWritable(file)).rejects.toThrow(/it is a folder/);
});

it.each([
  ['EACCES', 'it is read-only for you'],
  ['EPERM', 'it is read-only for you'],
  ['EROFS', 'it lies on a read-only disk'],
  ['EIO', 'EIO'],
])('a profile file that the system refuses with %s is told as that', async (code, reason) => {
  vi.mocked(access).mockRejectedValueOnce(Object.assign(new Error('no'), { code }));
  await expect(assertWritable(path.join(folder, 'modal.toml'))).rejects.toMatchObject({
    kind: 'profileBroken',
    message: expect.stringContaining(`cannot be written: ${reason}. Make it writable`) as string,
  });
});
