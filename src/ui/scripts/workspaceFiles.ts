import * as vscode from 'vscode';
import type { Config } from '../../platform/config.ts';
import { excludeGlob } from '../../scripts/excludes.ts';
import type { FileStamp, ScriptFiles } from '../../scripts/scriptIndex.ts';

/** A workspace with more Python files than this is not read to its end. */
const mostFiles = 20_000;

/** The Python files of all folders of the workspace, without what the user's settings leave out. */
export function workspaceFiles(config: Config): ScriptFiles {
  return {
    find: async () => {
      const folders = vscode.workspace.workspaceFolders ?? [];
      const found = await Promise.all(
        folders.map((folder) =>
          vscode.workspace.findFiles(
            new vscode.RelativePattern(folder, '**/*.py'),
            excludeGlob(config.searchExclude(folder.uri)),
            mostFiles,
          ),
        ),
      );
      return [...new Set(found.flat().map(String))];
    },
    stat: async (uri) => {
      try {
        const stat = await vscode.workspace.fs.stat(vscode.Uri.parse(uri));
        return stat satisfies FileStamp;
      } catch {
        return undefined;
      }
    },
    read: async (uri) => new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.parse(uri))),
    label: (uri) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri)),
  };
}
