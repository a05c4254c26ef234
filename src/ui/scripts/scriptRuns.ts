import type { Endpoint } from '../../domain/app.ts';
import type { Disposable } from '../../domain/emitter.ts';
import { Emitter } from '../../domain/emitter.ts';

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
  readonly abort: AbortController;
  readonly showLog: () => void;
}

export function isLiveRun({ state }: ScriptRun): boolean {
  return state !== 'done' && state !== 'stopped' && state !== 'failed';
}

/** What of a script is served or run in this window, for rows, buttons and the end of the window. */
export class ScriptRuns implements Disposable {
  readonly #runs = new Map<number, ScriptRun>();
  readonly #changes = new Emitter<void>();
  #count = 0;

  readonly onDidChange = this.#changes.event;

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

  /** @returns the id for {@link update} */
  start(run: Omit<ScriptRun, 'id'>): number {
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
    run.abort.abort();
  }

  dispose(): void {
    for (const run of this.all) run.abort.abort();
    this.#changes.dispose();
  }
}
