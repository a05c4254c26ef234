import * as vscode from 'vscode';
import { plain, text } from '../../../shared/text.ts';
import { foldsOf, outlineOf } from '../core/documentOutline.ts';
import type { DocumentSection, LogDocument } from '../core/logDocument.ts';
import { documentSymbol } from '../../../editor/shown/surfaces.ts';

interface Kept {
  readonly document: LogDocument;
  readonly linksOf: LinksOf;
}

/** Finds what can be followed from a document; loaded with the panel. */
export type LinksOf = (document: vscode.TextDocument) => Promise<vscode.DocumentLink[]>;

const scheme = 'modal-log';
const kinds: Readonly<Record<DocumentSection['kind'], vscode.SymbolKind>> = {
  container: vscode.SymbolKind.Object,
  call: vscode.SymbolKind.Function,
  traceback: vscode.SymbolKind.Event,
};

/** A log as a read-only document: to search, to save, to fold, and to read with a screen reader. */
export class LogDocuments
  implements
    vscode.TextDocumentContentProvider,
    vscode.FoldingRangeProvider,
    vscode.DocumentSymbolProvider,
    vscode.DocumentLinkProvider,
    vscode.Disposable
{
  readonly #registration = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, this),
    vscode.languages.registerFoldingRangeProvider({ scheme }, this),
    vscode.languages.registerDocumentLinkProvider({ scheme }, this),
    vscode.languages.registerDocumentSymbolProvider({ scheme }, this, {
      label: 'Modal Logs',
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => void this.#documents.delete(uri.toString())),
  );
  readonly #documents = new Map<string, Kept>();
  #count = 0;

  async open(title: string, document: LogDocument, linksOf: LinksOf): Promise<void> {
    const path = `/${title.replaceAll(/[/\\]/g, '-')} ${++this.#count}.log`;
    const uri = vscode.Uri.from({ scheme, path });
    this.#documents.set(uri.toString(), { document, linksOf });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#documents.get(uri.toString())?.document.text ?? '';
  }

  provideFoldingRanges({ uri }: vscode.TextDocument): vscode.FoldingRange[] {
    return foldsOf(this.#sections(uri)).map(
      ({ firstLine, lastLine }) =>
        new vscode.FoldingRange(firstLine, lastLine, vscode.FoldingRangeKind.Region),
    );
  }

  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    return outlineOf(this.#sections(document.uri)).map((section) => symbolOf(section, document));
  }

  async provideDocumentLinks(document: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
    return (await this.#documents.get(document.uri.toString())?.linksOf(document)) ?? [];
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #sections(uri: vscode.Uri): readonly DocumentSection[] {
    return this.#documents.get(uri.toString())?.document.sections ?? [];
  }
}

function symbolOf(section: DocumentSection, document: vscode.TextDocument): vscode.DocumentSymbol {
  const { kind, name, firstLine, lastLine, children } = section;
  const end = document.lineAt(Math.min(lastLine, document.lineCount - 1)).range.end;
  const range = new vscode.Range(new vscode.Position(firstLine, 0), end);
  const lines = lastLine - firstLine + 1;
  const detail = lines === 1 ? text`1 line` : text`${lines} lines`;
  const start = new vscode.Range(firstLine, 0, firstLine, 0);
  const symbol = documentSymbol(plain(name), detail, kinds[kind], range, start);
  symbol.children = children.map((child) => symbolOf(child, document));
  return symbol;
}
