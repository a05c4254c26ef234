import { readRates } from '../../../store/rates.ts';
import path from 'node:path';
import type { AppDetails } from '../../../domain/app.ts';
import type { CatalogApp, ManifestSecret } from '../../../domain/catalog.ts';
import type { Rates } from '../../../domain/cost.ts';
import { datedRates, gpuUsdPerHour } from '../../../domain/cost.ts';
import { ModalError, isCancelled, toModalError } from '../../../domain/errors.ts';
import type { AppVersion } from '../../../domain/lifecycle.ts';
import { gpuTypes, parseGpu } from '../../../domain/gpu.ts';
import { isEnvironmentName } from '../../../domain/identifiers.ts';
import { oneLine } from '../../../shared/plainText.ts';
import type { ModalScript, ScriptApp, ScriptUnit } from '../../../domain/script.ts';
import { appObject, isWhollyRead, severalApps } from '../../../domain/script.ts';
import { shellCommand } from '../../../modal/shell.ts';
import type { ModalCli } from '../../../modal/cli.ts';
import type { Connection } from '../../../modal/connection.ts';
import type { ControlPlane, DeployedApp } from '../../../modal/controlPlane.ts';
import { changesOf } from './changes.ts';
import type { Losses, ReadScript } from './losses.ts';
import { lossesOf, removesFunctions } from './losses.ts';
import { environmentFlag } from './runArguments.ts';
import { cliTarget } from './scriptTarget.ts';
import type { SettingValues } from './settings.ts';
import { changedOnly } from './settings.ts';

/** What the user may choose in the preview; what is absent is as the manifest, the profile or the last deploy says. */
export interface DeployChoices {
  readonly environment?: string;
  readonly gpu?: string;
  readonly settings?: SettingValues;
}

/** What the user wants to deploy: a bundled app, or a script of their own as it is. */
export type DeployTarget = DeployChoices & (BundledTarget | ScriptTarget);

export interface BundledTarget {
  readonly kind: 'bundled';
  readonly app: CatalogApp;
}

export interface ScriptTarget {
  readonly kind: 'script';
  readonly script: string;
  /** Absent when the file's text does not show one, e.g. because another file makes it. */
  readonly app?: ScriptApp;
  /** The file has more than one app, so the CLI must be told which. */
  readonly several?: boolean;
}

export interface PlannedSecret {
  readonly secret: ManifestSecret;
  readonly state: 'found' | 'created' | 'missing';
}

export interface PlannedGpu {
  readonly name: string;
  readonly memoryGb: number;
  /** Of one container; undefined when no rate is known. */
  readonly usdPerHour: number | undefined;
}

/** What a function or class of a script costs while it runs. */
export interface PlannedUnit {
  readonly name: string;
  /** Choices in order; empty = CPU; undefined = only running the script would tell. */
  readonly gpus: readonly UnitGpu[] | undefined;
  /** Containers kept, and so paid, all the time; undefined = only running the script would tell. */
  readonly minContainers: number | undefined;
  /** Environment variables that change the GPU where they are set. */
  readonly unless?: readonly string[];
  /** Those that change the containers that are kept. */
  readonly keepsUnless?: readonly string[];
  /** Containers that one call starts together; `size` undefined = only running the script would tell. */
  readonly cluster?: { readonly size: number | undefined };
}

/** A GPU as the script names it; one that is not known here has no memory and no price. */
export type UnitGpu = Omit<PlannedGpu, 'memoryGb'> & { readonly memoryGb: number | undefined };

export interface DeployPlan {
  readonly target: DeployTarget;
  readonly title: string;
  /** Deployment name; '' for a script whose text does not tell it. */
  readonly appName: string;
  /** '' = the server's default environment. */
  readonly environment: string;
  readonly script: string;
  readonly cwd: string;
  readonly gpu?: PlannedGpu;
  /** Of a script whose app is known. */
  readonly units?: readonly PlannedUnit[];
  /** Of a script: everything was read that may cost something. */
  readonly complete?: boolean;
  readonly rates: Rates;
  readonly secrets: readonly PlannedSecret[];
  readonly deployed?: DeployedApp;
  /** The version that answers now, with its commit; absent when the server does not tell. */
  readonly live?: AppVersion;
  /** What it would take away; absent where nothing is deployed, and where nothing can be lost. */
  readonly losses?: Losses;
  /** In words: how what will be deployed differs from what is; empty when nothing is known to differ. */
  readonly changes: readonly string[];
  /** Settings of a bundled app that differ from its manifest. */
  readonly values: SettingValues;
  /** Environment variables for the CLI, from the choices. */
  readonly settings: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

export interface PlanServices {
  readonly plane: ControlPlane;
  readonly connection: Connection;
  /** Chosen by the user; '' = the profile's. */
  readonly environment: string;
  /** Choices of the last deploy of this app to this environment from here. */
  readonly lastChoices?: (appName: string, environment: string) => DeployChoices | undefined;
  /** Whether the editor keeps the value of a key or token. */
  readonly hasKey?: (secretName: string, environment: string) => Promise<boolean>;
  /** Reads a Python file as it is now. Without it, what would be lost cannot be told. */
  readonly readScript?: (file: string) => Promise<ModalScript>;
  /** Name under which this script was deployed from here, where its text does not tell it. */
  readonly lastName?: (script: string, app: ScriptApp | undefined, environment: string) => string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Finds out what a deploy will do and cost, before anything is changed.
 * @throws kind `invalid` for a GPU that Modal does not offer or a required secret that only the user can make
 */
export async function planDeploy(target: DeployTarget, services: PlanServices): Promise<DeployPlan> {
  const { plane, signal } = services;
  const environment = await planEnvironment({
    ...services,
    environment: target.environment || services.environment,
  });
  const args = (...file: readonly string[]) => ['deploy', ...environmentFlag(environment), ...file];
  if (target.kind === 'script') {
    const { script } = target;
    const { app, several = false, read } = await asItIs(target, services);
    const name = app?.name ?? '';
    const file = cliTarget(script, read?.script.module, appObject(app, several));
    const [rates, deployed, secrets] = await Promise.all([
      app ? readRates(plane, signal) : datedRates,
      name ? plane.findDeployedApp(name, environment, signal) : undefined,
      Promise.all(secretsOf(app).map((secret) => planSecret(secret, services, environment))),
    ]);
    const { details, live, failure } = deployed ? await readLive(plane, deployed.appId, signal) : nothingLive;
    const losses = name
      ? deployed && compare(details, failure, read)
      : await lossesByLastName(script, app, read, services, environment);
    return {
      target: { ...target, ...(app ? { app } : {}), several },
      ...(losses ? { losses } : {}),
      title: path.basename(script),
      appName: name,
      environment,
      script,
      cwd: file.cwd,
      ...(app ? { units: planUnits(app.units, rates) } : {}),
      complete: read !== undefined && isWhollyRead(read.app, read.script),
      rates,
      secrets,
      ...(deployed ? { deployed } : {}),
      ...(live ? { live } : {}),
      changes: [],
      values: {},
      settings: {},
      args: args(...file.args),
    };
  }
  const { app } = target;
  const [rates, deployed, secrets] = await Promise.all([
    readRates(plane, signal),
    plane.findDeployedApp(app.defaultAppName, environment, signal),
    Promise.all(app.secrets.map((secret) => planSecret(secret, services, environment))),
  ]);
  const last = services.lastChoices?.(app.defaultAppName, environment);
  const gpu = target.gpu ?? last?.gpu ?? app.gpu.default;
  const values = changedOnly(app.settings, target.settings ?? last?.settings ?? {});
  const { details, live, failure } = deployed ? await readLive(plane, deployed.appId, signal) : nothingLive;
  const script = path.join(app.folder, app.entry);
  const losses = deployed && compare(details, failure, await readFresh(script, undefined, services));
  const sameSettings =
    last?.settings !== undefined && isSame(changedOnly(app.settings, last.settings), values);
  const isCertain = removesFunctions(losses);
  return {
    target,
    title: app.title,
    appName: app.defaultAppName,
    environment,
    script,
    cwd: app.folder,
    // With the settings of the last deploy it has what it had, also what only running it would tell.
    ...(losses && (isCertain || !sameSettings) ? { losses } : {}),
    gpu: planGpu(gpu, rates),
    rates,
    secrets,
    ...(deployed ? { deployed } : {}),
    ...(live ? { live } : {}),
    changes: details ? changesOf(app, { gpu, values }, details, last) : [],
    values,
    settings: {
      ...optionalSecrets(secrets),
      ...values,
      [app.gpu.setting]: gpu,
      APP_NAME: app.defaultAppName,
    },
    args: args(script),
  };
}

/** The command as the user could type it in `plan.cwd`. Settings are no secrets: keys never stand in them. */
export function commandLine(plan: DeployPlan, cli: ModalCli): string {
  return shellCommand([cli.command, ...cli.args, ...plan.args], plan.settings);
}

/** Only to show and compare, which the preview can do without. */
async function readLive(plane: ControlPlane, appId: string, signal?: AbortSignal): Promise<Live> {
  let failure = '';
  const orNothing = (error: unknown): undefined => {
    const reason = toModalError(error);
    if (isCancelled(error)) throw reason;
    failure ||= reason.message;
  };
  const [details, versions] = await Promise.all([
    plane.describeApp(appId, signal).catch(orNothing),
    plane.history(appId, signal).catch(orNothing),
  ]);
  const live = versions?.find((version) => version.live);
  return { ...(details ? { details } : { failure }), ...(live ? { live } : {}) };
}

interface Live {
  readonly details?: AppDetails;
  readonly live?: AppVersion;
  /** Why there are no details. */
  readonly failure?: string;
}

const nothingLive: Live = {};

/** A script may have changed since it was chosen, e.g. when a deploy is tried again. */
async function asItIs(
  { script, app, several }: ScriptTarget,
  services: PlanServices,
): Promise<Pick<ScriptTarget, 'app' | 'several'> & { readonly read?: ReadScript }> {
  const read = await readFresh(script, app?.variable, services);
  if (!read) return { ...(app ? { app } : {}), ...(several ? { several } : {}) };
  return { app: read.app, several: severalApps(read.script), read };
}

/** @returns undefined when the app is not found in it */
async function readFresh(
  file: string,
  variable: string | undefined,
  { readScript }: PlanServices,
): Promise<ReadScript | undefined> {
  const script = await readScript?.(file).catch(() => undefined);
  const app =
    variable === undefined && script?.apps.length !== 1
      ? undefined
      : script?.apps.find(
          (each) => (variable === undefined || each.variable === variable) && !each.unreachable,
        );
  if (!script || !app) return undefined;
  return { script, app };
}

function compare(
  details: AppDetails | undefined,
  failure: string | undefined,
  read: ReadScript | undefined,
): Losses {
  if (!details)
    return { kind: 'unknown', reason: `Modal did not tell what is live (${failure ?? 'no answer'})` };
  if (!read) return { kind: 'unknown', reason: 'the script could not be read' };
  return lossesOf(details.functions, read);
}

/** Of a script whose text does not name its app. */
async function lossesByLastName(
  script: string,
  app: ScriptApp | undefined,
  read: ReadScript | undefined,
  { lastName, plane, signal }: PlanServices,
  environment: string,
): Promise<Losses | undefined> {
  const reason = 'its text does not tell the name of its app';
  const name = lastName?.(script, app, environment);
  if (!name) return { kind: 'unknown', reason };
  const deployed = await plane.findDeployedApp(name, environment, signal);
  if (!deployed) return { kind: 'unknown', reason };
  const { details, failure } = await readLive(plane, deployed.appId, signal);
  return compare(details, failure, read);
}

function isSame(a: SettingValues, b: SettingValues): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

/** Secrets that the text of a script names. Which keys they need only their user knows. */
function secretsOf(app: ScriptApp | undefined): ManifestSecret[] {
  const names = new Set(app?.units.flatMap((unit) => unit.secrets));
  const sure = new Set(
    app?.units.flatMap(({ secrets, maybeSecrets = [] }) =>
      secrets.filter((name) => !maybeSecrets.includes(name)),
    ),
  );
  return [...names].map((name) => ({
    name,
    keys: [],
    generate: null,
    required: sure.has(name),
    purpose: 'The script names it.',
  }));
}

/** The environment that the CLI will be told. */
export async function planEnvironment({
  plane,
  connection,
  environment,
  signal,
}: Pick<PlanServices, 'plane' | 'connection' | 'environment' | 'signal'>): Promise<string> {
  const name = environment || connection.environment || (await defaultEnvironment(plane, signal));
  if (name) assertEnvironmentName(name);
  return name;
}

function assertEnvironmentName(name: string): void {
  if (isEnvironmentName(name)) return;
  throw new ModalError(
    'invalid',
    `"${oneLine(name, 64)}" is not a name that a Modal environment can have. Choose another with "Modal: Switch Environment", then try again.`,
  );
}

export function planUnits(units: readonly ScriptUnit[], rates: Rates): PlannedUnit[] {
  return units.map(({ name, gpus, minContainers, unless, keepsUnless, cluster }) => ({
    name,
    minContainers,
    ...(unless ? { unless } : {}),
    ...(keepsUnless ? { keepsUnless } : {}),
    ...(cluster ? { cluster } : {}),
    gpus: gpus?.map((gpu) => {
      const request = parseGpu(gpu);
      return {
        name: gpu,
        memoryGb: request && request.type.memoryGb * request.count,
        usdPerHour: gpuUsdPerHour(gpu, rates),
      };
    }),
  }));
}

async function defaultEnvironment(plane: ControlPlane, signal?: AbortSignal): Promise<string> {
  const environments = await plane.listEnvironments(signal);
  const marked = environments.find(({ isDefault }) => isDefault);
  // Of several without a mark nobody knows which it is; Modal itself does.
  const only = environments.length === 1 ? environments[0] : undefined;
  return (marked ?? only)?.name ?? '';
}

function planGpu(name: string, rates: Rates): PlannedGpu {
  const request = parseGpu(name);
  if (!request) {
    const offered = gpuTypes.map((type) => type.name).join(', ');
    throw new ModalError('invalid', `Modal does not offer the GPU "${name}". Choose one of: ${offered}.`);
  }
  return { name, memoryGb: request.type.memoryGb * request.count, usdPerHour: gpuUsdPerHour(name, rates) };
}

async function planSecret(
  secret: ManifestSecret,
  { plane, hasKey, signal }: PlanServices,
  environment: string,
): Promise<PlannedSecret> {
  if (secret.generate === 'proxy-token') {
    // A token belongs to no environment and cannot be read again: only the editor knows whether it has one.
    return { secret, state: (await hasKey?.(secret.name, environment)) ? 'found' : 'created' };
  }
  if (await plane.hasSecret(secret.name, environment, signal)) return { secret, state: 'found' };
  if (secret.generate) return { secret, state: 'created' };
  return { secret, state: 'missing' };
}

/** An optional secret that the user has made is used: the app learns its name. */
function optionalSecrets(secrets: readonly PlannedSecret[]): Record<string, string> {
  const used = secrets.flatMap(({ secret, state }) =>
    !secret.required && state === 'found' && secret.setting ? [[secret.setting, secret.name] as const] : [],
  );
  return Object.fromEntries(used);
}

/** Secrets that the user must make first. A script may name one that it does not use in the end: it is only told. */
export function missingSecrets(plan: DeployPlan): ManifestSecret[] {
  if (plan.target.kind === 'script') return [];
  return plan.secrets
    .filter((item) => item.state === 'missing' && item.secret.required)
    .map((item) => item.secret);
}
