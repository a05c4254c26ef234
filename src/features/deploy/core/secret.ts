import { randomBytes } from 'node:crypto';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import type { ManifestSecret } from '../../../domain/catalog.ts';
import type { ControlPlane } from '../../../modal/controlPlane.ts';
import type { DeployPlan } from './plan.ts';

export type KeepKey = (secretName: string, environment: string, value: string) => Promise<void>;

export interface SecretServices {
  readonly plane: ControlPlane;
  /** Stores the value for test requests; Modal never gives it back. */
  readonly keepKey: KeepKey;
  /** Whether one is kept by now, e.g. by the deploy before this one. */
  readonly hasKey?: (secretName: string, environment: string) => Promise<boolean>;
}

/** Makes what the plan promised: secrets with an API key of 32 random bytes, and tokens of Modal's proxy. */
export async function createPlannedSecrets(
  plan: DeployPlan,
  { plane, keepKey, hasKey }: SecretServices,
  signal?: AbortSignal,
): Promise<void> {
  for (const { secret, state } of plan.secrets) {
    if (state !== 'created') continue;
    // Modal would make a second token without a word.
    if (secret.generate === 'proxy-token' && (await hasKey?.(secret.name, plan.environment))) continue;
    try {
      const value = await make(secret, plan, plane, signal);
      await keepKey(secret.name, plan.environment, value);
    } catch (error) {
      if (isCancelled(error) || !isForUser(secret, error)) throw error;
    }
  }
}

async function make(
  secret: ManifestSecret,
  plan: DeployPlan,
  plane: ControlPlane,
  signal?: AbortSignal,
): Promise<string> {
  if (secret.generate === 'proxy-token') return plane.createProxyToken(plan.appName, signal);
  const value = randomBytes(32).toString('base64url');
  const values = Object.fromEntries(secret.keys.map((key) => [key, value]));
  await plane.createSecret(secret.name, plan.environment, values, signal);
  return value;
}

/** Somebody made the secret meanwhile, or must make the token: the deploy goes on, and requests will ask for it. */
function isForUser(secret: ManifestSecret, error: unknown): boolean {
  return toModalError(error).kind === (secret.generate === 'proxy-token' ? 'forbidden' : 'conflict');
}
