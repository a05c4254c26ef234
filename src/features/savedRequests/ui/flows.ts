import { plural } from '../../../shared/format.ts';
import * as vscode from 'vscode';
import { ModalError } from '../../../domain/errors.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import type { SavedRequest } from '../../../domain/savedRequest.ts';
import { text } from '../../../shared/text.ts';
import type { HistoryEntry, SentRequest } from '../core/history/entry.ts';
import { RequestHistory } from '../core/history/history.ts';
import type { PanelQuestion } from '../../requests/index.ts';
import { AnswerDocuments } from './answerDocuments.ts';
import { copyAs } from './copyAs.ts';
import { Endpoints } from './endpoints.ts';
import { HistoryPick } from './historyPick.ts';
import { HttpFileHelp } from './httpFileHelp.ts';
import type { HttpPlace } from './httpFiles.ts';
import { HttpFiles } from './httpFiles.ts';
import type { MemoryParts } from './requestMemory.ts';
import { readSavedRequests } from './savedIndex.ts';
import { openSaved } from './savedRequests.ts';
import { saveRequest } from './saveRequest.ts';
import { showStatus, showWarning } from '../../../editor/shown/messages.ts';

/** Everything behind the commands of history, saved requests and snippets. */
export class MemoryFlows implements vscode.Disposable {
  readonly endpoints: Endpoints;
  readonly files: HttpFiles;
  readonly help: HttpFileHelp;
  readonly history: RequestHistory;
  readonly #parts: MemoryParts;
  readonly #answers = new AnswerDocuments();
  /** Settles when all that was sent so far is kept. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(parts: MemoryParts) {
    this.#parts = parts;
    this.history = new RequestHistory(parts.storage('requestHistory'));
    this.endpoints = new Endpoints(parts);
    this.files = new HttpFiles(this.endpoints, parts.state);
    this.help = new HttpFileHelp(this.files);
  }

  dispose(): void {
    this.#answers.dispose();
  }

  async record(sent: SentRequest): Promise<void> {
    const written = this.history.add(sent, this.endpoints.appOf(sent.spec.url));
    this.#written = Promise.allSettled([this.#written, written]);
    await written;
  }

  async showHistory(): Promise<void> {
    const entries = await this.#entries();
    if (entries.length === 0) {
      throw new ModalError(
        'notFound',
        'No requests have been sent in this workspace yet. Send one to an endpoint.',
      );
    }
    new HistoryPick(this.history, entries, {
      open: (spec, send) => this.open(spec, send),
      save: (spec) => this.save(spec),
      compare: (a, b) => this.#answers.compare(this.history, a, b),
      showAnswer: (entry) => this.#answers.show(this.history, entry),
      failure: (doing, error) => this.#parts.presenter.failure(doing, error),
    }).show();
  }

  async clearHistory(): Promise<void> {
    await this.#written;
    const { entries } = await this.history.read();
    const clear = text`Clear History`;
    const chosen = await showWarning(
      text`Clear the request history of this workspace?`,
      {
        modal: true,
        detail: text`Deletes ${plural(entries.length, 'request')} and ${entries.length === 1 ? 'its response' : 'their responses'}. Saved requests are kept.`,
      },
      clear,
    );
    if (chosen === clear) await this.history.clear();
  }

  /** Asks the panel that is in front for its request as it is edited; it answers through its actions. */
  async askPanel(question: PanelQuestion): Promise<void> {
    const panel = this.#parts.requests().active;
    if (!panel) {
      const message = text`No request panel is active. Run "Send Test Request" to open one.`;
      throw new ModalError('notFound', message);
    }
    await panel.ask(question);
  }

  /** The two latest answers to the same request: of the panel in front, else of all. */
  async compareWithPrevious(): Promise<void> {
    const url = this.#parts.requests().active?.session.baseUrl;
    const entries = (await this.#entries()).filter(({ answer }) => answer);
    const latest = entries.find(({ request }) => url === undefined || sameOrigin(request.url, url));
    const before = entries.find(
      ({ id, request }) =>
        latest &&
        id !== latest.id &&
        request.url === latest.request.url &&
        request.method === latest.request.method,
    );
    if (!latest || !before) {
      const message = text`There is no other response to compare with. Send the request again.`;
      throw new ModalError('notFound', message);
    }
    await this.#answers.compare(this.history, before, latest);
  }

  async copyAs(spec: RequestSpec): Promise<void> {
    await copyAs(spec);
  }

  async save(spec: RequestSpec, title?: string): Promise<void> {
    await saveRequest(this.files, spec, this.endpoints.appOf(spec.url)?.name, title);
  }

  async openSaved(): Promise<void> {
    await openSaved(this.files, {
      open: (spec, send) => this.open(spec, send),
      failure: (doing, error) => this.#parts.presenter.failure(doing, error),
    });
  }

  savedRequests(uris: readonly vscode.Uri[]): Promise<SavedRequest[]> {
    return readSavedRequests(this.files, uris);
  }

  async openFromFile(place: HttpPlace): Promise<void> {
    await this.open(await this.files.specAt(place), false);
  }

  /** @param place of a lens; absent: the request at the cursor */
  async sendFromFile(place?: HttpPlace): Promise<void> {
    await this.open(await this.files.specAt(place), true);
  }

  async selectEnvironment(): Promise<void> {
    await this.files.selectEnvironment();
  }

  /** Shows a request in its panel, and sends it if wished. */
  async open(spec: RequestSpec, send: boolean): Promise<void> {
    if (spec.hidden) this.#sayHidden(send);
    const found = await this.endpoints.find(spec.url);
    await this.#parts.requests().openSpec(spec, titleOf(spec), { ...found, send });
  }

  /** The panel cannot show such a request. @throws kind `invalid` when that is all that was wished */
  #sayHidden(isSent: boolean): void {
    const message = text`The request has a credential in its URL or body and can be edited only in its file.`;
    if (!isSent) throw new ModalError('invalid', message);
    showStatus('lock', message, 8000);
  }

  async #entries(): Promise<readonly HistoryEntry[]> {
    await this.#written;
    const { entries, broken } = await this.history.read();
    const [first] = broken;
    if (first !== undefined) {
      const message = text`${broken.length} entries of the request history couldn't be read and were moved aside.`;
      void showWarning(message, text`Show File`).then((chosen) => {
        if (chosen) void vscode.window.showTextDocument(vscode.Uri.file(first));
      });
    }
    return entries;
  }
}

/** What the panel calls a request that it did not begin. */
function titleOf({ method, url }: RequestSpec): string {
  return `${method} ${new URL(url).pathname}`;
}

function sameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}
