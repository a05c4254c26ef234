import { createHash } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { moveFolder } from '../files/moveFolder.ts';

/**
 * Where files of this workspace are kept, the same for all its windows: in a browser, the editor gives a second window
 * a folder of its own, and what was kept there would be lost with it.
 */
export class WorkspaceStorage {
  readonly #root: string;
  readonly #own: string | undefined;
  readonly #taken = new Set<string>();

  constructor({
    globalStorageUri,
    storageUri,
  }: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'storageUri'>) {
    const name = workspaceName();
    const all = globalStorageUri.fsPath;
    this.#root = name === undefined ? all : path.join(all, 'workspaces', name);
    this.#own = name === undefined ? undefined : storageUri?.fsPath;
  }

  /** Path of a folder. What this window kept under that name in a folder of its own is taken over first. */
  folder(name: string): string {
    const folder = path.join(this.#root, name);
    if (this.#own && !this.#taken.has(name)) moveFolder(path.join(this.#own, name), folder);
    this.#taken.add(name);
    return folder;
  }
}

/** @returns undefined when no folder is open */
function workspaceName(): string | undefined {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const places = workspaceFile ? [workspaceFile] : workspaceFolders.map(({ uri }) => uri);
  if (places.length === 0) return undefined;
  return createHash('sha256').update(places.map(String).join('\n')).digest('hex').slice(0, 32);
}
