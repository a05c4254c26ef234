import * as vscode from 'vscode';
import type { Environment } from '../../../domain/app.ts';
import type { Text } from '../../../shared/text.ts';
import { plain, text } from '../../../shared/text.ts';
import { plural, pluralOf } from '../../../shared/format.ts';
import type { AccountNeeds } from './needs.ts';
import { effectiveEnvironment } from './statusLook.ts';
import type { PickItem } from '../../../editor/shown/inputs.ts';
import { showPick } from '../../../editor/shown/inputs.ts';
import { formatUsd } from '../../../domain/priceText.ts';

interface EnvironmentItem extends PickItem {
  /** '' = the profile's own. */
  readonly value: string;
}

/** Lets the user choose where this workspace deploys to. */
export async function switchEnvironment(services: AccountNeeds): Promise<void> {
  const abort = new AbortController();
  try {
    const chosen = await showPick(environmentItems(services, abort.signal), {
      title: text`Switch Modal Environment`,
      placeHolder: text`Select an environment to deploy to`,
      matchOnDescription: true,
    });
    if (chosen) await services.config.choose('environment', chosen.value);
  } finally {
    abort.abort();
  }
}

async function environmentItems(
  { planes, config }: AccountNeeds,
  signal: AbortSignal,
): Promise<EnvironmentItem[]> {
  const environments = await (await planes.get(signal)).listEnvironments(signal);
  const connection = await planes.connection();
  const defaultEnvironment = environments.find(({ isDefault }) => isDefault)?.name ?? '';
  const chosenEnvironment = config.get('environment');
  const facts = { connection, chosenEnvironment, defaultEnvironment };
  const current = effectiveEnvironment(facts).name;
  const own = effectiveEnvironment({ ...facts, chosenEnvironment: '' });
  return [
    ...environments.map((environment) => ({
      label: plain(environment.name),
      description: marks([
        environment.name === current && text`current`,
        environment.isDefault && text`default`,
      ]),
      detail: environmentDetail(environment),
      iconPath: new vscode.ThemeIcon(environment.name === current ? 'check' : 'server-environment'),
      value: environment.name,
    })),
    {
      label: text`Use Profile Default`,
      description: marks([own.name, chosenEnvironment === '' && text`current`]),
      detail: plain(own.source),
      iconPath: new vscode.ThemeIcon('discard'),
      value: '',
    },
  ];
}

function environmentDetail({ runningContainers, runningGpus, spend }: Environment): Text {
  return marks([
    runningContainers === 0 ? 'no running container' : pluralOf(runningContainers, 'running container'),
    runningGpus !== undefined && runningGpus > 0 && plural(runningGpus, 'GPU'),
    spend && `${formatUsd(spend.usd)} of ${formatUsd(spend.limitUsd)} this cycle`,
  ]);
}

export function marks(parts: readonly (string | false | undefined)[]): Text {
  return plain(parts.filter(Boolean).join(' · '));
}
