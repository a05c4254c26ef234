import path from 'node:path';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import { ModalError } from '../../../domain/errors.ts';
import { gpuTypes, parseGpu } from '../../../domain/gpu.ts';
import { changesOf } from './changes.ts';
import { removesFunctions } from './losses.ts';
import type {
  BundledTarget,
  DeployPlan,
  DeployTarget,
  PlannedGpu,
  PlannedSecret,
  PlanServices,
} from './plan.ts';
import { compare, planSecrets, readFresh, readLive, readRates } from './planParts.ts';
import { environmentFlag } from './runArguments.ts';
import type { SettingValues } from './settings.ts';
import { changedOnly } from './settings.ts';

/** A bundled app, with the choices of its user. */
export async function bundledPlan(
  target: DeployTarget & BundledTarget,
  environment: string,
  services: PlanServices,
): Promise<DeployPlan> {
  const { app } = target;
  const script = path.join(app.folder, app.entry);
  const [rates, live, secrets] = await Promise.all([
    readRates(services.plane, services.signal),
    readLive(app.defaultAppName, environment, services),
    planSecrets(app.secrets, environment, services),
  ]);
  const last = services.lastChoices?.(app.defaultAppName, environment);
  const gpu = target.gpu ?? last?.gpu ?? app.gpu.default;
  const values = changedOnly(app.settings, target.settings ?? last?.settings ?? {});
  const losses = live.shown.deployed && compare(live, await readFresh(script, undefined, services));
  const sameSettings =
    last?.settings !== undefined && isSame(changedOnly(app.settings, last.settings), values);
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
    ...live.shown,
    // With the settings of the last deploy it has what it had, also what only running it would tell.
    ...(losses && (removesFunctions(losses) || !sameSettings) ? { losses } : {}),
    changes: live.details ? changesOf(app, { gpu, values }, live.details, last) : [],
    values,
    settings: {
      ...optionalSecrets(secrets),
      ...values,
      [app.gpu.setting]: gpu,
      APP_NAME: app.defaultAppName,
    },
    args: ['deploy', ...environmentFlag(environment), script],
  };
}

function isSame(a: SettingValues, b: SettingValues): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

function planGpu(name: string, rates: Rates): PlannedGpu {
  if (!parseGpu(name)) {
    const offered = gpuTypes.map((type) => type.name).join(', ');
    throw new ModalError('invalid', `Modal does not offer the GPU "${name}". Choose one of: ${offered}.`);
  }
  return { name, usdPerHour: gpuUsdPerHour(name, rates) };
}

/** An optional secret that the user has made is used: the app learns its name. */
function optionalSecrets(secrets: readonly PlannedSecret[]): Record<string, string> {
  const used = secrets.flatMap(({ secret, state }) =>
    !secret.required && state === 'found' && secret.setting ? [[secret.setting, secret.name] as const] : [],
  );
  return Object.fromEntries(used);
}
