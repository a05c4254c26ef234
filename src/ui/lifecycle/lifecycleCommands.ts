import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { resolveApp } from '../commands/arguments.ts';
import type { CommandTable } from '../commands/command.ts';
import type { Services } from '../commands/services.ts';
import { changeAutoscaling, resolveFunction } from './changeAutoscaling.ts';
import { compareWithWorkspace } from './compareVersions.ts';
import { openShell, resolveContainer, stopContainer } from './containers.ts';
import { rollBack, rollOver } from './redeploy.ts';
import { compareWithOther, resolveVersion, showHistory } from './showHistory.ts';

type LifecycleCommand =
  | 'showHistory'
  | 'compareWithWorkspace'
  | 'compareVersions'
  | 'rollBack'
  | 'rollOver'
  | 'stopContainer'
  | 'openShell'
  | 'changeAutoscaling';

/** What can be done with an app that is deployed already. */
export function lifecycleCommands(
  services: Services,
): Pick<CommandTable, (typeof commands)[LifecycleCommand]> {
  const { t } = vscode.l10n;
  const version = (argument: unknown, title: string) =>
    resolveVersion(services, argument, title, () => resolveApp(services, argument, title));
  return {
    [commands.showHistory]: {
      doing: t('Show deploy history'),
      run: (argument) =>
        showHistory(services, argument, () => resolveApp(services, argument, t('Show Deploy History'))),
    },
    [commands.compareWithWorkspace]: {
      doing: t('Compare version with workspace'),
      run: async (argument) => {
        const chosen = await version(argument, t('Compare Version with Workspace'));
        if (chosen) await compareWithWorkspace(chosen.app, chosen.version);
      },
    },
    [commands.compareVersions]: {
      doing: t('Compare versions'),
      run: async (argument) => {
        const chosen = await version(argument, t('Compare Versions'));
        if (chosen) await compareWithOther(chosen);
      },
    },
    [commands.rollBack]: {
      doing: t('Roll back app'),
      run: async (argument) => {
        const chosen = await version(argument, t('Roll Back App'));
        if (!chosen) return;
        const live = chosen.history.find((each) => each.live);
        await rollBack(services, chosen.app, chosen.version, live);
      },
    },
    [commands.rollOver]: {
      doing: t('Roll over app'),
      run: async (argument) => {
        const app = await resolveApp(services, argument, t('Roll Over App'));
        if (app) await rollOver(services, app);
      },
    },
    [commands.stopContainer]: {
      doing: t('Stop container'),
      run: async (argument) => {
        const target = await resolveContainer(services, argument, t('Stop Container'));
        if (target) await stopContainer(services, target);
      },
    },
    [commands.openShell]: {
      doing: t('Open shell'),
      run: async (argument) => {
        const target = await resolveContainer(services, argument, t('Open Shell in Container'));
        if (target) await openShell(services, target);
      },
    },
    [commands.changeAutoscaling]: {
      doing: t('Change autoscaling'),
      run: async (argument) => {
        const target = await resolveFunction(services, argument, () =>
          resolveApp(services, argument, t('Change Autoscaling')),
        );
        if (target) await changeAutoscaling(services, target);
      },
    },
  };
}
