import { bundledPlan } from './bundledPlan.ts';
import type { DeployPlan, DeployTarget, PlanServices } from './plan.ts';
import { planEnvironment } from './planParts.ts';
import { scriptPlan } from './scriptPlan.ts';

/**
 * Finds out what a deploy will do and cost, before anything is changed.
 * @throws kind `invalid` for a GPU that Modal does not offer or a required secret that only the user can make
 */
export async function planDeploy(target: DeployTarget, services: PlanServices): Promise<DeployPlan> {
  const environment = await planEnvironment({
    ...services,
    environment: target.environment || services.environment,
  });
  return target.kind === 'script'
    ? scriptPlan(target, environment, services)
    : bundledPlan(target, environment, services);
}
