import * as vscode from 'vscode';
import type { Text } from '../../../shared/text.ts';
import { commands } from '../../../contributions.ts';
import type { Target } from '../../../domain/target.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import { resolveEndpoint } from '../../apps/index.ts';
import { bundledApp, copyEndpointKey, sendRequest, setEndpointKey } from './requestArguments.ts';
import type { RequestsNeeds } from './needs.ts';
import { chooseFile } from './chooseFile.ts';

/** Commands that open and send requests, and those about the keys of endpoints. */
export function requestCommands(
  needs: RequestsNeeds,
): CommandsOf<'sendRequest' | 'openRequest' | 'sendFile' | 'setEndpointKey' | 'copyEndpointKey'> {
  return {
    [commands.sendRequest]: (target, title) => sendRequest(needs, target, title),
    [commands.openRequest]: (target, title) => openRequest(needs, target, title),
    [commands.sendFile]: (target, title) => sendFile(needs, target, title),
    [commands.setEndpointKey]: (target, title) => setEndpointKey(needs, target, title),
    [commands.copyEndpointKey]: (target, title) => copyEndpointKey(needs, target, title),
  };
}

async function openRequest(needs: RequestsNeeds, about: Target | undefined, title: Text): Promise<void> {
  const { requests } = needs;
  if (about?.kind === 'sample') return requests.openSample(about.bundled, about.sample, about);
  if (about?.kind === 'saved') return needs.saved.openFromFile(about.saved);
  const target = await resolveEndpoint(needs, about, title);
  if (target) await requests.openEndpoint(target, await bundledApp(needs, target));
}

/** @param about files of the explorer, or what was dropped on a row; else the user chooses */
async function sendFile(
  needs: RequestsNeeds,
  about: Extract<Target, { kind: 'files' }> | undefined,
  title: Text,
): Promise<void> {
  const uris = about?.uris.map((uri) => vscode.Uri.parse(uri)) ?? (await chosenFile());
  if (uris.length === 0) return;
  const target = await resolveEndpoint(needs, about?.onto, title);
  if (target) await needs.requests.openFiles(target, await bundledApp(needs, target), uris);
}

async function chosenFile(): Promise<readonly vscode.Uri[]> {
  const one = await chooseFile();
  return one ? [one] : [];
}
