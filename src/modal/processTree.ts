import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';

const windows = process.platform === 'win32';

/** Options that make a child the head of a group of its own, so that all it starts can be ended with it. */
export const ownGroup = { detached: !windows, windowsHide: true } as const;

/** Milliseconds after the interrupt at which a child that is still there is ended harder. */
const escalation: readonly (readonly [number, NodeJS.Signals])[] = [
  [1000, 'SIGTERM'],
  [1600, 'SIGKILL'],
];

/**
 * Interrupts a child as Ctrl-C would, and ends its whole tree within two seconds if that is not enough.
 * The CLI needs the interrupt: only then does it tell the server that it is gone.
 */
export function endTree(child: ChildProcess): void {
  signalTree(child, 'SIGINT');
  const timers = escalation.map(([after, signal]) => setTimeout(() => signalTree(child, signal), after));
  child.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
    signalTree(child, 'SIGKILL'); // grandchildren that outlived their parent
  });
}

/** Ends a group at once whose head this process did not start, e.g. one that an earlier window left. */
export function killGroup(pid: number): void {
  signalGroup(pid, 'SIGKILL');
}

function signalTree({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) signalGroup(pid, signal);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (windows) {
    spawn('taskkill', ['/T', '/F', '/PID', String(pid)], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has gone already.
  }
}
