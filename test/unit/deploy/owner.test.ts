import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Owner } from '../../../src/features/deploy/core/owner.ts';
import { isAlive, ownerOf, thisOwner } from '../../../src/features/deploy/core/owner.ts';

const now = Date.now();

describe('the owner of a deploy', () => {
  it('is alive while its process is, and dead as soon as it has gone', async () => {
    const child = spawn('sleep', ['60']);
    const owner = await ownerOf(child.pid!);
    expect(await isAlive(owner, now)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await isAlive(owner, now)).toBe(false);
  });

  it('is dead when another process has been given its number', async () => {
    const owner = await thisOwner();
    expect(owner.began).not.toBe('');
    expect(await isAlive(owner, now)).toBe(true);
    expect(await isAlive({ ...owner, began: '1' }, now)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('began when ps says', async () => {
    const { began } = await thisOwner();
    const seconds = (format: string) =>
      Number(spawnSync('ps', ['-p', String(process.pid), '-o', format], { encoding: 'utf8' }).stdout.trim());
    const uptime = Number(spawnSync('cat', ['/proc/uptime'], { encoding: 'utf8' }).stdout.split(' ')[0]);
    const ticksASecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout.trim());
    expect(Math.abs(uptime - Number(began) / ticksASecond - seconds('etimes='))).toBeLessThanOrEqual(2);
  });

  it('on another machine counts as alive for an hour', async () => {
    const elsewhere: Owner = { machine: 'another-host', pid: 1, began: '' };
    expect(await isAlive(elsewhere, now - 59 * 60_000, now)).toBe(true);
    expect(await isAlive(elsewhere, now - 61 * 60_000, now)).toBe(false);
  });
});
