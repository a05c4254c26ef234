import * as vscode from 'vscode';
import { commands, walkthrough } from '../contributions.ts';
import { ModalError } from '../domain/errors.ts';
import { text } from '../shared/text.ts';
import type { DeployTarget } from '../features/deploy/core/plan.ts';
import { logsCommands } from '../features/logs/ui/logsCommands.ts';
import { lifecycleCommands } from '../features/apps/ui/lifecycle/lifecycleCommands.ts';
import { pastCommands } from '../features/logs/ui/past/pastCommands.ts';
import { appsCommands } from '../features/apps/ui/appsCommands.ts';
import { onboardingCommands } from '../features/account/ui/onboardingCommands.ts';
import { requestCommands } from '../features/requests/ui/requestCommands.ts';
import { requestMemoryCommands } from '../features/savedRequests/ui/requestMemoryCommands.ts';
import { statusCommands } from '../features/account/ui/statusCommands.ts';
import type { DeployRun } from '../features/deploy/core/deployRun.ts';
import type { CommandTable } from './command.ts';
import { resolveApp, resolveDeployTarget, resolveEndpoint, resolveLogTarget } from './arguments.ts';
import type { scriptCommands } from '../features/workspace/ui/scriptCommands.ts';
import { deployOfScript } from '../features/workspace/ui/scriptCommands.ts';
import { copyToWorkspace } from '../features/catalogue/ui/copyToWorkspace.ts';
import { openDashboard } from '../features/apps/ui/openDashboard.ts';
import { measureCommands } from '../features/requests/ui/measureCommands.ts';
import { copyEndpointKey, sendRequest, setEndpointKey } from '../features/requests/ui/requestArguments.ts';
import type { Services } from './services.ts';
import { showStatus } from '../editor/shown/messages.ts';

/** All commands of the extension. Each takes its argument from a row, or asks for what is missing. */
export function commandTable(
  services: Services,
  deploy: (target: DeployTarget) => Promise<void>,
  scripts: ReturnType<typeof scriptCommands>,
): CommandTable {
  const { logs, planes } = services;
  return {
    ...lifecycleCommands(services),
    ...appsCommands(services),
    ...logsCommands(services),
    [commands.refresh]: { doing: 'Refresh', run: () => services.appsView.refresh() },
    [commands.deploy]: {
      doing: 'Deploy',
      run: async (argument) => {
        const target = await resolveDeployTarget(services, argument);
        if (target) await deploy(target);
      },
    },
    [commands.cancelDeploy]: {
      doing: 'Cancel deploy',
      run: (argument) => cancelDeploy(services, argument),
    },
    [commands.showDeployLog]: {
      doing: 'Show deploy log',
      run: (argument) => showDeployLog(services, argument),
    },
    [commands.followLogs]: {
      doing: 'Follow logs',
      run: async (argument) => {
        const target = await resolveLogTarget(services, argument);
        if (!target) return;
        logs.follow(target);
        await logs.show();
      },
    },
    [commands.clearLogs]: { doing: 'Clear logs', run: () => logs.clear() },
    ...pastCommands(services),
    [commands.openLogsAsDocument]: { doing: 'Open logs as document', run: () => logs.openAsDocument() },
    [commands.sendRequest]: {
      doing: 'Send test request',
      run: (argument) => sendRequest(services, argument),
    },
    [commands.setEndpointKey]: {
      doing: 'Set endpoint key',
      run: (argument) => setEndpointKey(services, argument),
    },
    [commands.copyEndpointKey]: {
      doing: 'Copy endpoint key',
      run: (argument) => copyEndpointKey(services, argument),
    },
    [commands.copyEndpointUrl]: {
      doing: 'Copy endpoint URL',
      run: async (argument) => {
        const target = await resolveEndpoint(services, argument, text`Copy Endpoint URL`);
        if (!target) return;
        await vscode.env.clipboard.writeText(target.endpoint.url);
        showStatus('check', text`Copied ${target.endpoint.url}`, 4000);
      },
    },
    [commands.openDashboard]: {
      doing: 'Open dashboard',
      run: async (argument) => {
        const app = await resolveApp(services, argument, text`Open in Modal Dashboard`);
        if (app) await openDashboard(planes, app.id);
      },
    },
    ...measureCommands(services),
    ...onboardingCommands(services),
    ...statusCommands(services),
    ...requestCommands(services),
    ...requestMemoryCommands(services.requestMemory),
    [commands.showAppFiles]: {
      doing: 'Show app source',
      run: (argument) => showAppFiles(services, argument),
    },
    [commands.copyToWorkspace]: {
      doing: 'Copy into workspace',
      run: (argument) => copyToWorkspace(services, argument),
    },
    [commands.showOutput]: { doing: 'Show log', run: () => services.output.show() },
    [commands.openWalkthrough]: {
      doing: 'Get started',
      run: () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false),
    },
    ...scripts,
  };
}

/** The deploy of a row, or the only one. */
function runningDeploy(services: Services, argument: unknown): DeployRun | undefined {
  const { deploys, catalogueView } = services;
  const target = typeof argument === 'string' ? catalogueView.target(argument) : undefined;
  if (target?.kind === 'catalogApp') return deploys.get(target.app.id);
  return deployOfScript(services, argument) ?? deploys.all[0];
}

async function cancelDeploy(services: Services, argument: unknown): Promise<void> {
  const deploy = runningDeploy(services, argument);
  if (!deploy) throw new ModalError('notFound', 'Nothing is being deployed.');
  deploy.cancel();
  return Promise.resolve();
}

async function showDeployLog(services: Services, argument: unknown): Promise<void> {
  const deploy = runningDeploy(services, argument);
  await (deploy ? deploy.log.show() : services.logs.show());
}

async function showAppFiles({ catalogueView, catalog }: Services, argument: unknown): Promise<void> {
  const target = typeof argument === 'string' ? catalogueView.target(argument) : undefined;
  const app = target?.app ?? (await catalog.apps())[0];
  if (!app) return;
  await vscode.window.showTextDocument(vscode.Uri.joinPath(vscode.Uri.file(app.folder), app.entry), {
    preview: true,
  });
}
