import { randomBytes } from 'node:crypto';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import type { DeployPlan } from './plan.ts';

export type KeepKey = (secretName: string, environment: string, value: string) => Promise<void>;

/**
 * Makes the API-key secrets that the plan promised, 32 random bytes each.
 * @param keep stores the value for test requests; Modal never gives it back
 */
export async function createPlannedSecrets(
  plan: DeployPlan,
  plane: ControlPlane,
  keep: KeepKey,
  signal?: AbortSignal,
): Promise<void> {
  for (const { secret, state } of plan.secrets) {
    if (state !== 'created') continue;
    const value = randomBytes(32).toString('base64url');
    try {
      const values = Object.fromEntries(secret.keys.map((key) => [key, value]));
      await plane.createSecret(secret.name, plan.environment, values, signal);
      await keep(secret.name, plan.environment, value);
    } catch (error) {
      // Somebody made it meanwhile: theirs stays, and requests will ask for its value.
      if (isCancelled(error) || toModalError(error).kind !== 'conflict') throw error;
    }
  }
}
