import * as vscode from 'vscode';
import { mediaTypeOf } from '../../domain/mediaType.ts';
import type { FileReference } from '../../domain/requestDraft.ts';

/** @returns undefined when the user left */
export async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Choose a File to Send'),
    openLabel: vscode.l10n.t('Choose'),
    canSelectMany: false,
  });
  return chosen?.[0];
}

/** The file by where it is; nothing is read. */
export function fileReference(uri: vscode.Uri): FileReference {
  const name = uri.path.split('/').at(-1) ?? '';
  return { uri: uri.toString(), name, type: mediaTypeOf(name) };
}
