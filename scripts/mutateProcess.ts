/** Runs unit tests of a copy of the checkout in another process, which is ended when a fault keeps them from ending. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './root.ts';
import type { Job, Outcome } from './mutateRunner.ts';

/** Far above what our test files take, on a busy machine as well: a fault that keeps them from ending has been noticed. */
const longestRunMs = ({ tests }: Job) => 60_000 + 5_000 * tests.length;

export class MutateRunner {
  readonly #copy: string;
  #child: ChildProcess | undefined;
  readonly #setupFile: string | undefined;
  readonly #changed = new Set<string>();

  /** @param setupFile runs before each test file, and no failure ends a run then */
  constructor(copy: string, setupFile?: string) {
    this.#copy = copy;
    this.#setupFile = setupFile;
  }

  /** A file has another text now. */
  touch(file: string): void {
    this.#changed.add(file);
  }

  async run(job: Job): Promise<Outcome> {
    const child = (this.#child ??= await start(this.#copy, this.#setupFile));
    const changed = [...this.#changed, ...job.changed];
    this.#changed.clear();
    const limit = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => limit.resolve(undefined), longestRunMs(job));
    const outcome = await Promise.race([answerOf(child, { tests: job.tests, changed }), limit.promise]);
    clearTimeout(timer);
    if (outcome) return outcome;
    this.end();
    return { failed: 'the run did not end', isTimeOut: true };
  }

  end(): void {
    if (this.#child) kill(this.#child);
    this.#child = undefined;
  }
}

async function start(copy: string, setupFile?: string): Promise<ChildProcess> {
  const script = path.join(root, 'scripts/mutateRunner.ts');
  const args = [script, copy, ...(setupFile === undefined ? [] : [setupFile])];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The tests could not be started (${code}).`)));
  });
  return child;
}

/** @returns undefined when it has ended by itself */
function answerOf(child: ChildProcess, job: Job): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    const end = (outcome?: Outcome) => {
      child.off('message', take);
      child.off('exit', leave);
      resolve(outcome);
    };
    const take = (outcome: unknown) => end(outcome as Outcome);
    const leave = () => end();
    child.on('message', take);
    child.on('exit', leave);
    child.send(job);
  });
}

function kill(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
}
