import type * as vscode from 'vscode';
import { mediaTypeOf } from '../../../shared/mediaType.ts';
import type { FileReference } from '../../../domain/requestDraft.ts';
import { text } from '../../../shared/text.ts';
import { showOpen } from '../../../editor/shown/inputs.ts';

/** @returns undefined when the user left */
export async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await showOpen({
    title: text`Select a File to Send`,
    openLabel: text`Choose`,
    canSelectMany: false,
  });
  return chosen?.[0];
}

/** The file by where it is; nothing is read. */
export function fileReference(uri: vscode.Uri): FileReference {
  const name = uri.path.split('/').at(-1) ?? '';
  return { uri: uri.toString(), name, type: mediaTypeOf(name) };
}
