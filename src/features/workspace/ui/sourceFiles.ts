import * as vscode from 'vscode';
import type { ScriptFinder } from './scriptFinder.ts';

/** Python files of the workspace that make an app of that name. */
export async function sourceFiles(appName: string, scripts: ScriptFinder): Promise<vscode.Uri[]> {
  if (!appName) return [];
  const files = await scripts.find();
  return files
    .filter(({ apps }) => apps.some(({ name }) => name === appName))
    .map(({ uri }) => vscode.Uri.parse(uri));
}
