import { randomUUID } from 'node:crypto';
import type { StageTime } from '../core/stages.ts';
import { durationText, stageText, stageWords } from '../core/stages.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';

/** What a row says of a deploy under way. */
export interface DeployStatus {
  /** E.g. `building image · 12 s`. */
  readonly text: string;
  /** One line for each stage so far. */
  readonly stages: readonly string[];
}

const tickMs = 1000;

/** A deploy under way, from its confirmation to its end. */
export class RunningDeploy {
  /** Manifest id of a bundled app, or the path of a script. */
  readonly key: string;
  readonly title: string;
  readonly id: string = randomUUID();
  readonly abort = new AbortController();
  /** Times of the stages so far. */
  times: () => readonly StageTime[] = () => [];
  /** Shows its build log. */
  showLog: () => Promise<void> = () => Promise.resolve();

  constructor(key: string, title: string) {
    this.key = key;
    this.title = title;
  }

  status(): DeployStatus {
    const times = this.times();
    const last = times.at(-1);
    return {
      text: last ? stageText(last) : 'preparing',
      stages: times.map(({ stage, ms }) => `${stageWords[stage]}: ${durationText(ms)}`),
    };
  }
}

/** Deploys under way in this window, for rows, the cancel command and the context key. */
export class DeployTracker implements Disposable {
  readonly #running: RunningDeploy[] = [];
  readonly #changes = new Emitter<void>();
  #ticks: NodeJS.Timeout | undefined;

  /** Fires at every change, and each second while something runs, because rows show times. */
  readonly onDidChange = this.#changes.event;

  get all(): readonly RunningDeploy[] {
    return this.#running;
  }

  /** The deploy that runs; those behind it wait. */
  get(key: string): RunningDeploy | undefined {
    return this.#running.find((deploy) => deploy.key === key);
  }

  statuses(): ReadonlyMap<string, DeployStatus> {
    const byKey = Map.groupBy(this.#running, ({ key }) => key);
    return new Map(
      [...byKey].map(([key, deploys]) => {
        const status = deploys[0]?.status() ?? { text: '', stages: [] };
        const waiting = deploys.length > 1 ? ` (${deploys.length - 1} waiting)` : '';
        return [key, { ...status, text: status.text + waiting }];
      }),
    );
  }

  add(deploy: RunningDeploy): void {
    this.#running.push(deploy);
    this.#ticks ??= setInterval(() => this.changed(), tickMs).unref();
    this.changed();
  }

  changed(): void {
    this.#changes.fire();
  }

  end(deploy: RunningDeploy): void {
    const at = this.#running.indexOf(deploy);
    if (at >= 0) this.#running.splice(at, 1);
    if (this.#running.length === 0) this.#stopTicks();
    this.changed();
  }

  dispose(): void {
    this.#stopTicks();
    for (const deploy of this.#running) deploy.abort.abort();
    this.#changes.dispose();
  }

  #stopTicks(): void {
    clearInterval(this.#ticks);
    this.#ticks = undefined;
  }
}
