import type { AppCommand } from '../../deploy/core/index.ts';
import type { Endpoint } from '../../../domain/app.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';
import { ModalError } from '../../../domain/errors.ts';

export type RunState =
  | 'starting'
  | 'serving'
  | 'reloading'
  | 'reloadFailed'
  | 'running'
  | 'stopping'
  | 'done'
  | 'stopped'
  | 'failed';

/** A serve or a run of this window, also after its end until the next one takes its place. */
export interface ScriptRun {
  readonly id: number;
  readonly kind: 'serve' | 'run';
  /** Path of the file. */
  readonly script: string;
  /** Of the app; '' where the text shows none. */
  readonly variable: string;
  /** Function or entry point; '' for a serve. */
  readonly runnable: string;
  /** What the user calls it. */
  readonly title: string;
  readonly state: RunState;
  /** More about the state: the stage, the cause, the seconds. */
  readonly words: string;
  readonly endpoints: readonly Endpoint[];
  readonly reloadedAt?: number;
  readonly command: Pick<AppCommand, 'id' | 'cancel'>;
  readonly showLog: () => void;
}

/** What another window of this folder serves or runs. */
export interface RunElsewhere {
  readonly kind: 'serve' | 'run';
  readonly script: string;
  readonly variable: string;
  readonly runnable: string;
}

/** What a row or button says of a run; a file alone means all of its runs, nothing at all a row that has gone. */
export interface RunReference {
  readonly id?: number;
  readonly script?: string;
  readonly variable?: string;
  readonly runnable?: string;
}

export function isLiveRun({ state }: ScriptRun): boolean {
  return state !== 'done' && state !== 'stopped' && state !== 'failed';
}

/** What of a script is served or run in this window, for rows, buttons and the end of the window. */
export class ScriptRuns implements Disposable {
  readonly #runs = new Map<number, ScriptRun>();
  readonly #changes = new Emitter<void>();
  #elsewhere: readonly RunElsewhere[] = [];
  #count = 0;

  readonly onDidChange = this.#changes.event;

  /** As last seen: other windows do not tell when they begin or end. */
  get elsewhere(): readonly RunElsewhere[] {
    return this.#elsewhere;
  }

  setElsewhere(runs: readonly RunElsewhere[]): void {
    if (JSON.stringify(runs) === JSON.stringify(this.#elsewhere)) return;
    this.#elsewhere = runs;
    this.#changes.fire();
  }

  /** Oldest first. */
  get all(): readonly ScriptRun[] {
    return [...this.#runs.values()];
  }

  get(id: number): ScriptRun | undefined {
    return this.#runs.get(id);
  }

  /** The latest serve of an app, or the latest run of one of its functions. */
  latest(script: string, variable: string, runnable = ''): ScriptRun | undefined {
    return this.all.findLast(
      (run) => run.script === script && run.variable === variable && run.runnable === runnable,
    );
  }

  /**
   * The runs that a command may mean. One that was named is never replaced by another.
   * @param named absent when the user named none
   * @throws `notFound` when there is none
   */
  meant(fits: (run: ScriptRun) => boolean, named?: RunReference): readonly ScriptRun[] {
    if (!named) {
      const all = this.all.filter(fits);
      if (all.length > 0) return all;
      throw new ModalError('notFound', 'No script is running in this window.');
    }
    const own = this.all.filter(({ id }) => id === named.id);
    const candidates = own.length > 0 ? own : this.all.filter((run) => isNamed(run, named));
    const found = candidates.filter(fits);
    if (found.length > 0) return named.variable === undefined ? found : found.slice(-1);
    throw new ModalError('notFound', whyNot(candidates.at(-1)));
  }

  /** @throws `conflict` when the app is served already, here or in another window: the two would take the address in turns */
  needNotServed({ script, variable, title }: Pick<ScriptRun, 'script' | 'variable' | 'title'>): void {
    const isServed = (run: RunElsewhere) =>
      run.kind === 'serve' && run.script === script && run.variable === variable;
    if (this.#elsewhere.some(isServed))
      throw new ModalError(
        'conflict',
        `${title} is already being served in another window of this folder. Stop it there first.`,
      );
    const served = this.latest(script, variable);
    if (!served || !isLiveRun(served)) return;
    throw new ModalError('conflict', `${title} is already being served. Stop it first.`);
  }

  /**
   * @returns the id for {@link update}
   * @throws `conflict` for a second serve of an app
   */
  start(run: Omit<ScriptRun, 'id'>): number {
    if (run.kind === 'serve') this.needNotServed(run);
    for (const old of this.all) {
      const same =
        old.script === run.script && old.variable === run.variable && old.runnable === run.runnable;
      if (same && !isLiveRun(old)) this.#runs.delete(old.id);
    }
    const id = ++this.#count;
    this.#runs.set(id, { ...run, id });
    this.#changes.fire();
    return id;
  }

  update(id: number, change: Partial<Pick<ScriptRun, 'state' | 'words' | 'endpoints' | 'reloadedAt'>>): void {
    const run = this.#runs.get(id);
    if (!run) return;
    this.#runs.set(id, { ...run, ...change });
    this.#changes.fire();
  }

  /** Ends a run; its state follows when the process has gone. */
  stop(id: number): void {
    const run = this.#runs.get(id);
    if (!run || !isLiveRun(run)) return;
    this.update(id, { state: 'stopping', words: '' });
    run.command.cancel();
  }

  dispose(): void {
    for (const run of this.all) run.command.cancel();
    this.#changes.dispose();
  }
}

function isNamed(run: ScriptRun, { script, variable, runnable }: RunReference): boolean {
  if (run.script !== script) return false;
  if (variable === undefined) return runnable === undefined || run.runnable === runnable;
  return run.variable === variable && run.runnable === (runnable ?? '');
}

function whyNot(run: ScriptRun | undefined): string {
  if (!run) return 'That script is no longer running in this window. Start it again first.';
  if (isLiveRun(run)) return `${run.title} has no web endpoint at the moment.`;
  return `${run.title} is no longer running. Start it again first.`;
}
