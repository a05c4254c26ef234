import { readFile } from 'node:fs/promises';
import type { App, AppDetails } from '../../../domain/app.ts';
import { ModalError, isCancelled } from '../../../domain/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { CliResult, ModalCli } from '../../../modal/cli.ts';
import { cliEnvironment, runCli } from '../../../modal/cli.ts';
import type { Connection } from '../../../modal/connection.ts';
import type { ControlPlane, DeployedApp } from '../../../modal/controlPlane.ts';
import { readTrace, traceEnvironment, withoutTrace } from './cliTrace.ts';
import type { SourceFrame } from './failure.ts';
import { explainFailure } from './failure.ts';
import { withOwnFiles } from './missingModule.ts';
import type { Health } from './health.ts';
import type { DeployPlan } from './plan.ts';
import { commandLine } from './plan.ts';
import type { SourceProblem } from './problems.ts';
import { failureProblems, warningProblems } from './problems.ts';
import { KeyedQueue } from './queue.ts';
import type { KeepKey } from './secret.ts';
import { createPlannedSecrets } from './secret.ts';
import type { DeployStage, StageTime } from './stages.ts';
import { announcedStage, laterStage, StageClock } from './stages.ts';
import { withoutPadding } from './panels.ts';
import { endUnfinished } from './unfinished.ts';

export interface DeployServices {
  readonly cli: ModalCli;
  readonly connection: Connection;
  readonly plane: ControlPlane;
  readonly env: NodeJS.ProcessEnv;
  readonly keepKey: KeepKey;
  /** Whether a key is kept by now, e.g. by the deploy before this one. */
  readonly hasKey?: (secretName: string, environment: string) => Promise<boolean>;
  /** Waits for the first healthy answer of what was published; absent: nobody asks. */
  readonly health?: (details: AppDetails, signal: AbortSignal | undefined) => Promise<Health | undefined>;
}

export interface DeployListener {
  /** A stage began; the times are those of all stages so far. */
  onStage(stage: DeployStage, times: () => readonly StageTime[]): void;
  onLine(line: string, stream: 'stdout' | 'stderr'): void;
  /** The CLI runs as the head of this process group; the version is the one that was live just before. */
  onStart?(pid: number, versionBefore: number | undefined): void;
  /** The CLI has made this app, which is not published yet. */
  onApp?(appId: string): void;
}

export interface DeployResult {
  readonly appId: string;
  readonly appName: string;
  readonly environment: string;
  readonly details: AppDetails;
  readonly seconds: number;
  readonly times: readonly StageTime[];
  /** What Modal warned of, at the user's lines. */
  readonly warnings: readonly SourceProblem[];
  /** Absent when nobody asked, or when the wait was cancelled. */
  readonly health?: Health;
}

/**
 * A command that the CLI refused; `problems` are places in the user's files. What was printed is in the Logs panel and
 * not in here: it may hold texts of the user's, which have no place in the extension's own log.
 */
export class DeployError extends ModalError {
  readonly problems: readonly SourceProblem[];

  constructor(message: string, problems: readonly SourceProblem[]) {
    super('cliFailed', message);
    this.name = 'DeployError';
    this.problems = problems;
  }
}

/** Image builds of large models take long, but not longer than this. */
const longestDeployMs = 2 * 60 * 60_000;

/** Runs deploys through the user's CLI: one at a time for each app, further ones wait for their turn. */
export class Deployer {
  readonly #logger: Logger;
  readonly #queue = new KeyedQueue();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Deploys what was planned and reads the outcome from the server.
   * @throws `DeployError` when the CLI fails, kind `cancelled` when aborted before it was published
   */
  async deploy(
    plan: DeployPlan,
    services: DeployServices,
    listener: DeployListener,
    signal?: AbortSignal,
  ): Promise<DeployResult> {
    const clock = new StageClock();
    const enter = (stage: DeployStage) => {
      clock.enter(stage, performance.now());
      listener.onStage(stage, () => clock.times(performance.now()));
    };
    const key = `${plan.environment}/${plan.appName || plan.script}`;
    if (this.#queue.isBusy(key)) enter('queued');
    return this.#queue.run(key, () => this.#run(plan, services, listener, clock, enter, signal), signal);
  }

  async #run(
    plan: DeployPlan,
    services: DeployServices,
    listener: DeployListener,
    clock: StageClock,
    enter: (stage: DeployStage) => void,
    signal?: AbortSignal,
  ): Promise<DeployResult> {
    const start = performance.now();
    enter('check');
    await createPlannedSecrets(plan, services, signal);
    const before = await deployedNow(plan, services.plane, signal);
    const { result, page } = await this.#runCli(plan, services, listener, { clock, enter, before }, signal);
    const warnings = warningProblems(result.stderr);
    if (result.exitCode !== 0) throw await failureOf(plan, result, warnings);
    const outcome = await this.#outcome(plan, services, page);
    const health = await this.#health(outcome.details, services, enter, signal);
    enter('done');
    return {
      ...outcome,
      seconds: (performance.now() - start) / 1000,
      times: clock.times(performance.now()),
      warnings,
      ...(health ? { health } : {}),
    };
  }

  async #runCli(
    plan: DeployPlan,
    { cli, connection, plane, env }: DeployServices,
    listener: DeployListener,
    { clock, enter, before }: RunState,
    signal?: AbortSignal,
  ): Promise<{ readonly result: CliResult; readonly page: string }> {
    listener.onLine(`$ cd ${plan.cwd}`, 'stdout');
    listener.onLine(`$ ${commandLine(plan, cli)}`, 'stdout');
    let page = '';
    let appId: string | undefined;
    let obstacle: string | undefined;
    const giveUp = new AbortController();
    const announce = (stage: DeployStage | undefined) => {
      const current = clock.current ?? 'check';
      const next = laterStage(current, stage);
      // The CLI's end is not ours: the outcome is read first.
      if (next !== current && next !== 'done') enter(next);
    };
    try {
      const result = await runCli(cli, plan.args, {
        cwd: plan.cwd,
        env: { ...cliEnvironment(env, connection), ...traceEnvironment, ...plan.settings },
        timeoutMs: longestDeployMs,
        logger: this.#logger,
        signal: AbortSignal.any([giveUp.signal, ...(signal ? [signal] : [])]),
        onStart: (pid) => listener.onStart?.(pid, before?.version),
        onLine: (line, stream) => {
          const trace = readTrace(line);
          announce(trace ? trace.stage : announcedStage(line));
          if (trace?.obstacle) {
            obstacle = trace.obstacle;
            giveUp.abort();
          }
          if (trace?.appId) {
            appId = trace.appId;
            listener.onApp?.(appId);
          }
          const text = trace ? trace.text : withoutPadding(line);
          if (text !== undefined) listener.onLine(text, stream);
          page = /^View Deployment: (\S+)/.exec(line)?.[1] ?? page;
        },
      });
      return { result: { ...result, stderr: withoutTrace(result.stderr) }, page };
    } catch (error) {
      if (obstacle) throw new ModalError('cliFailed', obstacle, { cause: error });
      const unfinished = { environment: plan.environment, ...(appId ? { appId } : {}) };
      await endUnfinished(unfinished, plane).catch((reason: unknown) =>
        this.#logger.warn(`The cancelled deploy could not be ended on the server: ${String(reason)}`),
      );
      // A cancel that comes too late is a deploy: to call it cancelled would be wrong.
      if (!isCancelled(error) || !(await isPublished(plan, plane, before))) throw error;
      return { result: { exitCode: 0, stdout: '', stderr: '' }, page };
    }
  }

  /** Whoever cancels this wait has a deployed app all the same. */
  async #health(
    details: AppDetails,
    { health }: DeployServices,
    enter: (stage: DeployStage) => void,
    signal?: AbortSignal,
  ): Promise<Health | undefined> {
    if (!health) return undefined;
    enter('health');
    try {
      return await health(details, signal);
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    }
  }

  /** Asks the server what it has now; of the output only the page of an app that names itself is used. */
  async #outcome(
    plan: DeployPlan,
    { plane }: DeployServices,
    page: string,
  ): Promise<Pick<DeployResult, 'appId' | 'appName' | 'environment' | 'details'>> {
    const { environment } = plan;
    const apps = await plane.listApps(environment);
    const live = apps.filter((app) => app.state === 'deployed');
    const found = live.find((app) => (plan.appName ? app.name === plan.appName : isPageOf(app, page)));
    if (!found)
      throw new ModalError('unexpected', `The CLI reported success, but ${plan.title} is not deployed.`);
    const details = await plane.describeApp(found.id);
    return { appId: found.id, appName: found.name, environment, details };
  }
}

/** What a run of the CLI reads and writes as it goes. */
interface RunState {
  readonly clock: StageClock;
  readonly enter: (stage: DeployStage) => void;
  /** What was live just before: the plan may be as old as the deploys before this one. */
  readonly before: DeployedApp | undefined;
}

async function deployedNow(
  { appName, environment }: DeployPlan,
  plane: ControlPlane,
  signal?: AbortSignal,
): Promise<DeployedApp | undefined> {
  return appName ? plane.findDeployedApp(appName, environment, signal) : undefined;
}

/** Whether another version is live than before the deploy. */
async function isPublished(
  plan: DeployPlan,
  plane: ControlPlane,
  before: DeployedApp | undefined,
): Promise<boolean> {
  const now = await deployedNow(plan, plane).catch(() => undefined);
  return now !== undefined && (now.appId !== before?.appId || now.version !== before.version);
}

/** A dashboard page names its app by id or, for deployments, by name. */
function isPageOf(app: App, page: string): boolean {
  const last = page.split(/[/?#]/).filter(Boolean).at(-1);
  return last === app.id || last === app.name;
}

async function failureOf(
  plan: DeployPlan,
  { stdout, stderr, exitCode }: CliResult,
  warnings: readonly SourceProblem[],
): Promise<DeployError> {
  const output = stderr || stdout;
  const failure = await withOwnFiles(explainFailure(output, exitCode), plan);
  const source = await readFile(plan.script, 'utf8').catch(() => '');
  const own = (frame: SourceFrame) => frame.file.startsWith(plan.cwd);
  const problems = failureProblems(failure, own, plan.script, source, stdout);
  const message = [failure.cause, failure.nextStep].filter(Boolean).join(' ');
  return new DeployError(message, [...problems, ...warnings]);
}
