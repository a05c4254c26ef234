import { lines, text } from '../../../shared/text.ts';
import { lossLines, mayLose, removesFunctions } from '../core/losses.ts';
import type { DeployPlan } from '../core/plan.ts';
import { unitLines } from '../core/unitLines.ts';
import { pluralOf, spokenAge } from '../../../shared/format.ts';
import { commitWords, gpuWords, isComplete, secretWords } from './planWords.ts';
import { showInformation, showWarning } from '../../../editor/shown/messages.ts';
import { priceSource } from '../../../domain/priceText.ts';

export type Confirmation = 'deploy' | 'script' | undefined;

/**
 * The one question before a deploy: app, environment, GPU and price, and what will be created, replaced or removed. Where
 * something may be lost, Enter shows the script and deploys nothing.
 * @returns undefined when the user left
 */
export async function confirmDeploy(plan: DeployPlan, waitsForHealth: boolean): Promise<Confirmation> {
  const name = plan.appName || plan.title;
  const question = text`Deploy ${name} to ${plan.environment || text`the default environment`}?`;
  const options = {
    modal: true,
    detail: lines(confirmationLines(plan, waitsForHealth, Date.now())),
  } as const;
  const { losses } = plan;
  if (!losses || !mayLose(losses)) {
    const deploy = text`Deploy`;
    return (await showInformation(question, options, deploy)) === deploy ? 'deploy' : undefined;
  }
  const show = text`Show Script`;
  const deploy =
    losses.kind === 'compared' && removesFunctions(losses)
      ? text`Deploy and Remove ${pluralOf(losses.gone.length, 'Function')}`
      : text`Deploy Anyway`;
  const chosen = await showWarning(question, options, show, deploy);
  if (chosen === show) return 'script';
  return chosen === deploy ? 'deploy' : undefined;
}

/** What the question says, one fact a line. */
export function confirmationLines(plan: DeployPlan, waitsForHealth: boolean, now: number): string[] {
  return [
    ...lossLines(plan.losses),
    ...gpuLines(plan),
    ...(waitsForHealth ? ['Starts one container for a health check.'] : []),
    ...plan.secrets.map((planned) => {
      const name =
        planned.secret.generate === 'proxy-token' ? 'Proxy token:' : `Secret: ${planned.secret.name}`;
      return `${name} ${secretWords(planned)}`;
    }),
    deployedLine(plan, now),
    ...plan.changes.map((change) => `Change: ${change}`),
  ].filter(Boolean);
}

function gpuLines(plan: DeployPlan): string[] {
  if (plan.units?.length) return unitLines(plan.units, plan.rates, isComplete(plan));
  if (!plan.gpu) return ['GPU and price: set in the script'];
  return [`GPU: ${gpuWords(plan)} (${priceSource(plan.rates)})`, 'You pay only while a container runs.'];
}

function deployedLine(plan: DeployPlan, now: number): string {
  if (!plan.appName) return '';
  const { deployed } = plan;
  if (!deployed) return 'Not deployed yet';
  const version = deployed.version ? `version ${deployed.version}` : 'the live version';
  const age = deployed.deployedAt ? `, deployed ${spokenAge(deployed.deployedAt, now)}` : '';
  const commit = commitWords(plan);
  return `Replaces ${version}${age}${commit ? ` (${commit})` : ''}`;
}
