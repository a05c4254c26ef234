import * as vscode from 'vscode';
import type { DeployPlan, PlannedSecret } from '../../deploy/plan.ts';
import { unitLines } from '../../deploy/unitLines.ts';
import { formatUsdPerHour } from '../../domain/cost.ts';
import { spokenAge } from '../../domain/words.ts';

export type Confirmation = 'deploy' | 'changeGpu' | 'cancel';

/** The one question before a deploy: app, environment, GPU and price, and what will be created or replaced. */
export async function confirmDeploy(plan: DeployPlan): Promise<Confirmation> {
  const { t } = vscode.l10n;
  const deploy = t('Deploy');
  const changeGpu = t('Change GPU…');
  const name = plan.appName || plan.title;
  const chosen = await vscode.window.showInformationMessage(
    t('Deploy {0} to {1}?', name, plan.environment || t('the default environment')),
    { modal: true, detail: previewLines(plan, Date.now()).join('\n') },
    ...(plan.gpu ? [deploy, changeGpu] : [deploy]),
  );
  if (chosen === deploy) return 'deploy';
  return chosen === changeGpu ? 'changeGpu' : 'cancel';
}

/** What the preview says, one fact a line. */
export function previewLines(plan: DeployPlan, now: number): string[] {
  return [...gpuLines(plan), ...plan.secrets.map(secretLine), deployedLine(plan, now)].filter(Boolean);
}

function gpuLines(plan: DeployPlan): string[] {
  if (plan.units) return unitLines(plan.units, plan.rates);
  if (!plan.gpu) return ['GPU and price: as the script says'];
  const { name, memoryGb, usdPerHour } = plan.gpu;
  const price =
    usdPerHour === undefined ? 'price unknown' : `${formatUsdPerHour(usdPerHour)} while a container runs`;
  const source = plan.rates.source === 'live' ? 'live price' : `price of ${plan.rates.asOf}`;
  return [
    `GPU: ${name} (${memoryGb} GB), ${price} (${source}, before credits)`,
    'Nothing is charged while no container runs.',
  ];
}

function secretLine({ secret, state }: PlannedSecret): string {
  if (secret.generate === 'proxy-token') {
    return `Proxy token: ${state === 'found' ? 'kept in this editor' : 'will be created for your requests'}`;
  }
  const words = {
    found: 'is there',
    created: 'will be created with a new random key',
    missing: secret.required ? 'is missing' : 'is not set (optional)',
  };
  return `Secret: ${secret.name} ${words[state]}`;
}

function deployedLine(plan: DeployPlan, now: number): string {
  if (!plan.appName) return '';
  const { deployed } = plan;
  if (!deployed) return 'Now: not deployed';
  const version = deployed.version ? `version ${deployed.version}` : 'a version';
  const age = deployed.deployedAt ? ` of ${spokenAge(deployed.deployedAt, now)}` : '';
  return `Now: ${version}${age} is deployed and will be replaced`;
}
