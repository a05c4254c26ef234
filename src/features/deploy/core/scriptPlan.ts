import path from 'node:path';
import type { ManifestSecret } from '../../../domain/catalog.ts';
import { datedRates } from '../../../domain/cost.ts';
import type { ScriptApp } from '../../../domain/script.ts';
import { appObject, isWhollyRead, severalApps } from '../../../domain/script.ts';
import type { Losses, ReadScript } from './losses.ts';
import type { DeployPlan, DeployTarget, PlanServices, ScriptTarget } from './plan.ts';
import { compare, planSecrets, planUnits, readFresh, readLive, readRates } from './planParts.ts';
import { environmentFlag } from './runArguments.ts';
import { cliTarget } from './scriptTarget.ts';

/** A script of the user's, deployed as it is. */
export async function scriptPlan(
  target: DeployTarget & ScriptTarget,
  environment: string,
  services: PlanServices,
): Promise<DeployPlan> {
  const { script } = target;
  const { app, several = false, read } = await asItIs(target, services);
  const name = app?.name ?? '';
  const [rates, live, secrets] = await Promise.all([
    app ? readRates(services.plane, services.signal) : datedRates,
    readLive(name, environment, services),
    planSecrets(secretsOf(app), environment, services),
  ]);
  const losses = name
    ? compare(live, read)
    : await lossesByLastName({ script, app, read }, environment, services);
  const file = cliTarget(script, read?.script.module, appObject(app, several));
  return {
    target: { ...target, ...(app ? { app } : {}), several },
    title: path.basename(script),
    appName: name,
    environment,
    script,
    cwd: file.cwd,
    ...(app ? { units: planUnits(app.units, rates) } : {}),
    complete: read !== undefined && isWhollyRead(read.app, read.script),
    rates,
    secrets,
    ...live.shown,
    ...(losses ? { losses } : {}),
    changes: [],
    values: {},
    settings: {},
    args: ['deploy', ...environmentFlag(environment), ...file.args],
  };
}

/** A script may have changed since it was chosen, e.g. when a deploy is tried again. */
async function asItIs(
  { script, app, several }: ScriptTarget,
  services: PlanServices,
): Promise<Pick<ScriptTarget, 'app' | 'several'> & { readonly read?: ReadScript }> {
  const read = await readFresh(script, app?.variable, services);
  if (!read) return { ...(app ? { app } : {}), ...(several ? { several } : {}) };
  return { app: read.app, several: severalApps(read.script), read };
}

/** Of a script whose text does not name its app. */
async function lossesByLastName(
  {
    script,
    app,
    read,
  }: {
    readonly script: string;
    readonly app: ScriptApp | undefined;
    readonly read: ReadScript | undefined;
  },
  environment: string,
  services: PlanServices,
): Promise<Losses> {
  const name = services.lastName?.(script, app, environment) ?? '';
  const losses = compare(await readLive(name, environment, services), read);
  return losses ?? { kind: 'unknown', reason: 'its text does not tell the name of its app' };
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
