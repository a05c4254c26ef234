import { readFile } from 'node:fs/promises';
import type { App, AppDetails } from '../../../domain/app.ts';
import { ModalError, isCancelled } from '../../../domain/errors.ts';
import type { CliResult } from '../../../modal/cli.ts';
import { cliEnvironment, runCli } from '../../../modal/cli.ts';
import type { ControlPlane, DeployedApp } from '../../../modal/controlPlane.ts';
import type { CommandServices, OutputLine } from './appCommand.ts';
import { AppCommand } from './appCommand.ts';
import { readTrace, traceEnvironment, withoutTrace } from './cliTrace.ts';
import { DeployError } from './deployError.ts';
import type { SourceFrame } from './failure.ts';
import { explainFailure } from './failure.ts';
import type { Health } from './health.ts';
import { withOwnFiles } from './missingModule.ts';
import { withoutPadding } from './panels.ts';
import type { DeployPlan } from './plan.ts';
import { commandLine, targetKey } from './plan.ts';
import type { SourceProblem } from './problems.ts';
import { failureProblems, warningProblems } from './problems.ts';
import type { KeepKey } from './secret.ts';
import { createPlannedSecrets } from './secret.ts';
import type { DeployStage, StageTime } from './stages.ts';
import { announcedStage, laterStage, StageClock, stageWords } from './stages.ts';
import { endUnfinished } from './unfinished.ts';
import { Emitter } from '../../../shared/emitter.ts';

export interface DeployServices extends CommandServices {
  readonly keepKey: KeepKey;
  /** Whether a key is kept by now, e.g. by the deploy before this one. */
  readonly hasKey?: (secretName: string, environment: string) => Promise<boolean>;
  /** Waits for the first healthy answer of what was published; absent: nobody asks. */
  readonly health?: (details: AppDetails, signal: AbortSignal) => Promise<Health | undefined>;
}

/** Where a deploy shows its output. */
export interface DeployLog {
  append(line: string, stream: OutputLine['stream']): void;
  /** A line of our own between those of the command. */
  note(text: string, bad: boolean): void;
  show(): Promise<void>;
}

const noLog: DeployLog = {
  append: () => undefined,
  note: () => undefined,
  show: () => Promise.resolve(),
};

export interface DeployResult {
  readonly appId: string;
  readonly appName: string;
  readonly environment: string;
  readonly details: AppDetails;
  /** What Modal warned of, at the user's lines. */
  readonly warnings: readonly SourceProblem[];
  /** Absent when nobody asked, or when the wait was cancelled. */
  readonly health?: Health;
}

/** Image builds of large models take long, but not longer than this. */
const longestDeployMs = 2 * 60 * 60_000;

/** A deploy from its confirmation to its end: what was planned, what it has reached, and what is deployed by it. */
export class DeployRun extends AppCommand {
  readonly plan: DeployPlan;
  /** What rows know it by: see {@link targetKey}. */
  readonly key: string;
  readonly title: string;
  readonly log: DeployLog;
  readonly #clock = new StageClock();
  readonly #stages = new Emitter<DeployStage>();
  /** What was live just before: the plan may be as old as the deploys before this one. */
  #before: DeployedApp | undefined;
  /** The page of the app, as the CLI prints it. */
  #page = '';
  #outcome: DeployResult | undefined;

  /** A stage began. */
  readonly onStage = this.#stages.event;

  constructor(plan: DeployPlan, log: DeployLog = noLog) {
    super();
    this.plan = plan;
    this.log = log;
    this.onLine(({ line, stream }) => log.append(line, stream));
    this.key = targetKey(plan.target);
    this.title = plan.appName || plan.title;
  }

  get stage(): DeployStage | undefined {
    return this.#clock.current;
  }

  /** Of all stages so far. */
  get times(): readonly StageTime[] {
    return this.#clock.times(performance.now());
  }

  /** What is deployed; absent while it runs, and when it failed or was cancelled. */
  get outcome(): DeployResult | undefined {
    return this.#outcome;
  }

  enter(stage: DeployStage): void {
    this.#clock.enter(stage, performance.now());
    this.log.note(stageWords[stage], false);
    this.#stages.fire(stage);
  }

  /**
   * Deploys what was planned and reads the outcome from the server.
   * @throws `DeployError` when the CLI fails, kind `cancelled` when cancelled before it was published
   */
  async deploy(services: DeployServices): Promise<DeployResult> {
    this.enter('check');
    await createPlannedSecrets(this.plan, services, this.signal);
    this.#before = await this.#deployedNow(services.plane, this.signal);
    const result = await this.#command(services);
    const warnings = warningProblems(result.stderr);
    if (result.exitCode !== 0) throw await failureOf(this.plan, result, warnings);
    const deployed = await this.#deployed(services.plane);
    const health = await this.#health(deployed.details, services);
    this.enter('done');
    this.#outcome = { ...deployed, warnings, ...(health ? { health } : {}) };
    return this.#outcome;
  }

  async #command({ cli, connection, plane, env, logger }: DeployServices): Promise<CliResult> {
    const { plan } = this;
    this.print(`$ cd ${plan.cwd}`);
    this.print(`$ ${commandLine(plan, cli)}`);
    const givenUp = new AbortController();
    try {
      const result = await runCli(cli, plan.args, {
        cwd: plan.cwd,
        env: { ...cliEnvironment(env, connection), ...traceEnvironment, ...plan.settings },
        timeoutMs: longestDeployMs,
        logger,
        signal: AbortSignal.any([givenUp.signal, this.signal]),
        onStart: (pid) => this.started({ pid, ...versionOf(this.#before) }),
        onLine: (line, stream) => {
          const obstacle = this.#read({ line, stream });
          if (obstacle) givenUp.abort(obstacle);
        },
      });
      return { ...result, stderr: withoutTrace(result.stderr) };
    } catch (error) {
      if (givenUp.signal.aborted)
        throw new ModalError('cliFailed', String(givenUp.signal.reason), { cause: error });
      const { appId } = this;
      await endUnfinished({ environment: plan.environment, ...(appId ? { appId } : {}) }, plane).catch(
        (reason: unknown) =>
          logger.warn(`The cancelled deploy could not be ended on the server: ${String(reason)}`),
      );
      // A cancel that comes too late is a deploy: to call it cancelled would be wrong.
      if (!isCancelled(error) || !(await this.#isPublished(plane))) throw error;
      return { exitCode: 0, stdout: '', stderr: '' };
    }
  }

  /** @returns why the CLI will never reach Modal */
  #read({ line, stream }: OutputLine): string | undefined {
    const trace = readTrace(line);
    this.#announce(trace ? trace.stage : announcedStage(line));
    if (trace?.appId) this.madeApp(trace.appId);
    const text = trace ? trace.text : withoutPadding(line);
    if (text !== undefined) this.print(text, stream);
    this.#page = /^View Deployment: (\S+)/.exec(line)?.[1] ?? this.#page;
    return trace?.obstacle;
  }

  #announce(announced: DeployStage | undefined): void {
    const current = this.stage ?? 'check';
    const next = laterStage(current, announced);
    // The CLI's end is not ours: the outcome is read first.
    if (next !== current && next !== 'done') this.enter(next);
  }

  /** Asks the server what it has now; of the output only the page of an app that names itself is used. */
  async #deployed(
    plane: ControlPlane,
  ): Promise<Pick<DeployResult, 'appId' | 'appName' | 'environment' | 'details'>> {
    const { environment, appName, title } = this.plan;
    const apps = await plane.listApps(environment);
    const live = apps.filter((app) => app.state === 'deployed');
    const found = live.find((app) => (appName ? app.name === appName : isPageOf(app, this.#page)));
    if (!found) throw new ModalError('unexpected', `The CLI reported success, but ${title} is not deployed.`);
    const details = await plane.describeApp(found.id);
    return { appId: found.id, appName: found.name, environment, details };
  }

  /** Whoever cancels this wait has a deployed app all the same. */
  async #health(details: AppDetails, { health }: DeployServices): Promise<Health | undefined> {
    if (!health) return undefined;
    this.enter('health');
    try {
      return await health(details, this.signal);
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    }
  }

  async #deployedNow(plane: ControlPlane, signal?: AbortSignal): Promise<DeployedApp | undefined> {
    const { appName, environment } = this.plan;
    return appName ? plane.findDeployedApp(appName, environment, signal) : undefined;
  }

  /** Whether another version is live than before the deploy. */
  async #isPublished(plane: ControlPlane): Promise<boolean> {
    const now = await this.#deployedNow(plane).catch(() => undefined);
    return now !== undefined && (now.appId !== this.#before?.appId || now.version !== this.#before.version);
  }
}

function versionOf(before: DeployedApp | undefined): { readonly versionBefore?: number } {
  return before?.version === undefined ? {} : { versionBefore: before.version };
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
