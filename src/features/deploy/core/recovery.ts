import { execFile } from 'node:child_process';
import type { App } from '../../../domain/app.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import { killGroup } from '../../../modal/processTree.ts';
import type { JournalEntry, JournalKind } from './journal.ts';
import { clockSkewMs, endUnfinished } from './unfinished.ts';

/** What became of a deploy, serve or run whose window was closed or reloaded. */
export interface Recovered {
  readonly entry: JournalEntry;
  /**
   * It had been published before the window went; absent when only the script knows the app's name, and for what
   * publishes nothing.
   */
  readonly published?: boolean;
  /** What is live now under its name, if anything. */
  readonly live?: App;
}

/**
 * Ends what a deploy has left behind, and reads from the server what is true now.
 * @throws as the control plane does; nothing is forgotten then
 */
export async function recoverDeploy(
  entry: JournalEntry,
  plane: ControlPlane,
  signal?: AbortSignal,
): Promise<Recovered> {
  const { kind = 'deploy', pid } = entry;
  if (pid !== undefined && (await isCommand(pid, kind))) killGroup(pid);
  await endUnfinished(entry, plane, signal);
  if (!entry.appName || kind !== 'deploy') return { entry };
  const live = (await plane.listApps(entry.environment, signal)).find(
    (app) => app.name === entry.appName && app.state === 'deployed',
  );
  const deployedAt = live?.deployedAt ?? live?.createdAt ?? 0;
  const published = deployedAt >= entry.startedAt - clockSkewMs && live?.version !== entry.versionBefore;
  return { entry, published, ...(live ? { live } : {}) };
}

const commands: Readonly<Record<JournalKind, RegExp>> = {
  deploy: /\bdeploy\b/,
  serve: /\bserve\b/,
  run: /\brun\b/,
};

/** Process ids are used again, so only a process that is this command of the CLI may be ended. */
function isCommand(pid: number, kind: JournalKind): Promise<boolean> {
  if (process.platform === 'win32') return Promise.resolve(false);
  return new Promise((resolve) => {
    execFile('ps', ['-p', String(pid), '-o', 'command='], { timeout: 5000 }, (error, stdout) =>
      resolve(!error && commands[kind].test(/\bmodal\b[^]*/.exec(stdout)?.[0] ?? '')),
    );
  });
}
