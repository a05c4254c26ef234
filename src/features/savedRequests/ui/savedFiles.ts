import * as vscode from 'vscode';

/** Where requests are saved, below each folder of the workspace. */
export const requestsFolder = '.modal/requests';
const mostFiles = 1000;

/** The files of saved requests, in the order of their paths. */
export async function findSavedFiles(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(`${requestsFolder}/**/*.{http,rest}`, null, mostFiles);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Calls back when one of them, or what they take variables from, may have changed. */
export function watchSavedFiles(changed: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${requestsFolder}/**`);
  watcher.onDidCreate(changed);
  watcher.onDidChange(changed);
  watcher.onDidDelete(changed);
  return watcher;
}
