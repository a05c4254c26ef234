import * as vscode from 'vscode';
import type { CatalogStore } from '../../../store/catalogStore.ts';
import type { ScriptFinder } from './scriptFinder.ts';
import { sourceFiles } from './sourceFiles.ts';

/** Folders that an app of this name may have been deployed from: of scripts that define it, and of bundled apps. */
export async function sourceFolders(
  appName: string,
  catalog: CatalogStore,
  scripts: ScriptFinder,
): Promise<vscode.Uri[]> {
  if (!appName) return [];
  const own = await sourceFiles(appName, scripts);
  const bundled = (await catalog.apps()).filter(({ defaultAppName }) => defaultAppName === appName);
  return [
    ...own.map((file) => vscode.Uri.joinPath(file, '..')),
    ...bundled.map(({ folder }) => vscode.Uri.file(folder)),
  ];
}
