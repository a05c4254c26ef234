import type { DeployRun } from '../core/deployRun.ts';
import { stageText, stageWords } from '../core/stages.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';
import { formatDuration } from '../../../shared/format.ts';

/** What a row says of a deploy under way. */
export interface DeployStatus {
  /** E.g. `building image · 12 s`. */
  readonly text: string;
  /** One line for each stage so far. */
  readonly stages: readonly string[];
}

const tickMs = 1000;

export function deployStatus({ times }: DeployRun): DeployStatus {
  const last = times.at(-1);
  return {
    text: last ? stageText(last) : 'preparing',
    stages: times.map(({ stage, ms }) => `${stageWords[stage]}: ${formatDuration(ms)}`),
  };
}

/** Deploys under way in this window, for rows, the cancel command and the context key. */
export class DeployTracker implements Disposable {
  readonly #running: DeployRun[] = [];
  readonly #changes = new Emitter<void>();
  #ticks: NodeJS.Timeout | undefined;

  /** Fires at every change, and each second while something runs, because rows show times. */
  readonly onDidChange = this.#changes.event;

  get all(): readonly DeployRun[] {
    return this.#running;
  }

  /** The deploy that runs; those behind it wait. */
  get(key: string): DeployRun | undefined {
    return this.#running.find((deploy) => deploy.key === key);
  }

  statuses(): ReadonlyMap<string, DeployStatus> {
    const byKey = Map.groupBy(this.#running, ({ key }) => key);
    return new Map(
      [...byKey].map(([key, deploys]) => {
        const status = deploys[0] ? deployStatus(deploys[0]) : { text: '', stages: [] };
        const waiting = deploys.length > 1 ? ` (${deploys.length - 1} waiting)` : '';
        return [key, { ...status, text: status.text + waiting }];
      }),
    );
  }

  add(deploy: DeployRun): void {
    this.#running.push(deploy);
    deploy.onStage(() => this.#changed());
    this.#ticks ??= setInterval(() => this.#changed(), tickMs).unref();
    this.#changed();
  }

  #changed(): void {
    this.#changes.fire();
  }

  end(deploy: DeployRun): void {
    const at = this.#running.indexOf(deploy);
    if (at >= 0) this.#running.splice(at, 1);
    if (this.#running.length === 0) this.#stopTicks();
    this.#changed();
  }

  dispose(): void {
    this.#stopTicks();
    for (const deploy of this.#running) deploy.cancel();
    this.#changes.dispose();
  }

  #stopTicks(): void {
    clearInterval(this.#ticks);
    this.#ticks = undefined;
  }
}
