import path from 'node:path';
import type * as vscode from 'vscode';
import type { AppsNeeds } from '../needs.ts';

/**
 * The folder of the one Python file in a repository that defines the app.
 * @returns undefined when there is none, when several do, or when it lies at the top
 */
export async function appFolder(
  { sourceFiles }: Pick<AppsNeeds, 'sourceFiles'>,
  root: vscode.Uri,
  appName: string,
): Promise<vscode.Uri | undefined> {
  const inside = (await sourceFiles(appName)).filter((file) => file.path.startsWith(`${root.path}/`));
  const [only] = inside;
  if (!only || inside.length > 1) return undefined;
  const folder = path.posix.dirname(only.path);
  return folder === root.path ? undefined : root.with({ path: folder });
}
