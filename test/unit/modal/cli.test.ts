import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { cliEnvironment, runCli } from '../../../src/modal/cli.ts';

const node = { command: process.execPath, args: [], version: '1.6.4', source: 'a script that behaves badly' };

describe('running the CLI', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'run-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const run = (script: string, options: { signal?: AbortSignal; timeoutMs?: number } = {}) => {
    const lines: string[] = [];
    const result = runCli(node, ['-e', script], {
      cwd: folder,
      env: process.env,
      onLine: (line, stream) => lines.push(`${stream}: ${line}`),
      timeoutMs: 60_000,
      logger: silentLogger,
      ...options,
    });
    return { lines, result };
  };
  const alive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const waitFor = async (condition: () => boolean) => {
    for (let tries = 0; !condition(); tries++) {
      if (tries > 200) throw new Error('It did not happen.');
      await sleep(25);
    }
  };

  it('passes on lines of both streams and the exit code', async () => {
    const { lines, result } = run(`console.log('a'); console.error('b'); process.exitCode = 3`);
    expect(await result).toMatchObject({ exitCode: 3, stdout: 'a\n', stderr: 'b\n' });
    expect(lines.sort()).toEqual(['stderr: b', 'stdout: a']);
  });

  it('gives the child no stdin to wait on', async () => {
    expect(await run(`process.stdin.on('end', () => console.log('end')).resume()`).result).toMatchObject({
      stdout: 'end\n',
    });
  });

  it.skipIf(process.platform === 'win32')('ends a whole tree that ignores signals', async () => {
    const pidFile = path.join(folder, 'pid');
    const abort = new AbortController();
    const stubborn = `process.on('SIGINT', () => {}); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
    const { result } = run(
      `${stubborn} const c = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}]);
       require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, process.pid + ' ' + c.pid);`,
      { signal: abort.signal },
    );
    await waitFor(() => existsSync(pidFile));
    const pids = (await readFile(pidFile, 'utf8')).split(' ').map(Number);
    abort.abort();
    await expect(result).rejects.toMatchObject({ kind: 'cancelled' });
    await waitFor(() => pids.every((pid) => !alive(pid)));
  });

  it('interrupts first, so that the child can say goodbye', async () => {
    const abort = new AbortController();
    const { lines, result } = run(
      `process.on('SIGINT', () => { console.log('bye'); process.exit(130); }); console.log('up'); setInterval(() => {}, 1000)`,
      { signal: abort.signal },
    );
    await waitFor(() => lines.includes('stdout: up'));
    abort.abort();
    await expect(result).rejects.toMatchObject({ kind: 'cancelled' });
    expect(lines).toContain('stdout: bye');
  });

  it('is logged without what is secret: by its form, or because the caller says so', async () => {
    const logged: string[] = [];
    const logger = { ...silentLogger, info: (message: string) => void logged.push(message) };
    const token = `hf_${'aB3dE5gH7j'.repeat(4)}`;
    const options = { cwd: folder, env: process.env, onLine: () => undefined, logger };
    await runCli(node, ['-e', '', '--', `--key=${token}`], options);
    await runCli(node, ['-e', '', '--', 'a plain secret'], {
      ...options,
      loggedArgs: ['run', 'app.py', '…'],
    });
    expect(logged.map((line) => line.replace(/after .*/, ''))).toEqual([
      'modal -e  -- --key=hf_…: exit code 0 ',
      'modal run app.py …: exit code 0 ',
    ]);
    for (const line of logged) expect(line).toMatch(/ after [\d.]+ m?s$/);
  });

  it('has a time limit, and says when it cannot be started', async () => {
    await expect(run('setInterval(() => {}, 1000)', { timeoutMs: 100 }).result).rejects.toMatchObject({
      kind: 'timeout',
    });
    const missing = runCli({ ...node, command: '/no/such/modal' }, [], {
      cwd: folder,
      env: {},
      onLine: () => undefined,
      timeoutMs: 1000,
      logger: silentLogger,
    });
    await expect(missing).rejects.toMatchObject({ kind: 'cliMissing' });
  });
});

it('hands credentials over by environment and keeps output readable', () => {
  const env = cliEnvironment(
    { FORCE_COLOR: '1', PATH: '/bin' },
    {
      profile: 'p',
      serverUrl: 'http://127.0.0.1:1',
      tokenId: 'ak-1',
      tokenSecret: 'as-1',
      environment: 'dev',
      sources: {
        profile: 'file',
        server: 'file',
        tokenId: 'file',
        tokenSecret: 'file',
        environment: 'file',
      },
      overriding: [],
      ignored: [],
      configPath: '/x',
    },
  );
  expect(env).toMatchObject({
    MODAL_TOKEN_ID: 'ak-1',
    MODAL_TOKEN_SECRET: 'as-1',
    MODAL_ENVIRONMENT: 'dev',
    MODAL_PROFILE: 'p',
    COLUMNS: '4000',
  });
  expect(env).not.toHaveProperty('FORCE_COLOR');
});
