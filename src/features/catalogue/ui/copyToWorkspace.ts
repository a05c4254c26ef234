import * as vscode from 'vscode';
import { copyApp } from '../../deploy/core/index.ts';
import type { CatalogApp } from '../../../domain/catalog.ts';
import type { CatalogRowTarget } from '../../../domain/target.ts';
import type { Text } from '../../../shared/text.ts';
import { text } from '../../../shared/text.ts';
import { pickCatalogApp } from './pickCatalogApp.ts';
import type { CatalogueNeeds } from './needs.ts';
import { showInformation, showWarning } from '../../../editor/shown/messages.ts';
import { showOpen } from '../../../editor/shown/inputs.ts';

/** Copies a bundled app into a folder of the user's, where it can be read, changed and deployed by itself. */
export async function copyToWorkspace(
  needs: CatalogueNeeds,
  target: CatalogRowTarget | undefined,
  title: Text,
): Promise<void> {
  const app = target?.bundled ?? (await chosenApp(needs, title));
  const root = app && (await chosenFolder());
  if (!app || !root) return;
  const copied = await copyApp(app, root.fsPath);
  await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(copied.readme));
  const openCode = text`Open Code`;
  const note = copied.kitDiffers
    ? text` The folder appkit already exists and differs from this version, so it was left unchanged.`
    : text``;
  const message = text`${app.title} is in ${copied.folder}.${note} Deploy it with: ${copied.command}`;
  const show = copied.kitDiffers ? showWarning : showInformation;
  const copyCommand = text`Copy Command`;
  const answer = await show(message, openCode, copyCommand);
  if (answer === openCode) await vscode.window.showTextDocument(vscode.Uri.file(copied.entry));
  if (answer === copyCommand) await vscode.env.clipboard.writeText(copied.command);
}

async function chosenApp({ catalog, rates }: CatalogueNeeds, title: Text): Promise<CatalogApp | undefined> {
  const chosen = await pickCatalogApp(title, await catalog.apps(), rates.current, undefined);
  return chosen instanceof vscode.Uri ? undefined : chosen;
}

async function chosenFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 1) return folders[0]?.uri;
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick())?.uri;
  const chosen = await showOpen({
    title: text`Select a folder for the app`,
    openLabel: text`Copy to This Folder`,
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return chosen?.[0];
}
