import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { editsOfAll } from '../core/applyFixes.ts';
import type { Finding } from '../core/rule.ts';
import type { WorkspaceFixes } from '../core/workspaceFixes.ts';
import { workspaceFixes } from '../core/workspaceFixes.ts';
import { ModalError } from '../../../domain/errors.ts';
import { lines, text } from '../../../shared/text.ts';
import { plural } from '../../../shared/format.ts';
import { showInformation, showWarning, withProgress } from '../../../editor/shown/messages.ts';
import type { ScriptFiles } from '../../workspace/core/index.ts';
import { rangeOf } from './doctorFixes.ts';

/** In the editor's preview such changes are off, and are made only where the user ticks them. */
const toBeChosen: vscode.WorkspaceEditEntryMetadata = {
  label: 'Outdated Modal code',
  needsConfirmation: true,
};
/** Files that the question names; it counts the others. */
const namedFiles = 10;

export interface WorkspaceFindings {
  readonly ofText: (text: string, uri: vscode.Uri) => Promise<readonly Finding[]>;
  readonly ofDocument: (document: vscode.TextDocument) => Promise<readonly Finding[]>;
}

/** Gathers the fixes of all Python files, and makes them when the user agrees to all, or those that the user chooses. */
export async function fixWorkspace(files: ScriptFiles, findings: WorkspaceFindings): Promise<void> {
  const gathered = await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: text`Looking for outdated Modal code`,
      cancellable: true,
    },
    async (_progress, token) => {
      const fixes = await gather(files, findings, () => token.isCancellationRequested);
      const changes = fixes && (await changesOf(fixes, findings, () => token.isCancellationRequested));
      return changes && { changes, left: fixes.left };
    },
  );
  if (!gathered) return;
  const { changes, left } = gathered;
  const decisions =
    left === 1 ? text`1 place needs your decision and is` : text`${left} places need your decision and are`;
  const more = left > 0 ? text` ${decisions} marked in the files.` : text``;
  if (changes.length === 0) {
    void showInformation(text`No outdated Modal code found that can be fixed automatically.${more}`);
    return;
  }
  const answer = await ask(changes, files);
  if (answer === undefined) return;
  if (changes.some(({ document, version }) => document.version !== version))
    throw new ModalError(
      'conflict',
      'A file changed in the meantime, so nothing was fixed. Run the command again.',
    );
  // As a refactoring, the files are saved where the user's settings say so, which is the editor's default.
  const edit = editOf(changes, answer === 'choose' ? toBeChosen : undefined);
  const isApplied = await vscode.workspace.applyEdit(edit, { isRefactoring: true });
  if (isApplied && left > 0) void showInformation(text`Fixed the Modal code.${more}`);
}

/** Changes of a file. */
interface FileChanges {
  readonly document: vscode.TextDocument;
  /** That the changes are for. */
  readonly version: number;
  readonly edits: readonly vscode.TextEdit[];
}

/** Nothing is changed before the user has agreed. */
async function ask(
  changes: readonly FileChanges[],
  files: ScriptFiles,
): Promise<'all' | 'choose' | undefined> {
  const places = changes.reduce((sum, { edits }) => sum + edits.length, 0);
  const labels = changes.map(({ document }) => files.label(document.uri.toString())).sort();
  const names = labels.slice(0, namedFiles).map((label) => text`${label}`);
  const others = changes.length - names.length;
  const [all, choose] = [text`Fix All`, text`Choose…`];
  const answer = await showWarning(
    text`Fix outdated Modal code in ${plural(changes.length, 'file')} (${plural(places, 'change')})?`,
    { modal: true, detail: lines([...names, ...(others > 0 ? [text`and ${others} more`] : [])]) },
    all,
    choose,
  );
  if (answer === undefined) return undefined;
  return answer === all ? 'all' : 'choose';
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
async function changesOf(
  { files }: WorkspaceFixes,
  { ofDocument }: WorkspaceFindings,
  isCancelled: () => boolean,
): Promise<FileChanges[] | undefined> {
  const changes: FileChanges[] = [];
  for (const { uri, text: read, edits } of files) {
    if (isCancelled()) return undefined;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    const { version } = document;
    // The editor may read it in another encoding.
    const own = document.getText() === read ? edits : editsOfAll(await ofDocument(document));
    const made = own.map((each) => vscode.TextEdit.replace(rangeOf(each, document), each.text));
    if (made.length > 0) changes.push({ document, version, edits: made });
  }
  return changes;
}

function editOf(
  changes: readonly FileChanges[],
  metadata: vscode.WorkspaceEditEntryMetadata | undefined,
): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { document, edits } of changes)
    for (const { range, newText } of edits) edit.replace(document.uri, range, newText, metadata);
  return edit;
}
