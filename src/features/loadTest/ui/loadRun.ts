import type { Rates } from '../../../domain/cost.ts';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import type { ContainerPoint, LoadEnd, LoadPlan, LoadPoint, LoadTotals } from '../../../domain/load.ts';
import { ContainerMeter, seenUsd } from '../core/loadCost.ts';
import type { LoadCost, LoadReport } from '../../../domain/loadReport.ts';
import type { NetworkSettings } from '../../../domain/network.ts';
import type { Logger } from '../../../shared/logger.ts';
import { redactBeginning } from '../../../shared/redact.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import { runLoad } from '../core/run.ts';
import { watchContainers } from '../core/watchContainers.ts';
import { wholeBody } from '../../requests/core/index.ts';
import type { LoadTarget } from './loadRequest.ts';
import { seenCost } from './loadWords.ts';

export interface LoadRunOptions {
  readonly target: LoadTarget;
  readonly plan: LoadPlan;
  readonly rates: Rates;
  readonly plane: ControlPlane;
  readonly logger: Logger;
  /** With the key; stays in this process. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly network: NetworkSettings;
  /** GPU of the function that answers, '' without one. */
  readonly gpu: string;
  /** Worst case of the whole test; counted by its time where the containers cannot be read. */
  readonly worstUsd: number;
  readonly workerFile: string;
  readonly onChange: () => void;
}

/** One test that runs, with all that is known of it. */
export class LoadRun {
  readonly #options: LoadRunOptions;
  readonly #stop = new AbortController();
  readonly #meter: ContainerMeter;
  readonly startedAt = Date.now();
  #points: LoadPoint[] = [];
  #containers: ContainerPoint[] = [];
  #totals: LoadTotals | undefined;
  #end: LoadEnd | undefined;
  #bodyBytes = 0;
  #failure = '';

  constructor(options: LoadRunOptions) {
    this.#options = options;
    this.#meter = new ContainerMeter(options.gpu);
  }

  get target(): LoadTarget {
    return this.#options.target;
  }

  get plan(): LoadPlan {
    return this.#options.plan;
  }

  get points(): readonly LoadPoint[] {
    return this.#points;
  }

  get containers(): readonly ContainerPoint[] {
    return this.#containers;
  }

  get totals(): LoadTotals | undefined {
    return this.#totals;
  }

  /** Undefined while it runs. */
  get end(): LoadEnd | undefined {
    return this.#end;
  }

  /** Why there is no result; '' when there is one. */
  get failure(): string {
    return this.#failure;
  }

  get cost(): LoadCost {
    return seenCost(this.#meter.seconds, this.#meter.most, this.#options.rates);
  }

  /** 0 to 1. */
  get progress(): number {
    if (this.#end) return 1;
    const { amount } = this.#options.plan;
    const done =
      amount.kind === 'requests' ? (this.#totals?.sent ?? 0) - (this.#totals?.open ?? 0) : this.#elapsed();
    return Math.min(1, done / (amount.kind === 'requests' ? amount.count : amount.seconds));
  }

  stop(): void {
    this.#finish('stopped');
  }

  /** Never rejects: what went wrong is the result. */
  async run(): Promise<void> {
    const watched = this.#watch();
    try {
      const { target, plan, headers, timeoutSeconds, network, workerFile } = this.#options;
      const { method, url } = target.request.spec;
      const { body, headers: bodyHeaders } = await wholeBody(target.request.spec.body);
      this.#bodyBytes = Buffer.byteLength(body ?? '');
      const { end, snapshot } = await runLoad(
        workerFile,
        {
          request: {
            method,
            url,
            headers: { ...headers, ...bodyHeaders },
            ...(body === undefined ? {} : { body }),
          },
          plan,
          headersTimeoutMs: timeoutSeconds * 1000,
          network,
        },
        this.#stop.signal,
        {
          onSnapshot: ({ totals, points }) => {
            this.#take(totals, points);
            this.#keepCostLimit();
            this.#options.onChange();
          },
        },
      );
      this.#take(snapshot.totals, snapshot.points);
      this.#end ??= end;
    } catch (error) {
      if (!isCancelled(error)) this.#failure = toModalError(error).message;
      this.#end ??= this.#failure ? 'failed' : 'stopped';
    }
    this.#meter.advance(this.#elapsed());
    this.#stop.abort();
    await watched;
    this.#options.onChange();
  }

  /** @returns undefined before the first figures */
  report(): LoadReport | undefined {
    if (!this.#totals || !this.#end) return undefined;
    const { app, endpoint, request } = this.#options.target;
    return {
      app: app.name,
      environment: app.environment,
      endpoint: endpoint.name,
      request: {
        method: request.spec.method,
        url: redactBeginning(request.spec.url),
        bodyBytes: this.#bodyBytes,
      },
      plan: this.plan,
      startedAt: this.startedAt,
      end: this.#end,
      totals: this.#totals,
      points: this.#points,
      containers: this.#containers,
      cost: this.cost,
    };
  }

  #watch(): Promise<void> {
    const { target, plane, logger } = this.#options;
    return watchContainers(
      {
        plane,
        logger,
        environment: target.app.environment,
        appId: target.app.id,
        functionId: target.endpoint.functionId,
        onLook: (point, containers) => {
          if (this.#end) return;
          this.#containers.push(point);
          this.#meter.look(this.#elapsed(), containers);
          this.#keepCostLimit();
          this.#options.onChange();
        },
      },
      this.#stop.signal,
    );
  }

  #keepCostLimit(): void {
    const { plan, rates, worstUsd } = this.#options;
    this.#meter.advance(this.#elapsed());
    // What cannot be seen or has no known price is taken for the dearest, as it was asked about before.
    const seen = this.#containers.length === 0 ? undefined : seenUsd(this.#meter.seconds, rates);
    const usd = seen ?? (worstUsd * this.#elapsed()) / plan.limitSeconds;
    if (usd >= plan.costLimitUsd) this.#finish('costLimit');
  }

  #take(totals: LoadTotals, points: readonly LoadPoint[]): void {
    this.#totals = totals;
    this.#points.push(...points);
  }

  #finish(why: LoadEnd): void {
    if (this.#end) return;
    this.#end = why;
    this.#stop.abort();
  }

  #elapsed(): number {
    return (Date.now() - this.startedAt) / 1000;
  }
}
