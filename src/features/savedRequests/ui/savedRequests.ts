import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import { plain, text } from '../../../shared/text.ts';
import type { HttpFile, HttpRequest } from '../core/httpFile/model.ts';
import type { HttpFiles } from './httpFiles.ts';
import { readHttpFile } from './httpFiles.ts';
import { findSavedFiles, requestsFolder } from './savedFiles.ts';
import type { PickItem } from '../../../editor/shown/inputs.ts';
import { createPick } from '../../../editor/shown/inputs.ts';

interface SavedItem extends PickItem {
  readonly uri?: vscode.Uri;
  readonly file?: HttpFile;
  readonly request?: HttpRequest;
}

interface SavedActions {
  readonly open: (spec: RequestSpec, send: boolean) => Promise<void>;
  readonly failure: (doing: string, error: unknown) => void;
}

/** Lists the saved requests by file. @throws kind `notFound` when there is none */
export async function openSaved(files: HttpFiles, actions: SavedActions): Promise<void> {
  const items = (await Promise.all((await findSavedFiles()).map(itemsOf))).flat();
  if (items.length === 0) {
    const message = text`No saved requests in this workspace. Save one from its panel with "Save Request".`;
    throw new ModalError('notFound', message);
  }
  const send = { iconPath: new vscode.ThemeIcon('send'), tooltip: text`Send` };
  const show = { iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: text`Open File` };
  const pick = createPick<SavedItem>();
  pick.title = text`Saved Requests`;
  pick.placeholder = text`Select a request to open`;
  pick.matchOnDescription = true;
  pick.items = items.map((item) => (item.request ? { ...item, buttons: [send, show] } : item));
  const act = async (item: SavedItem | undefined, doing: 'open' | 'send' | 'show') => {
    pick.hide();
    try {
      if (!item?.uri) return;
      if (doing === 'show' || !item.file || !item.request) await showFile(item);
      else await actions.open(await files.spec(item.uri, item.file, item.request), doing === 'send');
    } catch (error) {
      actions.failure('Open saved request', error);
    }
  };
  pick.onDidHide(() => pick.dispose());
  pick.onDidAccept(() => void act(pick.selectedItems[0], 'open'));
  pick.onDidTriggerItemButton(({ item, button }) => void act(item, button === send ? 'send' : 'show'));
  pick.show();
}

async function itemsOf(uri: vscode.Uri): Promise<SavedItem[]> {
  const label = vscode.workspace.asRelativePath(uri).replace(`${requestsFolder}/`, '');
  const separator: SavedItem = { label: plain(label), kind: vscode.QuickPickItemKind.Separator };
  try {
    const file = await readHttpFile(uri);
    if (file.requests.length === 0) return [];
    return [
      separator,
      ...file.requests.map((request) => ({
        label: plain(request.name || `${request.method} ${request.url}`),
        ...(request.name ? { description: text`${request.method} ${request.url}` } : {}),
        iconPath: new vscode.ThemeIcon('file-code'),
        uri,
        file,
        request,
      })),
    ];
  } catch (error) {
    // One file that cannot be read does not hide the others.
    return [
      separator,
      { label: plain((error as Error).message), iconPath: new vscode.ThemeIcon('warning'), uri },
    ];
  }
}

async function showFile({ uri, request }: SavedItem): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri as vscode.Uri);
  const editor = await vscode.window.showTextDocument(document);
  if (!request) return;
  const at = document.positionAt(request.head.start);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
