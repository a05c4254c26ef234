import * as vscode from 'vscode';
import type { commands, TargetOf } from '../contributions.ts';
import type { CatalogApp } from '../domain/catalog.ts';
import { ModalError } from '../domain/errors.ts';
import type { ScriptReference } from '../domain/target.ts';
import { isModalScript } from '../editor/activeScript.ts';
import { pick } from '../editor/pick.ts';
import { pickCatalogApp } from '../features/catalogue/index.ts';
import type { DeployTarget } from '../features/deploy/core/index.ts';
import type { ScriptOrFile } from '../features/workspace/index.ts';
import type { Text } from '../shared/text.ts';
import { plain, text } from '../shared/text.ts';
import type { Services } from './services.ts';

type About = TargetOf<typeof commands.deploy>;
type Choice = CatalogApp | ScriptReference;
type DeployServices = Pick<Services, 'catalog' | 'rates' | 'scriptFinder' | 'scriptReader'>;

/**
 * What is deployed: the app of a row, the code of the app that a button is about and of no other, or the user's choice.
 * @returns undefined when the user left
 * @throws kind `notFound` when nothing here makes the app that a button is about
 */
export async function resolveDeployTarget(
  services: DeployServices,
  about: About | undefined,
  title: Text,
): Promise<DeployTarget | undefined> {
  switch (about?.kind) {
    case 'catalogApp':
    case 'catalogSample':
      return { kind: 'bundled', app: about.bundled };
    case 'script':
    case 'files':
      return ofScript(services, about, title);
    case 'codeOfApp':
    case 'codeOfBundled':
      return ofChoice(services, await chooseCode(services, about), title, about.environment);
    case undefined:
      return chosen(services, title);
  }
}

async function chosen(services: DeployServices, title: Text): Promise<DeployTarget | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  const script = isModalScript(document) ? document?.uri : undefined;
  const apps = await services.catalog.apps();
  const choice = await pickCatalogApp(title, apps, services.rates.current, script);
  return ofChoice(services, choice instanceof vscode.Uri ? { uri: choice.toString() } : choice, title);
}

async function ofChoice(
  services: DeployServices,
  choice: Choice | undefined,
  title: Text,
  environment?: string,
): Promise<DeployTarget | undefined> {
  if (!choice) return undefined;
  const to = environment === undefined ? {} : { environment };
  return isBundled(choice)
    ? { kind: 'bundled', app: choice, ...to }
    : ofScript(services, { kind: 'script', ...choice, ...to }, title);
}

/** Of the scripts bundle, which loads with the first script. */
async function ofScript(
  services: DeployServices,
  about: ScriptOrFile,
  title: Text,
): Promise<DeployTarget | undefined> {
  const { resolveScript } = await import('../features/workspace/lazy.ts');
  const choice = await resolveScript(services, about, title);
  if (!choice) return undefined;
  const { script, app, several = false } = choice;
  const environment = about.kind === 'script' ? about.environment : undefined;
  return {
    kind: 'script',
    script,
    several,
    ...(app ? { app } : {}),
    ...(environment === undefined ? {} : { environment }),
  };
}

async function chooseCode(
  { catalog, scriptFinder }: DeployServices,
  about: Extract<About, { kind: 'codeOfApp' | 'codeOfBundled' }>,
): Promise<Choice | undefined> {
  const apps = await catalog.apps();
  if (about.kind === 'codeOfBundled') return apps.find(({ id }) => id === about.id);
  const { name } = about;
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
