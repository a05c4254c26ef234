import { rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../../shared/emitter.ts';
import type { HttpResult } from '../../../domain/request.ts';
import { privateFile } from '../../../shared/files/privateFiles.ts';
import { temporaryFolder } from '../../../shared/files/temporaryFolder.ts';
import { text } from '../../../shared/text.ts';
import { proposedName } from '../core/proposedName.ts';
import { mediaType } from '../core/textBody.ts';
import { ReadOnlyTexts } from '../../../editor/readOnlyTexts.ts';
import { showStatus } from '../../../editor/shown/messages.ts';
import { showSave } from '../../../editor/shown/inputs.ts';
import { ownValue } from '../../../shared/ownValue.ts';

/** The editor shares larger documents with no extension, and copies the text on its way. */
const largestDocument = 20 * 1024 * 1024;

const endings: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/csv': 'csv',
  'text/event-stream': 'txt',
  'text/plain': 'txt',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
};

let panels = 0;

/** Takes answers out of the panel: into documents and files. */
export class AnswerFiles implements Disposable {
  #folder: Promise<string> | undefined;
  #texts: ReadOnlyTexts | undefined;
  #opened = 0;

  /** All of the text; a very large one as a file of the system's temporary folder, gone with the panel. */
  async open(result: HttpResult): Promise<void> {
    const ending = endingOf(mediaType(result.headers));
    if (result.size <= largestDocument && result.body !== '') {
      // One scheme for each panel, because a scheme has one provider.
      this.#texts ??= new ReadOnlyTexts(`modal-answer-${++panels}`);
      const uri = this.#texts.add(result.body, `answer ${++this.#opened}.${ending}`);
      await vscode.window.showTextDocument(uri, { preview: true, viewColumn: vscode.ViewColumn.Beside });
      return;
    }
    this.#folder ??= temporaryFolder('modal-answer');
    const file = path.join(await this.#folder, `answer-${Date.now()}.${ending}`);
    await writeFile(file, bytesOf(result), { mode: privateFile });
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), {
      preview: true,
      viewColumn: vscode.ViewColumn.Beside,
    });
  }

  /** Asks where to, and writes what came. */
  async save(result: HttpResult): Promise<void> {
    const name = proposedName(result.headers) ?? `answer.${endingOf(mediaType(result.headers))}`;
    await this.#saveAs(name, bytesOf(result));
  }

  async saveImage(type: string, base64: string): Promise<void> {
    await this.#saveAs(`image.${endingOf(type)}`, Buffer.from(base64, 'base64'));
  }

  dispose(): void {
    this.#texts?.dispose();
    void this.#folder?.then((folder) => rm(folder, { recursive: true, force: true })).catch(() => undefined);
  }

  async #saveAs(name: string, bytes: Uint8Array): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(os.homedir());
    const target = await showSave({
      title: text`Save Response`,
      defaultUri: vscode.Uri.joinPath(folder, name),
    });
    if (!target) return;
    await vscode.workspace.fs.writeFile(target, bytes);
    showStatus('check', text`Saved ${path.basename(target.fsPath)}`, 4000);
  }
}

function bytesOf({ bytes, body }: HttpResult): Uint8Array {
  return bytes ?? Buffer.from(body);
}

function endingOf(type: string): string {
  return (
    ownValue(endings, type) ?? (type.endsWith('+json') ? 'json' : type.startsWith('text/') ? 'txt' : 'bin')
  );
}
