import type { Text } from '../../../../shared/text.ts';
import { text } from '../../../../shared/text.ts';
import { commands } from '../../../../contributions.ts';
import { resolveApp } from '../../../../commands/arguments.ts';
import type { CommandTable } from '../../../../commands/command.ts';
import type { Services } from '../../../../commands/services.ts';

type LifecycleCommand =
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
  | 'changeAutoscaling';

const load = () => import('./flows.ts');

/** What can be done with an app that is deployed already. */
export function lifecycleCommands(
  services: Services,
): Pick<CommandTable, (typeof commands)[LifecycleCommand]> {
  const app = (argument: unknown, title: Text) => () => resolveApp(services, argument, title);
  return {
    [commands.showHistory]: {
      doing: 'Show deploy history',
      run: async (argument) =>
        (await load()).showHistory(services, argument, app(argument, text`Show Deploy History`)),
    },
    [commands.compareWithWorkspace]: {
      doing: 'Compare version with workspace',
      run: async (argument) => {
        const { resolveVersion, compareWithWorkspace } = await load();
        const title = text`Compare Version with Workspace`;
        const chosen = await resolveVersion(services, argument, title, app(argument, title));
        if (chosen) await compareWithWorkspace(chosen.app, chosen.version);
      },
    },
    [commands.compareVersions]: {
      doing: 'Compare versions',
      run: async (argument) => {
        const { resolveVersion, compareWithOther } = await load();
        const title = text`Compare Versions`;
        const chosen = await resolveVersion(services, argument, title, app(argument, title));
        if (chosen) await compareWithOther(chosen);
      },
    },
    [commands.rollBack]: {
      doing: 'Roll back app',
      run: async (argument) => {
        const { resolveVersion, rollBack } = await load();
        const title = text`Roll Back App`;
        const chosen = await resolveVersion(services, argument, title, app(argument, title));
        if (!chosen) return;
        const live = chosen.history.find((each) => each.live);
        await rollBack(services, chosen.app, chosen.version, live);
      },
    },
    [commands.rollOver]: {
      doing: 'Roll over app',
      run: async (argument) => {
        const chosen = await resolveApp(services, argument, text`Roll Over App`);
        if (chosen) await (await load()).rollOver(services, chosen);
      },
    },
    [commands.stopApp]: {
      doing: 'Stop app',
      run: async (argument) => {
        const chosen = await resolveApp(services, argument, text`Stop App`);
        if (chosen) await (await load()).stopApp(services, chosen);
      },
    },
    [commands.stopContainer]: {
      doing: 'Stop container',
      run: async (argument) => {
        const { resolveContainer, stopContainer } = await load();
        const target = await resolveContainer(services, argument, text`Stop Container`);
        if (target) await stopContainer(services, target);
      },
    },
    [commands.openShell]: {
      doing: 'Open shell',
      run: async (argument) => {
        const { resolveShellTarget, openShell } = await load();
        const target = await resolveShellTarget(services, argument, text`Open Shell in Container`);
        if (target) await openShell(services, target);
      },
    },
    [commands.stopSandbox]: {
      doing: 'Stop sandbox',
      run: async (argument) => {
        const { resolveSandbox, stopSandbox } = await load();
        const target = await resolveSandbox(services, argument);
        if (target) await stopSandbox(services, target);
      },
    },
    [commands.stopManagedEndpoint]: {
      doing: 'Stop managed endpoint',
      run: async (argument) => {
        const { resolveManaged, stopManaged } = await load();
        const target = await resolveManaged(services, argument);
        if (target) await stopManaged(services, target);
      },
    },
    [commands.stopServerContainers]: {
      doing: 'Stop containers of server',
      run: async (argument) => {
        const { resolveServer, stopServerContainers } = await load();
        const target = await resolveServer(services, argument);
        if (target) await stopServerContainers(services, target);
      },
    },
    [commands.changeAutoscaling]: {
      doing: 'Change autoscaling',
      run: async (argument) => {
        const { resolveFunction, changeAutoscaling } = await load();
        const target = await resolveFunction(services, argument, app(argument, text`Change Autoscaling`));
        if (target) await changeAutoscaling(services, target);
      },
    },
  };
}
