import * as vscode from 'vscode';
import type { DeployTarget } from '../core/plan.ts';
import type { CatalogApp } from '../../../domain/catalog.ts';
import { ModalError } from '../../../domain/errors.ts';
import { plain, text } from '../../../shared/text.ts';
import type { ScriptReference } from '../../workspace/ui/scriptReference.ts';
import type { DeployArgument } from './deployArgument.ts';
import { pick } from '../../../commands/pick.ts';
import type { Services } from '../../../commands/services.ts';

type Choice = CatalogApp | ScriptReference;

/**
 * The code of the app that a button is about, and of no other.
 * @returns undefined when the user left
 * @throws kind `notFound` when nothing here makes that app
 */
export async function deployTargetFor(
  services: Services,
  argument: DeployArgument,
  ofScript: (reference: ScriptReference) => Promise<DeployTarget | undefined>,
): Promise<DeployTarget | undefined> {
  const choice = argument.deploy === 'script' ? argument : await chooseCode(services, argument);
  if (!choice) return undefined;
  const target: DeployTarget | undefined = isBundled(choice)
    ? { kind: 'bundled', app: choice }
    : await ofScript(choice);
  return target && { ...target, environment: argument.environment };
}

async function chooseCode(
  { catalog, scriptFinder }: Services,
  argument: Exclude<DeployArgument, { deploy: 'script' }>,
): Promise<Choice | undefined> {
  const apps = await catalog.apps();
  if (argument.deploy === 'bundled') return apps.find(({ id }) => id === argument.id);
  const { name } = argument;
  const files = await scriptFinder.find();
  const found = [
    ...files.flatMap((file) =>
      file.apps
        .filter((app) => app.name === name)
        .map(({ variable }) => ({
          label: file.label,
          icon: 'file-code',
          value: { uri: file.uri, variable },
        })),
    ),
    ...apps
      .filter((app) => app.defaultAppName === name)
      .map((app) => ({ label: app.title, icon: app.icon, value: app })),
  ];
  if (found.length === 0) {
    const words = `Neither a Python file of this workspace nor the Catalogue has the app ${name}. Open the folder with its code, then deploy it from there.`;
    throw new ModalError('notFound', words);
  }
  if (found.length === 1) return found[0]?.value;
  return pick<Choice>(
    text`Deploy ${name}`,
    text`Choose the code to deploy`,
    found.map(({ label, icon, value }) => ({
      label: plain(label),
      description: isBundled(value) ? text`Catalogue` : text`this workspace`,
      iconPath: new vscode.ThemeIcon(icon),
      value,
    })),
  );
}

function isBundled(choice: Choice): choice is CatalogApp {
  return 'defaultAppName' in choice;
}
