import type { App, AppDetails } from '../domain/app.ts';
import { ModalError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import type { ModalCli } from '../modal/cli.ts';
import { cliEnvironment, runCli } from '../modal/cli.ts';
import type { Connection } from '../modal/connection.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import type { SourceFrame } from './failure.ts';
import { explainFailure } from './failure.ts';
import type { DeployPlan } from './plan.ts';
import { commandLine } from './plan.ts';
import type { KeepKey } from './secret.ts';
import { createPlannedSecrets } from './secret.ts';
import type { DeployStage } from './stages.ts';
import { nextStage, stageWords } from './stages.ts';

export interface DeployServices {
  readonly cli: ModalCli;
  readonly connection: Connection;
  readonly plane: ControlPlane;
  readonly env: NodeJS.ProcessEnv;
  readonly keepKey: KeepKey;
}

export interface DeployListener {
  /** A new stage began, with the milliseconds since the start. */
  onStage(stage: DeployStage, elapsedMs: number): void;
  onLine(line: string, stream: 'stdout' | 'stderr'): void;
}

export interface DeployResult {
  readonly appId: string;
  readonly appName: string;
  readonly environment: string;
  readonly details: AppDetails;
  readonly seconds: number;
}

/** A deploy that the CLI refused; `frames` point into the user's files. */
export class DeployError extends ModalError {
  readonly frames: readonly SourceFrame[];

  constructor(message: string, detail: string, frames: readonly SourceFrame[]) {
    super('cliFailed', message, { detail });
    this.name = 'DeployError';
    this.frames = frames;
  }
}

/** Server and editor may disagree on the time by this much. */
const clockSkewMs = 5000;

/** Image builds of large models take long, but not longer than this. */
const longestDeployMs = 2 * 60 * 60_000;

/** Runs deploys through the user's CLI, one at a time for each app. */
export class Deployer {
  readonly #logger: Logger;
  readonly #running = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Deploys what was planned and reads the outcome from the server.
   * @throws `DeployError` when the CLI fails, kind `conflict` when this app is being deployed, `cancelled` when aborted
   */
  async deploy(
    plan: DeployPlan,
    services: DeployServices,
    listener: DeployListener,
    signal?: AbortSignal,
  ): Promise<DeployResult> {
    const key = `${plan.environment}/${plan.appName || plan.script}`;
    if (this.#running.has(key)) throw new ModalError('conflict', `${plan.title} is being deployed already.`);
    this.#running.add(key);
    try {
      return await this.#run(plan, services, listener, signal);
    } finally {
      this.#running.delete(key);
    }
  }

  async #run(
    plan: DeployPlan,
    services: DeployServices,
    listener: DeployListener,
    signal?: AbortSignal,
  ): Promise<DeployResult> {
    const start = performance.now();
    let stage: DeployStage = 'check';
    const enter = (next: DeployStage) => {
      stage = next;
      listener.onStage(next, performance.now() - start);
    };
    enter('check');
    await createPlannedSecrets(plan, services.plane, services.keepKey, signal);
    listener.onLine(`$ ${commandLine(plan, services.cli).join(' ')}`, 'stdout');
    let page = '';
    const startedAt = Date.now();
    const result = await runCli(services.cli, plan.args, {
      cwd: plan.cwd,
      env: { ...cliEnvironment(services.env, services.connection), ...plan.settings },
      timeoutMs: longestDeployMs,
      logger: this.#logger,
      ...(signal ? { signal } : {}),
      onLine: (line, stream) => {
        listener.onLine(line, stream);
        const next = nextStage(stage, line);
        if (next !== stage) enter(next);
        page = /^View Deployment: (\S+)/.exec(line)?.[1] ?? page;
      },
    }).catch(async (error: unknown) => {
      await this.#disconnect(plan, services.plane, startedAt);
      throw error;
    });
    if (result.exitCode !== 0) throw failureOf(plan, result.stderr || result.stdout, result.exitCode);
    const outcome = await this.#outcome(plan, services, page, signal);
    return { ...outcome, seconds: (performance.now() - start) / 1000 };
  }

  /**
   * Ends the unfinished app of a deploy that was cut off. The CLI does that itself if it gets the time; what it has
   * published meanwhile is left alone.
   */
  async #disconnect(plan: DeployPlan, plane: ControlPlane, startedAt: number): Promise<void> {
    try {
      const apps = await plane.listApps(plan.environment);
      const unfinished = apps.filter(
        (app) =>
          app.state === 'initializing' &&
          app.createdAt >= startedAt - clockSkewMs &&
          (!plan.appName || app.name === plan.appName),
      );
      // A script's name is not known here; with several candidates nobody can tell which one is ours.
      if (unfinished.length === 1 && unfinished[0]) await plane.disconnectApp(unfinished[0].id);
    } catch (error) {
      this.#logger.warn(`The cancelled deploy could not be ended on the server: ${String(error)}`);
    }
  }

  /** Asks the server what it has now; of the output only the page of an app that names itself is used. */
  async #outcome(
    plan: DeployPlan,
    { plane }: DeployServices,
    page: string,
    signal?: AbortSignal,
  ): Promise<Omit<DeployResult, 'seconds'>> {
    const { environment } = plan;
    const apps = await plane.listApps(environment, signal);
    const live = apps.filter((app) => app.state === 'deployed');
    const found = live.find((app) => (plan.appName ? app.name === plan.appName : isPageOf(app, page)));
    if (!found)
      throw new ModalError('unexpected', `The CLI reported success, but ${plan.title} is not deployed.`);
    const details = await plane.describeApp(found.id, signal);
    return { appId: found.id, appName: found.name, environment, details };
  }
}

/** A dashboard page names its app by id or, for deployments, by name. */
function isPageOf(app: App, page: string): boolean {
  const last = page.split(/[/?#]/).filter(Boolean).at(-1);
  return last === app.id || last === app.name;
}

export function stageText(stage: DeployStage): string {
  return stageWords[stage];
}

function failureOf(plan: DeployPlan, output: string, exitCode: number): DeployError {
  const { cause, nextStep, frames } = explainFailure(output, exitCode);
  const own = frames.filter((frame) => frame.file.startsWith(plan.cwd));
  const message = [cause, nextStep].filter(Boolean).join(' ');
  return new DeployError(message, output.trim(), own);
}
