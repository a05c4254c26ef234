import * as vscode from 'vscode';

const scheme = 'modal-log';

/** A log as a read-only document: to search, to save, and to read with a screen reader. */
export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registration = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => void this.#texts.delete(uri.toString())),
  );
  readonly #texts = new Map<string, string>();
  #count = 0;

  async open(title: string, text: string): Promise<void> {
    const path = `/${title.replaceAll('/', '-')} ${++this.#count}.log`;
    const uri = vscode.Uri.from({ scheme, path });
    this.#texts.set(uri.toString(), text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
