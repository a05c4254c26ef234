import * as vscode from 'vscode';

/**
 * Files that are dropped on a row of the Apps view.
 * @param dropped told the row's id and the files; errors are its own to show
 */
export class EndpointDrop implements vscode.TreeDragAndDropController<string> {
  readonly dragMimeTypes: readonly string[] = [];
  readonly dropMimeTypes = ['text/uri-list', 'files'];
  readonly #dropped: (id: string, uris: readonly vscode.Uri[]) => void;

  constructor(dropped: (id: string, uris: readonly vscode.Uri[]) => void) {
    this.#dropped = dropped;
  }

  async handleDrop(id: string | undefined, transfer: vscode.DataTransfer): Promise<void> {
    if (id === undefined) return;
    const list = (await transfer.get('text/uri-list')?.asString()) ?? '';
    const listed = list.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
    const files = [...transfer].flatMap(([, item]) => item.asFile()?.uri ?? []);
    const uris = listed.length > 0 ? listed.map((line) => vscode.Uri.parse(line)) : files;
    if (uris.length > 0) this.#dropped(id, uris);
  }
}
