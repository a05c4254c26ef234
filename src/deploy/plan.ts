import path from 'node:path';
import type { CatalogApp, ManifestSecret } from '../domain/catalog.ts';
import type { Rates } from '../domain/cost.ts';
import { datedRates, gpuUsdPerHour } from '../domain/cost.ts';
import { ModalError, isCancelled, toModalError } from '../domain/errors.ts';
import { gpuTypes, parseGpu } from '../domain/gpu.ts';
import type { ScriptApp, ScriptUnit } from '../domain/script.ts';
import { appReference } from '../domain/script.ts';
import type { ModalCli } from '../modal/cli.ts';
import type { Connection } from '../modal/connection.ts';
import type { ControlPlane, DeployedApp } from '../modal/controlPlane.ts';

/** What the user wants to deploy: a bundled app, or a script of their own as it is. */
export type DeployTarget =
  | { readonly kind: 'bundled'; readonly app: CatalogApp; readonly gpu?: string }
  | {
      readonly kind: 'script';
      readonly script: string;
      /** Absent when the file's text does not show one, e.g. because another file makes it. */
      readonly app?: ScriptApp;
      /** The file has more than one app, so the CLI must be told which. */
      readonly several?: boolean;
    };

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
  readonly rates: Rates;
  readonly secrets: readonly PlannedSecret[];
  readonly deployed?: DeployedApp;
  /** Environment variables for the CLI, from the manifest's settings. */
  readonly settings: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

export interface PlanServices {
  readonly plane: ControlPlane;
  readonly connection: Connection;
  /** Chosen by the user; '' = the profile's. */
  readonly environment: string;
  /** Whether the editor keeps the value of a key or token. */
  readonly hasKey?: (secretName: string, environment: string) => Promise<boolean>;
  readonly signal?: AbortSignal;
}

/**
 * Finds out what a deploy will do and cost, before anything is changed.
 * @throws kind `invalid` for a GPU that Modal does not offer or a required secret that only the user can make
 */
export async function planDeploy(target: DeployTarget, services: PlanServices): Promise<DeployPlan> {
  const { plane, signal } = services;
  const environment = await planEnvironment(services);
  const args = (script: string) => ['deploy', ...environmentFlag(environment), script];
  if (target.kind === 'script') {
    const { script, app, several = false } = target;
    const name = app?.name ?? '';
    const [rates, deployed] = await Promise.all([
      app ? readRates(plane, signal) : datedRates,
      name ? plane.findDeployedApp(name, environment, signal) : undefined,
    ]);
    return {
      target,
      title: path.basename(script),
      appName: name,
      environment,
      script,
      cwd: path.dirname(script),
      ...(app ? { units: planUnits(app.units, rates) } : {}),
      rates,
      secrets: [],
      ...(deployed ? { deployed } : {}),
      settings: {},
      args: args(appReference(script, app, several)),
    };
  }
  const { app } = target;
  const [rates, deployed, secrets] = await Promise.all([
    readRates(plane, signal),
    plane.findDeployedApp(app.defaultAppName, environment, signal),
    Promise.all(app.secrets.map((secret) => planSecret(secret, services, environment))),
  ]);
  const gpu = target.gpu ?? app.gpu.default;
  const script = path.join(app.folder, app.entry);
  return {
    target,
    title: app.title,
    appName: app.defaultAppName,
    environment,
    script,
    cwd: app.folder,
    gpu: planGpu(gpu, rates),
    rates,
    secrets,
    ...(deployed ? { deployed } : {}),
    settings: { ...optionalSecrets(secrets), [app.gpu.setting]: gpu, APP_NAME: app.defaultAppName },
    args: args(script),
  };
}

/** The environment that the CLI will be told. */
export async function planEnvironment({
  plane,
  connection,
  environment,
  signal,
}: Pick<PlanServices, 'plane' | 'connection' | 'environment' | 'signal'>): Promise<string> {
  return environment || connection.environment || (await defaultEnvironment(plane, signal));
}

export function environmentFlag(environment: string): string[] {
  return environment ? ['--env', environment] : [];
}

export function planUnits(units: readonly ScriptUnit[], rates: Rates): PlannedUnit[] {
  return units.map(({ name, gpus, minContainers }) => ({
    name,
    minContainers,
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

/** The command line as the user could type it. */
export function commandLine(plan: DeployPlan, cli: ModalCli): string[] {
  return [cli.command, ...cli.args, ...plan.args];
}

async function defaultEnvironment(plane: ControlPlane, signal?: AbortSignal): Promise<string> {
  const environments = await plane.listEnvironments(signal);
  return (environments.find((environment) => environment.isDefault) ?? environments[0])?.name ?? '';
}

export async function readRates(plane: ControlPlane, signal?: AbortSignal): Promise<Rates> {
  try {
    return await plane.rates(signal);
  } catch (error) {
    // Not every role may read them; the dated table says so wherever it is shown.
    if (isCancelled(error)) throw toModalError(error);
    return datedRates;
  }
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

/** Secrets that the user must make first. */
export function missingSecrets(plan: DeployPlan): ManifestSecret[] {
  return plan.secrets
    .filter((item) => item.state === 'missing' && item.secret.required)
    .map((item) => item.secret);
}
