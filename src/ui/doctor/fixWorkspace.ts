import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editsOfAll } from '../../doctor/applyFixes.ts';
import type { Finding } from '../../doctor/rule.ts';
import type { WorkspaceFixes } from '../../doctor/workspaceFixes.ts';
import { workspaceFixes } from '../../doctor/workspaceFixes.ts';
import { text } from '../../domain/text.ts';
import { showInformation, withProgress } from '../../platform/shown/messages.ts';
import type { ScriptFiles } from '../../scripts/scriptIndex.ts';
import { rangeOf } from './doctorFixes.ts';

/** Nothing is changed before the user has seen each change and agreed. */
const confirmed: vscode.WorkspaceEditEntryMetadata = {
  label: 'Outdated Modal code',
  needsConfirmation: true,
};

export interface WorkspaceFindings {
  readonly ofText: (text: string, uri: vscode.Uri) => Promise<readonly Finding[]>;
  readonly ofDocument: (document: vscode.TextDocument) => Promise<readonly Finding[]>;
}

/** Gathers the fixes of all Python files, and opens the editor's preview of them. */
export async function fixWorkspace(files: ScriptFiles, findings: WorkspaceFindings): Promise<void> {
  const gathered = await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: text`Looking for outdated Modal code`,
      cancellable: true,
    },
    async (_progress, token) => {
      const fixes = await gather(files, findings, () => token.isCancellationRequested);
      const edit = fixes && (await editOf(fixes, findings, () => token.isCancellationRequested));
      return edit && { edit, left: fixes.left };
    },
  );
  if (!gathered) return;
  const { edit, left } = gathered;
  const decisions =
    left === 1 ? text`1 place needs your decision and is` : text`${left} places need your decision and are`;
  const more = left > 0 ? text` ${decisions} marked in the files.` : text``;
  if (edit.size === 0) {
    void showInformation(text`No outdated Modal code that could be fixed was found.${more}`);
    return;
  }
  // As a refactoring, the files are saved where the user's settings say so, which is the editor's default.
  const isApplied = await vscode.workspace.applyEdit(edit, { isRefactoring: true });
  if (isApplied && left > 0) void showInformation(text`The Modal code was fixed.${more}`);
}

function gather(
  files: ScriptFiles,
  { ofText }: WorkspaceFindings,
  isCancelled: () => boolean,
): Promise<WorkspaceFixes | undefined> {
  const openText = (uri: string) =>
    vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri)?.getText();
  return workspaceFixes(
    {
      find: () => files.find(),
      stat: (uri) => files.stat(uri),
      // What is typed and not saved counts.
      read: async (uri) => openText(uri) ?? (await files.read(uri)),
      identity: (uri) => realpath(vscode.Uri.parse(uri).fsPath).catch(() => uri),
    },
    (content, uri) => ofText(content, vscode.Uri.parse(uri)),
    isCancelled,
  );
}

/** Only files that change are opened. */
async function editOf(
  { files }: WorkspaceFixes,
  { ofDocument }: WorkspaceFindings,
  isCancelled: () => boolean,
): Promise<vscode.WorkspaceEdit | undefined> {
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, text: read, edits } of files) {
    if (isCancelled()) return undefined;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    // The editor may read it in another encoding.
    const own = document.getText() === read ? edits : editsOfAll(await ofDocument(document));
    for (const { from, to, text: fresh } of own)
      edit.replace(document.uri, rangeOf({ from, to }, document), fresh, confirmed);
  }
  return edit;
}
