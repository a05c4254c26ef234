import type * as vscode from 'vscode';
import type { Disposable } from '../../domain/emitter.ts';
import type { ModalScript } from '../../domain/script.ts';
import { ParserThread } from '../../scripts/parserThread.ts';
import { tooLong } from '../../scripts/tooLong.ts';
import { mentionsModal } from '../../scripts/scriptIndex.ts';

const nothing: ModalScript = { apps: [], problems: [] };

/** Reads scripts with the parser, whose thread starts when the first one is read. */
export class ScriptReader implements Disposable {
  readonly #thread: ParserThread<string, ModalScript>;
  readonly #read = new WeakMap<vscode.TextDocument, { version: number; script: Promise<ModalScript> }>();

  /** @param workerFile bundle of `parserWorker.ts` */
  constructor(workerFile: string) {
    this.#thread = new ParserThread(workerFile, tooLong);
  }

  async ofText(text: string): Promise<ModalScript> {
    return mentionsModal(text) ? this.#thread.ask(text) : nothing;
  }

  /** As it stands in the editor, saved or not. */
  ofDocument(document: vscode.TextDocument): Promise<ModalScript> {
    const known = this.#read.get(document);
    if (known?.version === document.version) return known.script;
    const script = this.ofText(document.getText());
    this.#read.set(document, { version: document.version, script });
    return script;
  }

  dispose(): void {
    this.#thread.dispose();
  }
}
