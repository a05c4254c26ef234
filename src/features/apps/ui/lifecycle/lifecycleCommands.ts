import { commands } from '../../../../contributions.ts';
import type { Target } from '../../../../domain/target.ts';
import type { CommandsOf } from '../../../../editor/command.ts';
import type { Text } from '../../../../shared/text.ts';
import type { AppsNeeds } from '../needs.ts';
import { resolveApp } from '../resolveApp.ts';

const load = () => import('../../lazy.ts');

/** What can be done with an app that is deployed already. */
export function lifecycleCommands(
  needs: AppsNeeds,
): CommandsOf<
  | 'showHistory'
  | 'compareWithWorkspace'
  | 'compareVersions'
  | 'rollBack'
  | 'rollOver'
  | 'stopApp'
  | 'stopContainer'
  | 'openShell'
  | 'stopSandbox'
  | 'stopManagedEndpoint'
  | 'stopServerContainers'
  | 'changeAutoscaling'
> {
  const versionOf = async (target: Target | undefined, title: Text) =>
    (await load()).resolveVersion(needs, target, title);
  return {
    [commands.showHistory]: async (target, title) => (await load()).showHistory(needs, target, title),
    [commands.compareWithWorkspace]: async (target, title) => {
      const chosen = await versionOf(target, title);
      if (chosen) await (await load()).compareWithWorkspace(needs, chosen.app, chosen.version);
    },
    [commands.compareVersions]: async (target, title) => {
      const chosen = await versionOf(target, title);
      if (chosen) await (await load()).compareWithOther(needs, chosen);
    },
    [commands.rollBack]: async (target, title) => {
      const chosen = await versionOf(target, title);
      if (!chosen) return;
      const live = chosen.history.find((each) => each.live);
      await (await load()).rollBack(needs, chosen.app, chosen.version, live);
    },
    [commands.rollOver]: async (target, title) => {
      const app = await resolveApp(needs, target, title);
      if (app) await (await load()).rollOver(needs, app);
    },
    [commands.stopApp]: async (target, title) => {
      const app = await resolveApp(needs, target, title);
      if (app) await (await load()).stopApp(needs, app);
    },
    [commands.stopContainer]: async (target, title) => {
      const { resolveContainer, stopContainer } = await load();
      const chosen = await resolveContainer(needs, target, title);
      if (chosen) await stopContainer(needs, chosen);
    },
    [commands.openShell]: async (target, title) => {
      const { resolveShellTarget, openShell } = await load();
      const chosen = await resolveShellTarget(needs, target, title);
      if (chosen) await openShell(needs, chosen);
    },
    [commands.stopSandbox]: async (target, title) => {
      const { resolveSandbox, stopSandbox } = await load();
      const chosen = await resolveSandbox(needs, target, title);
      if (chosen) await stopSandbox(needs, chosen);
    },
    [commands.stopManagedEndpoint]: async (target, title) => {
      const { resolveManaged, stopManaged } = await load();
      const chosen = await resolveManaged(needs, target, title);
      if (chosen) await stopManaged(needs, chosen);
    },
    [commands.stopServerContainers]: async (target, title) => {
      const { resolveServer, stopServerContainers } = await load();
      const chosen = await resolveServer(needs, target, title);
      if (chosen) await stopServerContainers(needs, chosen);
    },
    [commands.changeAutoscaling]: async (target, title) => {
      const { resolveFunction, changeAutoscaling } = await load();
      const chosen = await resolveFunction(needs, target, title);
      if (chosen) await changeAutoscaling(needs, chosen);
    },
  };
}
