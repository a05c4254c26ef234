import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import { text } from '../../../shared/text.ts';
import type { HttpFile, HttpRequest } from '../core/httpFile/model.ts';
import { parseHttpFile } from '../core/httpFile/parse.ts';
import { bodyNames, writeRequest } from '../core/httpFile/saving.ts';
import type { WriteOptions, WrittenRequest } from '../core/httpFile/write.ts';
import { addRequest, fileHead, identifier, requestText, updateRequest } from '../core/httpFile/write.ts';
import { prepareVariables } from '../../requests/core/index.ts';
import type { HttpFiles } from './httpFiles.ts';
import { readHttpFile } from './httpFiles.ts';
import { requestsFolder } from './savedFiles.ts';
import { showInformation, showWarning } from '../../../editor/shown/messages.ts';
import { showInput } from '../../../editor/shown/inputs.ts';

/**
 * Saves a request below `.modal/requests`, in the file of its app. Of a request with the same name only the lines that
 * changed are written, after a question.
 * @param appName absent where the address is not of a known app
 */
export async function saveRequest(
  files: HttpFiles,
  spec: RequestSpec,
  appName: string | undefined,
  title?: string,
): Promise<void> {
  const root = await workspaceFolder();
  if (!root) return;
  const { origin, hostname, pathname } = new URL(spec.url);
  const name = await showInput({
    title: text`Save Request`,
    prompt: text`Name of the request. It is saved as a plain .http file; keys stay in the secret storage.`,
    value: title ?? (pathname === '/' ? spec.method.toLowerCase() : pathname.slice(1)),
    ignoreFocusOut: true,
    validateInput: (typed) => (typed.trim() ? undefined : text`Enter a name.`),
  });
  if (name === undefined) return;
  const owner = appName ?? hostname;
  const stem = identifier(owner).replaceAll('_', '-');
  const uri = vscode.Uri.joinPath(root.uri, requestsFolder, `${stem}.http`);
  const taken = await namesIn(vscode.Uri.joinPath(uri, '../bodies', stem));
  const file = (await exists(uri)) ? await readHttpFile(uri) : parseHttpFile(fileHead(owner, origin));
  const old = file.requests.find((request) => request.name === name.trim());
  if (old && !(await confirmReplace(name))) return;
  await prepareVariables(spec);
  const options = { folder: path.dirname(uri.fsPath), bodyName: bodyNames({ stem, file, taken, old }) };
  const written = old
    ? await replaced(files, uri, file, old, spec, options)
    : added(file, name.trim(), spec, options);
  await writeRequest(written, {
    check: () => checkUnchanged(uri),
    writeBody: async (body, bytes) =>
      vscode.workspace.fs.writeFile(vscode.Uri.joinPath(uri, '..', body), bytes),
    writeText: (text) => writeDocument(uri, text),
  });
  await say(uri, name.trim());
}

type Options = Required<Pick<WriteOptions, 'folder' | 'bodyName'>>;

function added(file: HttpFile, name: string, spec: RequestSpec, options: Options): WrittenRequest {
  const written = requestText(spec, { ...options, name, variables: file.variables });
  return { ...written, text: addRequest(file.text, written.text) };
}

async function replaced(
  files: HttpFiles,
  uri: vscode.Uri,
  file: HttpFile,
  old: HttpRequest,
  spec: RequestSpec,
  options: Options,
): Promise<WrittenRequest> {
  const variables = await files.variables(uri, file);
  const says = (template: string) => {
    const { text, unknown } = variables.fill(template);
    return unknown.length === 0 ? text : undefined;
  };
  // What cannot be sent as it stands says something else than what was sent.
  const before = await files.spec(uri, file, old).catch(() => undefined);
  const keepBody = before !== undefined && isDeepStrictEqual(before.body, spec.body);
  return updateRequest(file, old, spec, { ...options, says, keepBody });
}

async function workspaceFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    const message = text`Requests are saved as files in the workspace. Open a folder first.`;
    throw new ModalError('invalid', message);
  }
  return folders.length === 1 ? folders[0] : vscode.window.showWorkspaceFolderPick();
}

async function confirmReplace(name: string): Promise<boolean> {
  const replace = text`Replace`;
  const chosen = await showWarning(
    text`Replace the saved request "${name}"?`,
    { modal: true, detail: text`Unchanged lines are preserved; other edits are overwritten.` },
    replace,
  );
  return chosen === replace;
}

/** @throws kind `conflict` where the editor has changes of its own */
async function checkUnchanged(uri: vscode.Uri): Promise<void> {
  if (!(await exists(uri))) return;
  const document = await vscode.workspace.openTextDocument(uri);
  if (!document.isDirty) return;
  const hint = text`${uri.fsPath} has unsaved changes. Save it first; nothing was changed.`;
  throw new ModalError('conflict', hint);
}

/** Writes through the editor, so that an open document and its undo steps stay whole. */
async function writeDocument(uri: vscode.Uri, text: string): Promise<void> {
  if (!(await exists(uri))) {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), text.replace(/^\uFEFF/, ''));
  if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save()))
    throw new ModalError('unexpected', `Couldn't save ${uri.fsPath}.`);
}

async function namesIn(folder: vscode.Uri): Promise<string[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder).then(undefined, () => []);
  return entries.map(([name]) => name);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

async function say(uri: vscode.Uri, name: string): Promise<void> {
  const open = text`Open File`;
  const where = vscode.workspace.asRelativePath(uri);
  const chosen = await showInformation(text`Saved "${name}" in ${where}.`, open);
  if (chosen === open) await vscode.window.showTextDocument(uri);
}
