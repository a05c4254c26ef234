import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { runBriefly } from '../../../src/modal/briefRun.ts';
import { runCli } from '../../../src/modal/cli.ts';
import { loadConnection } from '../../../src/modal/profile.ts';

const secret = 'as-secret\u0000value';
const cli = { command: process.execPath, args: [], version: '1.6.4', source: 'test' };
const run = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  runCli(cli, args, { cwd: os.tmpdir(), env, onLine: () => undefined, logger: silentLogger });

describe('what no program can be given', () => {
  it('is refused without its value, which Node would quote', async () => {
    const env = { MODAL_TOKEN_SECRET: secret };
    expect(() => spawn(process.execPath, ['-v'], { env })).toThrow(/as-secret/);
    const refusal = { kind: 'invalid', message: expect.not.stringContaining('as-secret') as string };
    await expect(run(['-v'], env)).rejects.toMatchObject(refusal);
    await expect(run(['-v', secret], {})).rejects.toMatchObject(refusal);
    await expect(runBriefly(process.execPath, [secret], { env: {}, limitMs: 1000 })).rejects.toMatchObject(
      refusal,
    );
  });

  it('is nothing else: line breaks, dashes and quotes arrive as they are', async () => {
    const odd = ['a\nb', '--help', "it's", '"', '$(id)', '\u202e'];
    const { stdout } = await run(
      ['-p', 'JSON.stringify([process.env.ODD, ...process.argv.slice(1)])', '--', ...odd],
      {
        ODD: odd.join(''),
      },
    );
    expect(JSON.parse(stdout)).toEqual([odd.join(''), ...odd]);
  });
});

describe('a profile', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'profile-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const values = {
    token_id: 'ak-1',
    token_secret: 'as-1',
    server_url: 'https://api.modal.com',
    environment: 'main',
  };

  async function load(change: Partial<typeof values>, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
    const file = path.join(folder, 'modal.toml');
    const lines = Object.entries({ ...values, ...change }).map(
      ([key, value]) => `${key} = ${JSON.stringify(value)}`,
    );
    await writeFile(file, `[default]\nactive = true\n${lines.join('\n')}\n`);
    return loadConnection({ env: { MODAL_CONFIG_PATH: file, ...env } });
  }

  it.each([
    ['token_secret', 'as-secret\u0000'],
    ['token_secret', 'as-secret\r\nx-admin: 1'],
    ['token_id', 'ak-\u001b[2J'],
    ['environment', 'main\nother'],
    ['server_url', '--help'],
    ['server_url', 'api.modal.com'],
    ['server_url', 'file:///etc/passwd'],
  ])('whose %s is %j is told as broken, without the value', async (key, value) => {
    await expect(load({ [key]: value })).rejects.toMatchObject({
      kind: 'profileBroken',
      message: expect.stringMatching(
        new RegExp(`modal.toml, the ${key} (?:has a control character|is not the address)`),
      ) as string,
    });
    await expect(load({ [key]: value })).rejects.not.toMatchObject({
      message: expect.stringContaining(value) as string,
    });
  });

  it('names the variable that is broken', async () => {
    await expect(load({}, { MODAL_SERVER_URL: '-x' })).rejects.toMatchObject({
      message: 'The variable MODAL_SERVER_URL is not the address of a server. Correct it, then try again.',
    });
  });
});
