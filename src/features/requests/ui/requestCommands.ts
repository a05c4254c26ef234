import * as vscode from 'vscode';
import { text } from '../../../shared/text.ts';
import { commands } from '../../../contributions.ts';
import type { CommandTable } from '../../../commands/command.ts';
import { resolveEndpoint } from '../../../commands/arguments.ts';
import { bundledApp } from './requestArguments.ts';
import type { Services } from '../../../commands/services.ts';
import { chooseFile } from './chooseFile.ts';

/** Commands that open requests without sending them. */
export function requestCommands(
  services: Services,
): Pick<CommandTable, typeof commands.openRequest | typeof commands.sendFile> {
  return {
    [commands.openRequest]: {
      doing: 'Open request',
      run: (argument) => openRequest(services, argument),
    },
    [commands.sendFile]: {
      doing: 'Send file to endpoint',
      run: (argument, selected) => sendFile(services, argument, selected),
    },
  };
}

async function openRequest(services: Services, argument: unknown): Promise<void> {
  const row = services.appsView.target(typeof argument === 'string' ? argument : undefined);
  if (row?.kind === 'sample') {
    await services.requests.openSample(row.bundled, row.sample, row);
    return;
  }
  if (row?.kind === 'saved') {
    await (await services.requestMemory.load()).openFromFile(row.saved);
    return;
  }
  const target = await resolveEndpoint(services, argument, text`Open Request`);
  if (target) await services.requests.openEndpoint(target, await bundledApp(services, target));
}

/** What was dropped on a row of the Apps view. */
export interface DroppedFiles {
  readonly row: string;
  readonly uris: readonly vscode.Uri[];
}

/**
 * @param argument a file of the explorer, or what was dropped on a row; else the user chooses
 * @param selected all files that are selected in the explorer
 */
async function sendFile(services: Services, argument: unknown, selected: unknown): Promise<void> {
  const dropped = isDropped(argument) ? argument : undefined;
  const uris = dropped?.uris ?? (await filesOf(argument, selected));
  if (uris.length === 0) return;
  const target = await resolveEndpoint(services, dropped?.row, text`Send to Modal Endpoint`);
  if (target) await services.requests.openFiles(target, await bundledApp(services, target), uris);
}

function isDropped(argument: unknown): argument is DroppedFiles {
  return typeof argument === 'object' && argument !== null && 'row' in argument && 'uris' in argument;
}

async function filesOf(argument: unknown, selected: unknown): Promise<readonly vscode.Uri[]> {
  const several = Array.isArray(selected) ? selected.filter((each) => each instanceof vscode.Uri) : [];
  if (several.length > 0) return several;
  const one = argument instanceof vscode.Uri ? argument : await chooseFile();
  return one ? [one] : [];
}
