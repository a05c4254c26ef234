import { createHash } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { steadyNow } from '../shared/steadyNow.ts';
import { noteWorkspace, removeGoneWorkspaces } from '../shared/files/goneWorkspaces.ts';
import { moveFolder } from '../shared/files/moveFolder.ts';

const noteEveryMs = 60 * 60_000;

/**
 * Where files of this workspace are kept, the same for all its windows: in a browser, the editor gives a second window
 * a folder of its own, and what was kept there would be lost with it.
 */
export class WorkspaceStorage {
  readonly #all: string;
  readonly #root: string;
  readonly #places: readonly string[] | undefined;
  readonly #own: string | undefined;
  readonly #taken = new Set<string>();
  #notedAt = Number.NEGATIVE_INFINITY;

  constructor({
    globalStorageUri,
    storageUri,
  }: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'storageUri'>) {
    const places = workspacePlaces();
    const name = places && nameOf(places);
    const all = globalStorageUri.fsPath;
    this.#all = path.join(all, 'workspaces');
    this.#places = places;
    this.#root = name === undefined ? all : path.join(this.#all, name);
    this.#own = name === undefined ? undefined : storageUri?.fsPath;
  }

  /** Path of a folder. What this window kept under that name in a folder of its own is taken over first. */
  folder(name: string): string {
    const folder = path.join(this.#root, name);
    if (this.#own && !this.#taken.has(name)) moveFolder(path.join(this.#own, name), folder);
    this.#taken.add(name);
    this.#noteUse();
    return folder;
  }

  /** Folders of workspaces that are gone are removed when one is used, once in a window. */
  #noteUse(): void {
    if (!this.#places) return;
    const isFirst = this.#notedAt === Number.NEGATIVE_INFINITY;
    if (steadyNow() - this.#notedAt < noteEveryMs) return;
    this.#notedAt = steadyNow();
    void noteWorkspace(this.#root, this.#places)
      .then(() => (isFirst ? removeGoneWorkspaces(this.#all, this.#root) : undefined))
      .catch(() => undefined); // a disk that is read-only or full is told of where something has to be kept
  }
}

/** @returns undefined when no folder is open */
function workspacePlaces(): string[] | undefined {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const places = workspaceFile ? [workspaceFile] : workspaceFolders.map(({ uri }) => uri);
  return places.length === 0 ? undefined : places.map(String);
}

function nameOf(places: readonly string[]): string {
  return createHash('sha256').update(places.join('\n')).digest('hex').slice(0, 32);
}
