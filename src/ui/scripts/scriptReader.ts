import type * as vscode from 'vscode';
import type { ModalScript } from '../../domain/script.ts';
import { mentionsModal } from '../../scripts/scriptIndex.ts';

const nothing: ModalScript = { apps: [], problems: [] };

/** Reads scripts with the parser, which is loaded when the first one is read. */
export class ScriptReader {
  readonly #read = new WeakMap<vscode.TextDocument, { version: number; script: Promise<ModalScript> }>();

  async ofText(text: string): Promise<ModalScript> {
    if (!mentionsModal(text)) return nothing;
    const { parseScript } = await import('../../scripts/parseScript.ts');
    return parseScript(text);
  }

  /** As it stands in the editor, saved or not. */
  ofDocument(document: vscode.TextDocument): Promise<ModalScript> {
    const known = this.#read.get(document);
    if (known?.version === document.version) return known.script;
    const script = this.ofText(document.getText());
    this.#read.set(document, { version: document.version, script });
    return script;
  }
}
