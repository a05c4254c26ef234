import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { App } from '../../../../domain/app.ts';
import type { Rates } from '../../../../domain/cost.ts';
import type { Logger } from '../../../../shared/logger.ts';
import type { ModalScript, Runnable, ScriptApp } from '../../../../domain/script.ts';
import { appObject, isWhollyRead, runnables } from '../../../../domain/script.ts';
import type { ModalCli } from '../../../../modal/cli.ts';
import type { Connection } from '../../../../modal/connection.ts';
import type { ControlPlane } from '../../../../modal/controlPlane.ts';
import type {
  CliTarget,
  DeployFailure,
  PlannedUnit,
  PlanServices,
  SourceFrame,
} from '../../../deploy/core/index.ts';
import {
  cliTarget,
  clockSkewMs,
  DeployError,
  endUnfinished,
  environmentFlag,
  failureProblems,
  planEnvironment,
  planUnits,
  withOwnFiles,
} from '../../../deploy/core/index.ts';
import { readRates } from '../../../../store/rates.ts';

/** What `modal serve` and `modal run` have in common: an app of a script that lives as long as the command. */
export interface ScriptPlan {
  readonly kind: 'serve' | 'run';
  readonly script: string;
  readonly cwd: string;
  /** Of the function that is run; '' for a serve. */
  readonly runnable: string;
  readonly app?: ScriptApp;
  readonly environment: string;
  readonly units: readonly PlannedUnit[];
  /** Everything was read that may cost something. */
  readonly complete: boolean;
  readonly rates: Rates;
  readonly args: readonly string[];
  /** `args` without what must not be shown, for logs and the clipboard. */
  readonly shownArgs: readonly string[];
}

export interface ScriptServices {
  readonly cli: ModalCli;
  readonly connection: Connection;
  readonly plane: ControlPlane;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
}

/** What a later window has to know of the command, if this one goes. */
export interface CommandListener {
  onStart?(pid: number): void;
  /** The command has made its app. */
  onApp?(appId: string): void;
}

export interface ScriptChoice {
  readonly script: string;
  /** Absent when the file's text shows none, e.g. because another file makes it. */
  readonly app?: ScriptApp;
  readonly several?: boolean;
  /** The file as it was read; absent when it was not. */
  readonly read?: ModalScript;
}

/** Finds out what a serve will do and cost, before anything is started. */
export async function planServe(choice: ScriptChoice, services: PlanServices): Promise<ScriptPlan> {
  const { script, app, several = false } = choice;
  const environment = await planEnvironment(services);
  const target = cliTarget(script, choice.read?.module, appObject(app, several));
  const args = ['serve', ...environmentFlag(environment), ...target.args];
  return {
    kind: 'serve',
    runnable: '',
    ...(await common(choice, environment, services)),
    args,
    shownArgs: args,
  };
}

/** @param flags what stands behind the function's name, with and without secrets */
export async function planRun(
  choice: ScriptChoice,
  runnable: Runnable,
  flags: { readonly args: readonly string[]; readonly shownArgs: readonly string[] },
  services: PlanServices,
): Promise<ScriptPlan> {
  const environment = await planEnvironment(services);
  // Options must stand before the reference: what follows it belongs to the function.
  const head = ['run', ...environmentFlag(environment), ...runTarget(choice, runnable).args];
  return {
    kind: 'run',
    runnable: runnable.name,
    ...(await common(choice, environment, services)),
    args: [...head, ...flags.args],
    shownArgs: [...head, ...flags.shownArgs],
  };
}

/** `path.py::function`; with the app's variable where only that tells which is meant. */
export function runTarget(
  { script, app, read }: ScriptChoice,
  { name, ...runnable }: Pick<Runnable, 'name'> & { readonly onlyInApp?: string },
): CliTarget {
  const below = 'onlyInApp' in runnable ? runnable.onlyInApp : undefined;
  const inSeveral = read?.apps.filter((each) => runnables(each).some((other) => other.name === name)) ?? [];
  const needsApp = app !== undefined && (below !== undefined || inSeveral.length > 1);
  return cliTarget(script, read?.module, needsApp ? `${app.variable}.${below ?? name}` : name);
}

async function common(
  { script, app, read }: ScriptChoice,
  environment: string,
  { plane, signal }: PlanServices,
) {
  const rates = await readRates(plane, signal);
  return {
    script,
    cwd: cliTarget(script, read?.module, '').cwd,
    complete: app !== undefined && read !== undefined && isWhollyRead(app, read),
    ...(app ? { app } : {}),
    environment,
    units: planUnits(app?.units ?? [], rates),
    rates,
  };
}

/** The app that the command made: its page names it, or it is the newest that fits. Good enough to read addresses. */
export async function findOwnApp(
  plan: ScriptPlan,
  plane: ControlPlane,
  page: string,
  startedAt: number,
): Promise<App | undefined> {
  const apps = await plane.listApps(plan.environment);
  const id = appIdOfPage(page);
  if (id) return apps.find((app) => app.id === id);
  return apps
    .filter(({ state }) => state === 'ephemeral' || state === 'initializing')
    .filter(({ createdAt = 0 }) => createdAt >= startedAt - clockSkewMs)
    .filter(({ name }) => !plan.app?.name || name === plan.app.name)
    .sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))[0];
}

/** `View run at …/ap-…`, of what the CLI prints first. @returns '' on any other line */
export function pageOfLine(line: string): string {
  return /^✓ Initialized\. View run at (\S+)/.exec(line)?.[1] ?? '';
}

export function appIdOfPage(page: string): string {
  return /\bap-[A-Za-z0-9]+$/.exec(page)?.[0] ?? '';
}

/**
 * Ends on the server what the command may not have had the time to end itself. Only the app of this page: one that
 * merely fits by name or age may be a colleague's.
 */
export async function endOwnApp(
  plan: ScriptPlan,
  { plane, logger }: Pick<ScriptServices, 'plane' | 'logger'>,
  page: string,
): Promise<void> {
  const id = appIdOfPage(page);
  if (!id) return;
  try {
    await endUnfinished({ environment: plan.environment, appId: id }, plane);
  } catch (error) {
    logger.warn(`Could not stop the app of a stopped ${plan.kind} on the server: ${String(error)}`);
  }
}

/** @param output everything that was printed, for the failed step of a build */
export async function scriptError(
  { script, cwd }: ScriptPlan,
  printed: DeployFailure,
  output: string,
): Promise<DeployError> {
  const failure = await withOwnFiles(printed, { script, cwd });
  const message = [failure.cause, failure.nextStep].filter(Boolean).join(' ');
  const source = await readFile(script, 'utf8').catch(() => '');
  const local = await Promise.all(failure.frames.map((frame) => localFrame(frame, cwd)));
  const frames = local.filter((frame) => frame !== undefined);
  const problems = failureProblems({ ...failure, frames }, () => true, script, source, output);
  return new DeployError(message, problems);
}

const containerRoot = '/root/';

/** A frame in the user's own files. In a container they lie below `/root`. */
async function localFrame(frame: SourceFrame, cwd: string): Promise<SourceFrame | undefined> {
  if (frame.file.startsWith(cwd + path.sep)) return frame;
  const at = frame.file.indexOf(containerRoot);
  const below = frame.file.slice(at + containerRoot.length);
  if (at < 0 || below === '' || below.startsWith('/')) return undefined;
  const file = path.join(cwd, below);
  return access(file).then(
    () => ({ ...frame, file }),
    () => undefined,
  );
}
