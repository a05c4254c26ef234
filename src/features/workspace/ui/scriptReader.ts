import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../../shared/emitter.ts';
import type { ModalScript } from '../../../domain/script.ts';
import { decodePython } from '../core/decodePython.ts';
import type { LinkFile } from '../core/linking.ts';
import { ParserThread } from '../core/parserThread.ts';
import { tooLong } from '../core/tooLong.ts';
import { readLinked } from '../core/readLinked.ts';
import type { ModuleReading } from '../core/reading.ts';
import { largestFile, mentionsModal } from '../core/scriptIndex.ts';
import { toSlashes } from '../core/slashPath.ts';

const nothing: ModalScript = { apps: [], problems: [] };
/** A file that does not name Modal may give functions to an app that it imports. */
const mayRegister = /@[\w.]+\.(?:function|cls|server|local_entrypoint)\(/;
/** Files whose reading is kept. */
const mostKept = 2000;

interface Kept {
  readonly mtime: number;
  readonly size: number;
  readonly file: Promise<LinkFile>;
}

/** Reads scripts with the parser, whose thread starts when the first one is read. */
export class ScriptReader implements Disposable {
  readonly #thread: ParserThread<string, ModuleReading>;
  readonly #documents = new WeakMap<
    vscode.TextDocument,
    { version: number; reading: Promise<ModuleReading> }
  >();
  readonly #kept = new Map<string, Kept>();

  /** @param workerFile bundle of `parserWorker.ts` */
  constructor(workerFile: string) {
    this.#thread = new ParserThread(workerFile, tooLong);
  }

  /** One text for itself. */
  ofText(text: string): Promise<ModuleReading> {
    return this.#thread.ask(text);
  }

  /** A file as it is on disk now, with what it imports. */
  async ofFile(file: string): Promise<ModalScript> {
    return (await this.#link(file, () => this.#readKept(toSlashes(file)))) ?? nothing;
  }

  /** As it stands in the editor, saved or not, with what it imports. */
  async ofDocument(document: vscode.TextDocument): Promise<ModalScript> {
    const text = document.getText();
    if (text.length > largestFile || !(mentionsModal(text) || mayRegister.test(text))) return nothing;
    const known = this.#documents.get(document);
    const reading = known?.version === document.version ? known.reading : this.ofText(text);
    this.#documents.set(document, { version: document.version, reading });
    const { fsPath } = document.uri;
    return (
      (await this.#link(fsPath, async () => ({ ...placeOf(fsPath), reading: await reading }))) ?? nothing
    );
  }

  dispose(): void {
    this.#thread.dispose();
  }

  async #link(
    file: string,
    readStart: () => Promise<LinkFile | undefined>,
  ): Promise<ModalScript | undefined> {
    const start = toSlashes(file);
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.uri.fsPath;
    const linked = await readLinked(start, {
      list: async (at) => new Set(await readdir(at).catch(() => [])),
      read: (at) => (at === start ? readStart() : this.#readKept(at)),
      // Of a file outside of the workspace nobody knows how far up its package goes.
      top: () => toSlashes(folder ?? path.resolve(path.dirname(file), '../..')),
    });
    return linked?.script;
  }

  async #readKept(at: string): Promise<LinkFile | undefined> {
    const file = path.normalize(at);
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile() || found.size > largestFile) return undefined;
    const { mtimeMs: mtime, size } = found;
    const known = this.#kept.get(at);
    if (known?.mtime === mtime && known.size === size) return known.file;
    if (this.#kept.size >= mostKept) this.#kept.clear();
    const read = readFile(file)
      .then((bytes) => this.ofText(decodePython(bytes)))
      .then((reading) => ({ ...placeOf(file), reading }));
    this.#kept.set(at, { mtime, size, file: read });
    return read.catch(() => {
      this.#kept.delete(at);
      return undefined;
    });
  }
}

function placeOf(file: string): { uri: string; label: string } {
  const uri = vscode.Uri.file(file);
  return { uri: uri.toString(), label: vscode.workspace.asRelativePath(uri) };
}
