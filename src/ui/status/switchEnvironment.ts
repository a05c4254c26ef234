import * as vscode from 'vscode';
import type { Environment } from '../../domain/app.ts';
import { plural, pluralOf } from '../../domain/words.ts';
import type { Services } from '../commands/services.ts';
import { effectiveEnvironment } from './statusLook.ts';

interface EnvironmentItem extends vscode.QuickPickItem {
  /** '' = the profile's own. */
  readonly value: string;
}

/** Lets the user choose where this workspace deploys to. */
export async function switchEnvironment(services: Services): Promise<void> {
  const { t } = vscode.l10n;
  const chosen = await vscode.window.showQuickPick(environmentItems(services), {
    title: t('Switch Modal Environment'),
    placeHolder: t('Deploys of this workspace go to the chosen environment'),
    matchOnDescription: true,
  });
  if (chosen) await services.config.choose('environment', chosen.value);
}

async function environmentItems({ planes, config }: Services): Promise<EnvironmentItem[]> {
  const { t } = vscode.l10n;
  const environments = await (await planes.get()).listEnvironments();
  const connection = await planes.connection();
  const defaultEnvironment = environments.find(({ isDefault }) => isDefault)?.name ?? '';
  const chosenEnvironment = config.get('environment');
  const facts = { connection, chosenEnvironment, defaultEnvironment };
  const current = effectiveEnvironment(facts).name;
  const own = effectiveEnvironment({ ...facts, chosenEnvironment: '' });
  return [
    ...environments.map((environment) => ({
      label: environment.name,
      description: marks([
        environment.name === current && t('in use'),
        environment.isDefault && t('default'),
      ]),
      detail: environmentDetail(environment),
      iconPath: new vscode.ThemeIcon(environment.name === current ? 'check' : 'server-environment'),
      value: environment.name,
    })),
    {
      label: t("Use the Profile's Own"),
      description: marks([own.name, chosenEnvironment === '' && t('in use')]),
      detail: own.source,
      iconPath: new vscode.ThemeIcon('discard'),
      value: '',
    },
  ];
}

function environmentDetail({ runningContainers, runningGpus, spend }: Environment): string {
  return marks([
    runningContainers === 0 ? 'no running container' : pluralOf(runningContainers, 'running container'),
    runningGpus !== undefined && runningGpus > 0 && plural(runningGpus, 'GPU'),
    spend && `$${spend.usd.toFixed(2)} of $${spend.limitUsd.toFixed(2)} this cycle`,
  ]);
}

export function marks(parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}
