import * as vscode from 'vscode';
import { commands, walkthrough } from '../contributions.ts';
import type { CommandTable } from '../editor/command.ts';
import { accountCommands } from '../features/account/ui/accountCommands.ts';
import { appsCommands } from '../features/apps/ui/appsCommands.ts';
import { lifecycleCommands } from '../features/apps/ui/lifecycle/lifecycleCommands.ts';
import { catalogueCommands } from '../features/catalogue/ui/catalogueCommands.ts';
import { healthCommands } from '../features/health/ui/healthCommands.ts';
import { loadTestCommands } from '../features/loadTest/ui/loadTestCommands.ts';
import { logsCommands } from '../features/logs/ui/logsCommands.ts';
import { requestCommands } from '../features/requests/ui/requestCommands.ts';
import { requestMemoryCommands } from '../features/savedRequests/ui/requestMemoryCommands.ts';
import { scriptCommands } from '../features/workspace/ui/scriptCommands.ts';
import { deployCommands } from './deployCommands.ts';
import type { Services } from './services.ts';

/** All commands of the extension, feature by feature. */
export function commandTable(services: Services): CommandTable {
  return {
    ...accountCommands(services),
    ...appsCommands(services),
    ...lifecycleCommands(services),
    ...catalogueCommands(services),
    ...deployCommands(services),
    ...scriptCommands(services),
    ...logsCommands(services),
    ...requestCommands(services),
    ...requestMemoryCommands(services.requestMemory),
    ...loadTestCommands(services),
    ...healthCommands(services),
    [commands.fixOutdatedCode]: () => services.doctor.fixWorkspace(),
    [commands.showOutput]: () => services.output.show(),
    [commands.openWalkthrough]: () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false),
  };
}
