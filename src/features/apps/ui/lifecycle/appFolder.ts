import * as vscode from 'vscode';
import { folderOfApp } from './appSource.ts';

const mostFiles = 500;
const mostBytes = 500_000;

/**
 * The folder of the one Python file in a repository that defines the app.
 * @returns undefined when there is none, when several do, or when it lies at the top
 */
export async function appFolder(root: vscode.Uri, appName: string): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles(
    new vscode.RelativePattern(root, '**/*.py'),
    '**/{node_modules,.venv,venv,site-packages,__pycache__}/**',
    mostFiles,
  );
  const texts = await Promise.all(
    files.map(async (file) => {
      const { size } = await vscode.workspace.fs.stat(file);
      if (size > mostBytes) return undefined;
      return { path: file.path, text: new TextDecoder().decode(await vscode.workspace.fs.readFile(file)) };
    }),
  );
  const folder = folderOfApp(
    texts.flatMap((text) => text ?? []),
    appName,
  );
  return folder === undefined || folder === root.path ? undefined : root.with({ path: folder });
}
