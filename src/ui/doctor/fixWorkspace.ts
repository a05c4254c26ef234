import * as vscode from 'vscode';
import { editsOfAll } from '../../doctor/applyFixes.ts';
import type { Finding } from '../../doctor/rule.ts';

import { text } from '../../domain/text.ts';
import { plural } from '../../domain/words.ts';
import { showInformation, withProgress } from '../../platform/shown/messages.ts';
import type { ScriptFiles } from '../../scripts/scriptIndex.ts';
import { rangeOf } from './doctorFixes.ts';

const mostBytes = 1 << 20;

/** Nothing is changed before the user has seen each change and agreed. */
const confirmed: vscode.WorkspaceEditEntryMetadata = {
  label: 'Outdated Modal code',
  needsConfirmation: true,
};

/** Gathers the fixes of all Python files, and opens the editor's preview of them. */
export async function fixWorkspace(
  files: ScriptFiles,
  findings: (document: vscode.TextDocument) => Promise<readonly Finding[]>,
): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const left = await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: text`Looking for outdated Modal code`,
      cancellable: true,
    },
    (_progress, token) => gather(files, findings, edit, token),
  );
  if (left === undefined) return;
  const more =
    left > 0 ? text` ${plural(left, 'place')} need your decision and are marked in the files.` : text``;
  if (edit.size === 0) {
    void showInformation(text`No outdated Modal code that could be fixed was found.${more}`);
    return;
  }
  await vscode.workspace.applyEdit(edit);
  if (left > 0) void showInformation(text`Save the files that were changed.${more}`);
}

/** @returns how many findings have no fix; undefined when it was cancelled */
async function gather(
  files: ScriptFiles,
  findings: (document: vscode.TextDocument) => Promise<readonly Finding[]>,
  edit: vscode.WorkspaceEdit,
  token: vscode.CancellationToken,
): Promise<number | undefined> {
  let left = 0;
  for (const address of (await files.find()).uris) {
    if (token.isCancellationRequested) return undefined;
    const stat = await files.stat(address);
    if (!stat || stat.size > mostBytes || !/\bmodal\b/.test(await files.read(address).catch(() => '')))
      continue;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(address));
    const found = await findings(document);
    left += found.filter(({ fix }) => !fix).length;
    for (const { from, to, text: fresh } of editsOfAll(found))
      edit.replace(document.uri, rangeOf({ from, to }, document), fresh, confirmed);
  }
  return left;
}
