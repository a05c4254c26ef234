/** What plans are made of: answers of the server, and a script as it is now. */
import type { AppDetails } from '../../../domain/app.ts';
import type { ManifestSecret } from '../../../domain/catalog.ts';
import type { Rates } from '../../../domain/cost.ts';
import { datedRates, gpuUsdPerHour } from '../../../domain/cost.ts';
import { ModalError, isCancelled, toModalError } from '../../../domain/errors.ts';
import { isEnvironmentName } from '../../../domain/identifiers.ts';
import type { ScriptUnit } from '../../../domain/script.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import { oneLine } from '../../../shared/plainText.ts';
import type { Losses, ReadScript } from './losses.ts';
import { lossesOf } from './losses.ts';
import type { DeployPlan, PlannedSecret, PlannedUnit, PlanServices } from './plan.ts';

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

async function defaultEnvironment(plane: ControlPlane, signal?: AbortSignal): Promise<string> {
  const environments = await plane.listEnvironments(signal);
  const marked = environments.find(({ isDefault }) => isDefault);
  // Of several without a mark nobody knows which it is; Modal itself does.
  const only = environments.length === 1 ? environments[0] : undefined;
  return (marked ?? only)?.name ?? '';
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

export function planUnits(units: readonly ScriptUnit[], rates: Rates): PlannedUnit[] {
  return units.map(({ name, gpus, minContainers, unless, keepsUnless, cluster }) => ({
    name,
    minContainers,
    ...(unless ? { unless } : {}),
    ...(keepsUnless ? { keepsUnless } : {}),
    ...(cluster ? { cluster } : {}),
    gpus: gpus?.map((gpu) => ({ name: gpu, usdPerHour: gpuUsdPerHour(gpu, rates) })),
  }));
}

/** What is deployed under a name, as far as the server tells. */
export interface Live {
  /** As a plan shows it. */
  readonly shown: Pick<DeployPlan, 'deployed' | 'live'>;
  readonly details?: AppDetails;
  /** Why there are no details of what is deployed. */
  readonly failure?: string;
}

export async function readLive(
  name: string,
  environment: string,
  { plane, signal }: PlanServices,
): Promise<Live> {
  const deployed = name ? await plane.findDeployedApp(name, environment, signal) : undefined;
  if (!deployed) return { shown: {} };
  // Only to show and compare, which the preview can do without.
  let failure = '';
  const orNothing = (error: unknown): undefined => {
    const reason = toModalError(error);
    if (isCancelled(error)) throw reason;
    failure ||= reason.message;
  };
  const [details, versions] = await Promise.all([
    plane.describeApp(deployed.appId, signal).catch(orNothing),
    plane.history(deployed.appId, signal).catch(orNothing),
  ]);
  const live = versions?.find((version) => version.live);
  return { shown: { deployed, ...(live ? { live } : {}) }, ...(details ? { details } : { failure }) };
}

/** @returns undefined when nothing is deployed */
export function compare({ shown, details, failure }: Live, read: ReadScript | undefined): Losses | undefined {
  if (!shown.deployed) return undefined;
  if (!details)
    return { kind: 'unknown', reason: `Modal did not tell what is live (${failure ?? 'no answer'})` };
  if (!read) return { kind: 'unknown', reason: 'the script could not be read' };
  return lossesOf(details.functions, read);
}

/** @returns undefined when the app is not found in it */
export async function readFresh(
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

export function planSecrets(
  secrets: readonly ManifestSecret[],
  environment: string,
  services: PlanServices,
): Promise<PlannedSecret[]> {
  return Promise.all(secrets.map((secret) => planSecret(secret, services, environment)));
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
