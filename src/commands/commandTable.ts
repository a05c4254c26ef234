import * as vscode from 'vscode';
import { commands, walkthrough } from '../contributions.ts';
import type { CommandTable } from '../editor/command.ts';
import { accountCommands } from '../features/account/index.ts';
import { appsCommands, lifecycleCommands } from '../features/apps/index.ts';
import { catalogueCommands } from '../features/catalogue/index.ts';
import { healthCommands } from '../features/health/index.ts';
import { loadTestCommands } from '../features/loadTest/index.ts';
import { logsCommands } from '../features/logs/index.ts';
import { requestCommands } from '../features/requests/index.ts';
import { requestMemoryCommands } from '../features/savedRequests/index.ts';
import { scriptCommands } from '../features/workspace/index.ts';
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
