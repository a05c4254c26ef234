import type { DeployPlan, PlannedSecret } from '../core/plan.ts';
import { formatUsdPerHour, gpuWithMemory } from '../../../domain/priceText.ts';

/** Wordings of a plan that the preview and the confirmation share. */

/** `A10 (24 GB), $1.10/h while a container runs`. */
export function gpuWords({ gpu }: DeployPlan): string {
  if (!gpu) return '';
  const running = gpu.usdPerHour === undefined ? '' : ' while a container runs';
  return `${gpuWithMemory(gpu.name)}, ${formatUsdPerHour(gpu.usdPerHour)}${running}`;
}

/** `commit a1b2c3d, with uncommitted changes`; '' when no commit is known. */
export function commitWords({ live }: DeployPlan): string {
  if (!live?.commit) return '';
  const { dirty, hash } = live.commit;
  const unknown = dirty === undefined ? ', perhaps with uncommitted changes' : '';
  return `commit ${hash.slice(0, 7)}${dirty ? ', with uncommitted changes' : unknown}`;
}

/** Whether the text of a script tells all that it deploys. */
export function isComplete({ complete = false }: DeployPlan): boolean {
  return complete;
}

export function secretWords({ secret, state }: PlannedSecret): string {
  if (secret.generate === 'proxy-token')
    return state === 'found' ? 'saved in VS Code' : 'will be created for your requests';
  const words = {
    found: 'exists',
    created: 'will be created with a new random key',
    missing: secret.required ? 'missing' : secret.setting ? 'not set (optional)' : 'not found, may be needed',
  };
  return words[state];
}
