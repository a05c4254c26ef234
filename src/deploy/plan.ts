import path from 'node:path';
import type { CatalogApp, ManifestSecret } from '../domain/catalog.ts';
import type { Rates } from '../domain/cost.ts';
import { datedRates, gpuUsdPerHour } from '../domain/cost.ts';
import { ModalError, isCancelled, toModalError } from '../domain/errors.ts';
import { gpuTypes, parseGpu } from '../domain/gpu.ts';
import type { ModalCli } from '../modal/cli.ts';
import type { Connection } from '../modal/connection.ts';
import type { ControlPlane, DeployedApp } from '../modal/controlPlane.ts';

/** What the user wants to deploy: a bundled app, or a script of their own as it is. */
export type DeployTarget =
  | { readonly kind: 'bundled'; readonly app: CatalogApp; readonly gpu?: string }
  | { readonly kind: 'script'; readonly script: string };

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

export interface DeployPlan {
  readonly target: DeployTarget;
  readonly title: string;
  /** Deployment name; '' for a script, which names itself. */
  readonly appName: string;
  /** '' = the server's default environment. */
  readonly environment: string;
  readonly script: string;
  readonly cwd: string;
  readonly gpu?: PlannedGpu;
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
  const environment =
    services.environment || services.connection.environment || (await defaultEnvironment(plane, signal));
  const args = (script: string) => ['deploy', ...(environment ? ['--env', environment] : []), script];
  if (target.kind === 'script') {
    return {
      target,
      title: path.basename(target.script),
      appName: '',
      environment,
      script: target.script,
      cwd: path.dirname(target.script),
      rates: datedRates,
      secrets: [],
      settings: {},
      args: args(target.script),
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

/** The command line as the user could type it. */
export function commandLine(plan: DeployPlan, cli: ModalCli): string[] {
  return [cli.command, ...cli.args, ...plan.args];
}

async function defaultEnvironment(plane: ControlPlane, signal?: AbortSignal): Promise<string> {
  const environments = await plane.listEnvironments(signal);
  return (environments.find((environment) => environment.isDefault) ?? environments[0])?.name ?? '';
}

/** The live rates, or the dated table where they cannot be read. */
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
