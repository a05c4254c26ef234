import * as vscode from 'vscode';
import type { Config } from '../../../editor/config.ts';
import { decodePython } from '../core/decodePython.ts';
import { folderOf } from '../core/slashPath.ts';
import { excludeGlob, isPlainGlob } from '../core/excludes.ts';
import type { FileStamp, ScriptFiles } from '../core/scriptIndex.ts';

/** A folder with more Python files than this is not read to its end, which the view says. */
export const mostFiles = 20_000;

/** The Python files of all folders of the workspace, without what the user's settings leave out. */
export function workspaceFiles(config: Config): ScriptFiles {
  return {
    find: async () => {
      const folders = vscode.workspace.workspaceFolders ?? [];
      const found = await Promise.all(folders.map((folder) => find(folder, '**/*.py', config, mostFiles)));
      const isCut = found.some(({ length }) => length >= mostFiles);
      return { uris: [...new Set(found.flat().map(String))], isCut };
    },
    includes: async (address) => {
      const uri = vscode.Uri.parse(address);
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (!folder) return false;
      const relative = uri.path.slice(folder.uri.path.length).replace(/^\//, '');
      // Signs that mean something in globs cannot be told from names, so that all files are listed instead.
      const isPlain = isPlainGlob(relative);
      const found = await find(folder, isPlain ? relative : '**/*.py', config, isPlain ? 1 : mostFiles);
      return found.some((each) => each.toString() === uri.toString());
    },
    stat: async (uri) => {
      try {
        const stat = await vscode.workspace.fs.stat(vscode.Uri.parse(uri));
        return stat satisfies FileStamp;
      } catch {
        return undefined;
      }
    },
    read: async (uri) => decodePython(await vscode.workspace.fs.readFile(vscode.Uri.parse(uri))),
    label: (uri) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri)),
    path: (uri) => vscode.Uri.parse(uri).path,
    top: (path) => {
      const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.path);
      const around = folders.filter((folder) => path.startsWith(`${folder}/`));
      return around.sort((a, b) => b.length - a.length)[0] ?? folderOf(path);
    },
  };
}

function find(
  folder: vscode.WorkspaceFolder,
  glob: string,
  config: Config,
  most: number,
): Thenable<vscode.Uri[]> {
  const pattern = new vscode.RelativePattern(folder, glob);
  return vscode.workspace.findFiles(pattern, excludeGlob(config.searchExclude(folder.uri)), most);
}
