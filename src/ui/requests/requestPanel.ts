import * as vscode from 'vscode';
import { DisposableStore } from '../../domain/emitter.ts';
import { isCancelled, toModalError } from '../../domain/errors.ts';
import type { Logger } from '../../domain/logger.ts';
import type { HttpResult, RequestSpec } from '../../domain/request.ts';
import type { EndpointKeys } from '../../platform/endpointKeys.ts';
import { asCurl } from '../../requests/curl.ts';
import { explainResult } from '../../requests/explain.ts';
import type { RequestSender } from '../../requests/send.ts';
import { summarize } from '../../requests/summary.ts';
import { webviewHtml, webviewRoots } from '../webviewHtml.ts';
import { askForKey } from './askForKey.ts';
import type { ResponseState, ToHost, ToView } from './protocol.ts';
import { toHost } from './protocol.ts';
import type { RequestActions } from './requestActions.ts';
import type { RequestSession } from './requestSession.ts';

export interface RequestPanelServices extends RequestActions {
  readonly sender: RequestSender;
  readonly keys: EndpointKeys;
  readonly logger: Logger;
}

/** Larger answers are shown cut, with a button that opens all of them. */
const previewLength = 1024 * 1024;

/** The editor tab of one endpoint. It holds the truth; the view paints what it is sent, also after being hidden. */
export class RequestPanel implements vscode.Disposable {
  readonly #view: vscode.WebviewPanel;
  readonly #services: RequestPanelServices;
  readonly #disposables = new DisposableStore();
  #session: RequestSession;
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
    this.#session = session;
    this.#services = services;
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

  show(session: RequestSession): void {
    this.#abort?.abort();
    this.#session = session;
    this.#response = { kind: 'idle' };
    this.#view.reveal();
  }

  /** The log leads back to what sent a call. */
  showCall(): void {
    this.#view.reveal();
  }

  /** Sends the view everything anew. */
  async refresh(): Promise<void> {
    this.#post({ type: 'request', request: this.#session.state(await this.#authState()) });
    this.#post({ type: 'response', response: this.#response });
  }

  /** Sends the request as the session has it, without waiting for the view. */
  async sendAsShown(): Promise<void> {
    const { method, path, body } = this.#session.state('none');
    await this.#send(method, path, body);
  }

  dispose(): void {
    this.#services.calls.forget(this);
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
        return this.#send(message.method, message.path, message.body);
      case 'cancel':
        this.#abort?.abort();
        return;
      case 'selectSample':
        return this.#selectSample(message.id);
      case 'enterKey':
        return this.#enterKey();
      case 'showLogs':
        this.#showLogs();
        return;
      case 'deploy':
        this.#services.deploy();
        return;
      case 'openBody':
        return this.#openBody();
      case 'copyCurl':
        return this.#copyCurl(message.method, message.path, message.body);
    }
  }

  async #send(method: string, path: string, body: string): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const startedAt = Date.now();
    try {
      const spec = this.#session.spec(method, path, body);
      this.#set({ kind: 'sending', startedAt, polls: 0 });
      const result = await this.#services.sender.send(spec, abort.signal, {
        onPoll: (polls) => this.#set({ kind: 'sending', startedAt, polls }),
        onText: (text) => this.#post({ type: 'streamed', text }),
      });
      if (this.#abort !== abort) return; // another request has taken the panel
      this.#result = result;
      this.#services.calls.note(result.callId, this);
      this.#set(this.#resultState(result));
    } catch (error) {
      if (this.#abort === abort) this.#fail(error);
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
      summary: result.status < 400 ? summarize(result.body, this.#session.sample) : [],
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

  async #selectSample(id: string): Promise<void> {
    const sample = this.#session.bundled?.samples.find((candidate) => candidate.id === id);
    if (!sample) return;
    await this.#session.select(sample);
    this.#response = { kind: 'idle' };
    await this.refresh();
  }

  async #enterKey(): Promise<void> {
    const { auth, target } = this.#session;
    if (!auth) return;
    const value = await askForKey(target.app.name);
    if (value === undefined) return;
    await this.#services.keys.store(auth.secretRef, value);
    this.#response = { kind: 'idle' };
    await this.refresh();
  }

  #showLogs(): void {
    const { app } = this.#session.target;
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

  async #copyCurl(method: string, path: string, body: string): Promise<void> {
    const spec: RequestSpec = this.#session.spec(method, path, body);
    await vscode.env.clipboard.writeText(asCurl(spec));
    vscode.window.setStatusBarMessage(
      `$(check) ${vscode.l10n.t('Copied as curl; the key is read from $MODAL_API_KEY')}`,
      4000,
    );
  }

  async #authState(): Promise<'none' | 'stored' | 'missing'> {
    const { auth } = this.#session;
    if (!auth) return 'none';
    return (await this.#services.keys.get(auth.secretRef)) ? 'stored' : 'missing';
  }

  #set(response: ResponseState): void {
    this.#response = response;
    this.#post({ type: 'response', response });
  }

  #post(message: ToView): void {
    void this.#view.webview.postMessage(message);
  }
}
