import * as vscode from 'vscode';
import { DisposableStore } from '../../domain/emitter.ts';
import type { Logger } from '../../domain/logger.ts';
import type { RequestSpec } from '../../domain/request.ts';
import type { EndpointKeys } from '../../platform/endpointKeys.ts';
import { asCurl } from '../../requests/curl.ts';
import type { CallFactsOptions } from '../../requests/callFacts.ts';
import type { RequestSender } from '../../requests/send.ts';
import { webviewHtml, webviewRoots } from '../webviewHtml.ts';
import { fromAnswerView } from './answerProtocol.ts';
import { AnswerSession } from './answerSession.ts';
import { askForKey } from './askForKey.ts';
import type { ToHost, ToView } from './protocol.ts';
import { toHost } from './protocol.ts';
import type { RequestActions } from './requestActions.ts';
import type { RequestSession } from './requestSession.ts';

export interface RequestPanelServices extends RequestActions {
  readonly sender: RequestSender;
  readonly keys: EndpointKeys;
  readonly logger: Logger;
  readonly facts: CallFactsOptions;
}

/** The editor tab of one endpoint. It holds the truth; the view paints what it is sent, also after being hidden. */
export class RequestPanel implements vscode.Disposable {
  readonly #view: vscode.WebviewPanel;
  readonly #services: RequestPanelServices;
  readonly #disposables = new DisposableStore();
  readonly #answer: AnswerSession;
  #session: RequestSession;

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
    this.#answer = this.#disposables.add(this.#answerSession());
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
    this.#session = session;
    this.#answer.reset();
    this.#view.reveal();
  }

  /** Sends the view everything anew. */
  async refresh(): Promise<void> {
    this.#post({ type: 'request', request: this.#session.state(await this.#authState()) });
    this.#answer.refresh();
  }

  /** Sends the request as the session has it, without waiting for the view. */
  async sendAsShown(): Promise<void> {
    const { method, path, body } = this.#session.state('none');
    await this.#send(method, path, body);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #received(raw: unknown): Promise<void> {
    const answer = fromAnswerView.safeParse(raw);
    const parsed = toHost.safeParse(raw);
    if (!parsed.success && !answer.success) {
      this.#services.logger.warn('The request panel sent a message that is not understood.');
      return;
    }
    try {
      if (answer.success) await this.#answer.handle(answer.data);
      else if (parsed.success) await this.#handle(parsed.data);
    } catch (error) {
      this.#answer.fail(error);
    }
  }

  async #handle(message: ToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.refresh();
      case 'send':
        return this.#send(message.method, message.path, message.body);
      case 'cancel':
        this.#answer.cancel();
        return;
      case 'selectSample':
        return this.#selectSample(message.id);
      case 'enterKey':
        return this.#enterKey();
      case 'copyCurl':
        return this.#copyCurl(message.method, message.path, message.body);
    }
  }

  async #send(method: string, path: string, body: string): Promise<void> {
    const { target, sample } = this.#session;
    await this.#answer.send({ ...target, sample, spec: this.#session.spec(method, path, body) });
  }

  #answerSession(): AnswerSession {
    const { sender, facts, logger, deploy, openDashboard } = this.#services;
    return new AnswerSession(
      {
        sender,
        facts,
        logger,
        actions: {
          showLogs: (callId) => this.#showLogs(callId),
          deploy,
          enterKey: () => this.#enterKey(),
          openDashboard: () => openDashboard(this.#session.target.app.id),
        },
      },
      (message) => void this.#view.webview.postMessage(message),
    );
  }

  async #selectSample(id: string): Promise<void> {
    const sample = this.#session.bundled?.samples.find((candidate) => candidate.id === id);
    if (!sample) return;
    await this.#session.select(sample);
    this.#answer.reset();
    await this.refresh();
  }

  async #enterKey(): Promise<void> {
    const { auth, target } = this.#session;
    if (!auth) return;
    const value = await askForKey(target.app.name);
    if (value === undefined) return;
    await this.#services.keys.store(auth.secretRef, value);
    this.#answer.reset();
    await this.refresh();
  }

  #showLogs(callId: string): void {
    const { app } = this.#session.target;
    this.#services.showLogs({
      appId: app.id,
      appName: app.name,
      environment: app.environment,
      ...(callId ? { callId } : {}),
    });
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

  #post(message: ToView): void {
    void this.#view.webview.postMessage(message);
  }
}
