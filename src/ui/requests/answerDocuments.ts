import * as vscode from 'vscode';

let panels = 0;

/** Answers of one panel as read-only documents: nothing is to be saved when they are closed. */
export class AnswerDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  /** One for each panel, because a scheme has one provider. */
  readonly #scheme = `modal-answer-${++panels}`;
  readonly #registration = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(this.#scheme, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => void this.#texts.delete(uri.toString())),
  );
  readonly #texts = new Map<string, string>();
  #count = 0;

  /** @param ending of the name, which decides the language */
  async open(text: string, ending: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/answer ${++this.#count}.${ending}` });
    this.#texts.set(uri.toString(), text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
