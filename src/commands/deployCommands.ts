import * as vscode from 'vscode';
import type { TargetOf } from '../contributions.ts';
import { commands } from '../contributions.ts';
import { ModalError } from '../domain/errors.ts';
import { appReference } from '../domain/script.ts';
import type { CommandsOf } from '../editor/command.ts';
import type { DeployRun } from '../features/deploy/core/index.ts';
import { resolveDeployTarget } from './deployTarget.ts';
import type { Services } from './services.ts';

type DeployFlow = import('../features/deploy/lazy.ts').DeployFlow;

export function deployCommands(services: Services): CommandsOf<'deploy' | 'cancelDeploy' | 'showDeployLog'> {
  let flow: Promise<DeployFlow> | undefined;
  return {
    [commands.deploy]: async (about, title) => {
      const target = await resolveDeployTarget(services, about, title);
      if (!target) return;
      // A file of its own, loaded by the first deploy.
      flow ??= import('../features/deploy/lazy.ts').then(({ DeployFlow }) => new DeployFlow(services));
      await (await flow).run(target);
    },
    [commands.cancelDeploy]: (about) => {
      const deploy = runningDeploy(services, about);
      if (!deploy) throw new ModalError('notFound', 'Nothing is being deployed.');
      deploy.cancel();
    },
    [commands.showDeployLog]: (about) => {
      const deploy = runningDeploy(services, about);
      return deploy ? deploy.log.show() : services.logs.show();
    },
  };
}

/** The deploy of a row, or the only one. */
function runningDeploy(
  { deploys }: Pick<Services, 'deploys'>,
  about: TargetOf<typeof commands.cancelDeploy> | undefined,
): DeployRun | undefined {
  if (about?.kind === 'catalogApp') return deploys.get(about.bundled.id);
  const made = about?.kind === 'script' ? about.made : undefined;
  if (!made) return deploys.all[0];
  const { variable } = made;
  const path = vscode.Uri.parse(made.uri).fsPath;
  const app = variable === undefined ? undefined : { variable };
  return deploys.get(appReference(path, app, true)) ?? deploys.get(path) ?? deploys.all[0];
}
