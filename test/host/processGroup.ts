import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set<ProcessGroup>();

/** A program with everything it starts, ended together: when asked, and at the latest when this process ends. */
export class ProcessGroup {
  readonly child: ChildProcess;
  readonly #windows = process.platform === 'win32';

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    // A group of its own, so that children of children end with it.
    this.child = spawn(command, args, { ...options, detached: !this.#windows });
    running.add(this);
    this.child.once('exit', () => running.delete(this));
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Asks politely, then ends what is left of the group. */
  async stop(patienceMs = 4000): Promise<void> {
    if (!this.ended) {
      this.#signal('SIGTERM');
      await Promise.race([once(this.child, 'exit'), sleep(patienceMs, undefined, { ref: false })]);
    }
    this.#signal('SIGKILL');
    running.delete(this);
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      if (this.#windows) spawn('taskkill', ['/T', '/F', '/PID', String(pid)]);
      else process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}

process.once('exit', () => {
  for (const group of running) group.kill();
});
