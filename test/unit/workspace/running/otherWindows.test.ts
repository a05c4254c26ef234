import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChildProcess } from 'node:child_process';
import type { App } from '../../../../src/domain/app.ts';
import type { JournalEntry, JournalKind } from '../../../../src/features/deploy/core/journal.ts';
import { entriesOfOthers } from '../../../../src/features/workspace/core/running/otherWindows.ts';
import { ownerOf, thisOwner } from '../../../../src/features/deploy/core/owner.ts';
import { recoverDeploy } from '../../../../src/features/deploy/core/recovery.ts';
import type { ControlPlane } from '../../../../src/modal/controlPlane.ts';

const entry = (facts: Partial<JournalEntry> = {}): JournalEntry => ({
  id: 'one',
  account: 'https://m#team',
  title: 'web',
  appName: 'web',
  environment: 'main',
  startedAt: Date.now(),
  ...facts,
});

const started: ChildProcess[] = [];
afterEach(() => {
  for (const each of started.splice(0)) each.kill('SIGKILL');
});

/** A process with those words in its command line, at the head of a group of its own. */
async function processOf(...words: string[]): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)', ...words], { detached: true });
  started.push(child);
  await once(child, 'spawn');
  return child as ChildProcess & { readonly pid: number };
}

describe('what other windows have under way', () => {
  it.each<JournalKind | undefined>([undefined, 'deploy', 'serve', 'run'])(
    'is theirs while they live: %s',
    async (kind) => {
      const window = await processOf();
      const noted = entry({ owner: await ownerOf(window.pid), ...(kind ? { kind } : {}) });
      expect(await entriesOfOthers([noted], new Set())).toEqual({ cutOff: [], elsewhere: [noted] });
      window.kill('SIGKILL');
      await once(window, 'exit');
      expect(await entriesOfOthers([noted], new Set())).toEqual({ cutOff: [noted], elsewhere: [] });
    },
  );

  it('is told from what this window runs, and from what it took and could not see to', async () => {
    const noted = entry({ owner: await thisOwner() });
    expect(await entriesOfOthers([noted], new Set(['one']))).toEqual({ cutOff: [], elsewhere: [] });
    expect(await entriesOfOthers([noted], new Set())).toEqual({ cutOff: [noted], elsewhere: [] });
  });
});

describe('a serve or run whose window has crashed', () => {
  const disconnected: string[] = [];
  const plane = (state: App['state']) =>
    ({
      listApps: () => Promise.resolve([{ id: 'ap-1', name: 'web', environment: 'main', state }]),
      disconnectApp: (id: string) => Promise.resolve(void disconnected.push(id)),
    }) as unknown as ControlPlane;

  it.each(['serve', 'run'] as const)('has its process and its app ended: %s', async (kind) => {
    disconnected.length = 0;
    const cli = await processOf('modal', kind, 'web.py');
    const gone = once(cli, 'exit');
    const noted = entry({ kind, pid: cli.pid, appId: 'ap-1' });
    expect(await recoverDeploy(noted, plane('ephemeral'))).toEqual({ entry: noted });
    await gone;
    expect(disconnected).toEqual(['ap-1']);
  });

  it('leaves another process of the same id, and an app that was deployed', async () => {
    disconnected.length = 0;
    const other = await processOf('modal', 'shell');
    await recoverDeploy(entry({ kind: 'serve', pid: other.pid, appId: 'ap-1' }), plane('deployed'));
    expect(other.exitCode ?? other.signalCode).toBeNull();
    expect(() => process.kill(other.pid, 0)).not.toThrow();
    expect(disconnected).toEqual([]);
  });
});
