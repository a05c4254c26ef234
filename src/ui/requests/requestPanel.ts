import * as vscode from 'vscode';
import { DisposableStore } from '../../domain/emitter.ts';
import { isCancelled, toModalError } from '../../domain/errors.ts';
import type { Logger } from '../../domain/logger.ts';
import type { HttpResult } from '../../domain/request.ts';
import { asCurl } from '../../requests/curl.ts';
import { explainResult } from '../../requests/explain.ts';
import type { RequestSender } from '../../requests/send.ts';
import { summarize } from '../../requests/summary.ts';
import { entryForFile } from './takeFiles.ts';
import { webviewHtml, webviewRoots } from '../webviewHtml.ts';
import type { ResponseState, ToHost, ToView } from './protocol.ts';
import { toHost } from './protocol.ts';
import type { RequestActions } from './requestActions.ts';
import type { RequestEditorServices } from './requestEditor.ts';
import { RequestEditor } from './requestEditor.ts';
import type { RequestSession } from './requestSession.ts';

export interface RequestPanelServices extends RequestActions, RequestEditorServices {
  readonly sender: RequestSender;
  readonly logger: Logger;
}

/** Larger answers are shown cut, with a button that opens all of them. */
const previewLength = 1024 * 1024;

/** The editor tab of one endpoint. It holds the truth; the view paints what it is sent, also after being hidden. */
export class RequestPanel implements vscode.Disposable {
  readonly #view: vscode.WebviewPanel;
  readonly #services: RequestPanelServices;
  readonly #disposables = new DisposableStore();
  readonly #editor: RequestEditor;
  #response: ResponseState = { kind: 'idle' };
  #result: HttpResult | undefined;
  #abort: AbortController | undefined;

  static options(extensionUri: vscode.Uri): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { enableScripts: true, enableFindWidget: true, localResourceRoots: webviewRoots(extensionUri) };
  }

  constructor(
    view: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    session: RequestSession,
    services: RequestPanelServices,
  ) {
    this.#view = view;
    this.#services = services;
    this.#editor = this.#disposables.add(
      new RequestEditor(session, services, (message) => this.#post(message)),
    );
    view.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'request.svg');
    this.#disposables.add(view.webview.onDidReceiveMessage((message) => void this.#received(message)));
    view.webview.html = webviewHtml(
      view.webview,
      extensionUri,
      'request',
      'modal-request',
      session.target.app.name,
    );
  }

  /** Brings the panel to the front, as it was left. */
  reveal(): void {
    this.#view.reveal();
  }

  /** Opens an entry as it begins, e.g. a sample as it was shipped. @throws kind `invalid` when it cannot be read */
  async begin(entry: string): Promise<void> {
    this.#abort?.abort();
    this.#response = { kind: 'idle' };
    await this.#editor.startOver(entry);
    this.#set(this.#response);
  }

  /** Opens an entry as it was left. @throws as `begin` */
  async open(entry: string): Promise<void> {
    await this.#editor.open(entry);
  }

  /** Opens the request that takes the files, with the files in it; says in the panel when there is none. */
  async takeFiles(uris: readonly vscode.Uri[]): Promise<void> {
    const [first] = uris;
    const entry = first && (await entryForFile(this.session, first));
    if (entry === undefined) return;
    try {
      await this.#editor.open(entry);
      await this.#editor.putFiles(uris);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Learns what the endpoint offers, if that costs nothing. */
  describe(): Promise<void> {
    return this.#editor.describe();
  }

  get session(): RequestSession {
    return this.#editor.session;
  }

  /** Sends the view everything anew. */
  async refresh(): Promise<void> {
    await this.#editor.refresh();
    this.#post({ type: 'response', response: this.#response });
  }

  /** Sends the request as it stands, without waiting for the view. */
  async send(): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const startedAt = Date.now();
    try {
      const spec = await this.#editor.spec();
      if (abort.signal.aborted) return;
      this.#set({ kind: 'sending', startedAt, polls: 0 });
      const result = await this.#services.sender.send(spec, abort.signal, {
        onPoll: (polls) => this.#set({ kind: 'sending', startedAt, polls }),
        onText: (text) => this.#post({ type: 'streamed', text }),
      });
      if (this.#abort !== abort) return; // another request has taken the panel
      this.#result = result;
      this.#set(this.#resultState(result));
      if (result.status < 400) void this.#editor.answered();
    } catch (error) {
      if (this.#abort === abort) this.#fail(error);
    }
  }

  dispose(): void {
    this.#abort?.abort();
    this.#disposables.dispose();
  }

  async #received(raw: unknown): Promise<void> {
    const parsed = toHost.safeParse(raw);
    if (!parsed.success) {
      this.#services.logger.warn('The request panel sent a message that is not understood.');
      return;
    }
    try {
      await this.#handle(parsed.data);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #handle(message: ToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.refresh();
      case 'send':
        return this.send();
      case 'cancel':
        this.#abort?.abort();
        return;
      case 'enterKey':
        await this.#editor.enterKey();
        this.#set({ kind: 'idle' });
        return;
      case 'showLogs':
        this.#showLogs();
        return;
      case 'deploy':
        this.#services.deploy();
        return;
      case 'openBody':
        return this.#openBody();
      case 'copyCurl':
        return this.#copyCurl();
      default:
        return this.#editor.handle(message);
    }
  }

  #resultState(result: HttpResult): ResponseState {
    const explanation = explainResult(result);
    return {
      kind: 'result',
      status: result.status,
      statusText: result.statusText,
      headers: { ...result.headers },
      body: result.body.slice(0, previewLength),
      truncated: result.body.length > previewLength,
      size: result.size,
      timing: result.timing,
      callId: result.callId,
      ...(explanation ? { explanation } : {}),
      summary: result.status < 400 ? summarize(result.body, this.session.sample) : [],
    };
  }

  #fail(error: unknown): void {
    if (isCancelled(error)) {
      this.#set({ kind: 'cancelled' });
      return;
    }
    const failure = toModalError(error);
    this.#services.logger.warn(`Test request failed: ${failure.message}`);
    const action =
      failure.kind === 'signedOut' ? 'enterKey' : failure.kind === 'invalid' ? undefined : 'showLogs';
    this.#set({ kind: 'failed', explanation: { text: failure.message, ...(action ? { action } : {}) } });
  }

  #showLogs(): void {
    const { app } = this.session.target;
    const callId = this.#result?.callId;
    this.#services.showLogs({
      appId: app.id,
      appName: app.name,
      environment: app.environment,
      ...(callId ? { callId } : {}),
    });
  }

  async #openBody(): Promise<void> {
    if (!this.#result) return;
    const isJson = (this.#result.headers['content-type'] ?? '').includes('json');
    const document = await vscode.workspace.openTextDocument({
      content: this.#result.body,
      language: isJson ? 'json' : 'plaintext',
    });
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  async #copyCurl(): Promise<void> {
    await vscode.env.clipboard.writeText(asCurl(await this.#editor.spec()));
    vscode.window.setStatusBarMessage(
      `$(check) ${vscode.l10n.t('Copied as curl; the key is read from $MODAL_API_KEY')}`,
      4000,
    );
  }

  #set(response: ResponseState): void {
    this.#response = response;
    this.#post({ type: 'response', response });
  }

  #post(message: ToView): void {
    void this.#view.webview.postMessage(message);
  }
}

export { ApiDescriptions } from '../../requests/openapi/apiDescriptions.ts';
export { KeyedFiles } from '../../requests/keyedFiles.ts';
export { RequestSession } from './requestSession.ts';
export { readSession } from './savedSession.ts';
