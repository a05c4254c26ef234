import * as vscode from 'vscode';
import { bestMatch, pathInProject } from '../../../domain/remoteFile.ts';
import { Lookups } from '../core/lookups.ts';

const mostFound = 50;
/** Only such names go into a search pattern. */
const plainName = /^[\w.@+ -]+$/;
const neverOwn = '**/{node_modules,.venv,venv,site-packages,__pycache__,.git}/**';

/** Finds the workspace's file for one that a container names. */
export class SourceFiles {
  readonly #foldersOf: (appName: string) => Promise<readonly vscode.Uri[]>;
  readonly #lookups = new Lookups<vscode.Uri>();

  constructor(foldersOf: (appName: string) => Promise<readonly vscode.Uri[]>) {
    this.#foldersOf = foldersOf;
  }

  /** @returns undefined when there is none, or several could be meant */
  find(file: string, appName: string): Promise<vscode.Uri | undefined> {
    return this.#lookups.find(`${appName}\n${file}`, (signal) => this.#look(file, appName, signal));
  }

  /** @returns which of the files, as a log names them, are in the workspace */
  async locate(files: readonly string[], appName: string): Promise<Record<string, boolean>> {
    const found = files.map(async (file) => [file, (await this.find(file, appName)) !== undefined] as const);
    return Object.fromEntries(await Promise.all(found));
  }

  async #look(file: string, appName: string, signal: AbortSignal): Promise<vscode.Uri | undefined> {
    const path = pathInProject(file);
    if (path === undefined) return undefined;
    const local = vscode.Uri.file(file);
    // A deploy's own messages name files of this machine.
    if (file.startsWith('/') && vscode.workspace.getWorkspaceFolder(local) && (await isFile(local)))
      return local;
    const workspace = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
    for (const folder of [...(await this.#foldersOf(appName)), ...workspace]) {
      const uri = vscode.Uri.joinPath(folder, path);
      if (await isFile(uri)) return uri;
    }
    return this.#search(path, signal);
  }

  async #search(path: string, signal: AbortSignal): Promise<vscode.Uri | undefined> {
    const name = path.split('/').at(-1) ?? '';
    if (!plainName.test(name)) return undefined;
    const limit = new vscode.CancellationTokenSource();
    signal.addEventListener('abort', () => limit.cancel(), { once: true });
    const found = await vscode.workspace.findFiles(`**/${name}`, neverOwn, mostFound, limit.token);
    // Of a search that was given up, nobody knows whether there are others.
    if (signal.aborted) return undefined;
    const best = bestMatch(
      path,
      found.map((uri) => uri.path),
    );
    return found.find((uri) => uri.path === best);
  }
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type !== vscode.FileType.Directory;
  } catch {
    return false;
  }
}
