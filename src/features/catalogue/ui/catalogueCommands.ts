import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import type { CommandsOf } from '../../../editor/command.ts';
import { copyToWorkspace } from './copyToWorkspace.ts';
import type { CatalogueNeeds } from './needs.ts';

export function catalogueCommands(needs: CatalogueNeeds): CommandsOf<'showAppFiles' | 'copyToWorkspace'> {
  return {
    [commands.showAppFiles]: async (target) => {
      const app = target?.bundled ?? (await needs.catalog.apps())[0];
      if (!app) return;
      const entry = vscode.Uri.joinPath(vscode.Uri.file(app.folder), app.entry);
      await vscode.window.showTextDocument(entry, { preview: true });
    },
    [commands.copyToWorkspace]: (target, title) => copyToWorkspace(needs, target, title),
  };
}
