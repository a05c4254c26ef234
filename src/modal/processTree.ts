import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';

const windows = process.platform === 'win32';

/** Options that make a child the head of a group of its own, so that all it starts can be ended with it. */
export const ownGroup = { detached: !windows, windowsHide: true } as const;

/**
 * Ends a group ($0) that an interrupt has not ended. The CLI can miss one that comes between two of its steps, so it is
 * given a second before it is ended harder. A process of its own, because the editor may close its window meanwhile.
 */
const escalation = [
  'sleep 0.8; kill -s INT -- -$0',
  'sleep 0.6; kill -s TERM -- -$0',
  'sleep 0.4; kill -s KILL -- -$0',
].join(' && ');

/**
 * Interrupts a child as Ctrl-C would, and ends its whole tree within two seconds if that is not enough, also when this
 * process has gone by then. The CLI needs the interrupt: only then does it tell the server that it is gone.
 */
export function endTree(child: ChildProcess): void {
  signalTree(child, 'SIGINT');
  const escalating = windows || child.pid === undefined ? undefined : escalate(child.pid);
  child.once('close', () => {
    if (escalating) signalTree(escalating, 'SIGKILL');
    signalTree(child, 'SIGKILL'); // grandchildren that outlived their parent
  });
}

function escalate(pid: number): ChildProcess {
  const escalating = spawn('/bin/sh', ['-c', escalation, String(pid)], { ...ownGroup, stdio: 'ignore' });
  escalating.once('error', () => signalGroup(pid, 'SIGKILL'));
  escalating.unref();
  return escalating;
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
