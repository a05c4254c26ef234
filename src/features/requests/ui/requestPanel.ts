import * as vscode from 'vscode';
import type { Sample } from '../../../domain/catalog.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import type { RequestDraft } from '../../../domain/requestDraft.ts';
import type { CallFactsOptions } from '../core/callFacts.ts';
import type { RequestSender } from '../core/send.ts';
import { webviewHtml, webviewOptions } from '../../../editor/webviewHtml.ts';
import { fromAnswerView } from '../answerMessages.ts';
import { AnswerSession } from './answerSession.ts';
import type { ToHost, ToView } from '../messages.ts';
import { toHost } from '../messages.ts';
import type { PanelQuestion, RequestActions } from './requestActions.ts';
import type { RequestEditorServices } from './requestEditor.ts';
import { RequestEditor } from './requestEditor.ts';
import type { RequestSession, RequestTarget } from './requestSession.ts';
import { entryForFile } from './takeFiles.ts';

export interface RequestPanelServices extends RequestActions, RequestEditorServices {
  readonly sender: Pick<RequestSender, 'send'>;
  readonly logger: Logger;
  readonly facts: CallFactsOptions;
}

/** The editor tab of one endpoint. It holds the truth; the view paints what it is sent, also after being hidden. */
export class RequestPanel implements vscode.Disposable {
  readonly #view: vscode.WebviewPanel;
  readonly #extensionUri: vscode.Uri;
  readonly #services: RequestPanelServices;
  readonly #disposables = new DisposableStore();
  readonly #editor: RequestEditor;
  readonly #answer: AnswerSession;

  static options(extensionUri: vscode.Uri): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { ...webviewOptions(extensionUri), enableFindWidget: true };
  }

  constructor(
    view: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    session: RequestSession,
    services: RequestPanelServices,
  ) {
    this.#view = view;
    this.#extensionUri = extensionUri;
    this.#services = services;
    this.#editor = this.#disposables.add(
      new RequestEditor(session, services, (message) => this.#post(message)),
    );
    this.#answer = this.#disposables.add(this.#answerSession());
    view.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'request.svg');
    this.#disposables.add(view.webview.onDidReceiveMessage((message) => void this.#received(message)));
  }

  /**
   * Loads the page.
   * @param asLeft with the request that was open last; else nothing is shown until one is opened
   */
  async load(asLeft: boolean): Promise<void> {
    const first = asLeft ? [await this.#editor.whole()] : [];
    if (this.#disposables.isDisposed) return; // its tab was closed meanwhile
    const { webview } = this.#view;
    const title = this.session.target.app.name;
    webview.html = webviewHtml(webview, this.#extensionUri, 'request', 'modal-request', title, first);
  }

  /** Brings the panel to the front, as it was left. */
  reveal(): void {
    this.#view.reveal();
  }

  /** The log leads back to what sent a call. */
  showCall(): void {
    this.#view.reveal();
  }

  /** Opens an entry as it begins, e.g. a sample as it was shipped. @throws kind `invalid` when it cannot be read */
  async begin(entry: string): Promise<void> {
    this.#answer.reset();
    await this.#editor.startOver(entry);
  }

  /** Opens an entry as it was left. @throws as `begin` */
  async open(entry: string): Promise<void> {
    await this.#editor.open(entry);
  }

  /** Opens a request that was saved or sent before, as it was. */
  async adopt(title: string, draft: RequestDraft, secrets?: RequestSpec['secrets']): Promise<void> {
    this.#answer.reset();
    await this.#editor.adopt(title, draft, secrets);
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
      this.#answer.fail(error);
    }
  }

  /** Follows the endpoint to the app as it was deployed last. */
  follow(target: RequestTarget): Promise<void> {
    return this.#editor.follow(target);
  }

  /** Learns what the endpoint offers, if that costs nothing. */
  describe(): Promise<void> {
    return this.#editor.describe();
  }

  get isActive(): boolean {
    return this.#view.active;
  }

  get session(): RequestSession {
    return this.#editor.session;
  }

  /** Sends the view everything anew. */
  async refresh(): Promise<void> {
    await this.#editor.refresh();
    this.#answer.refresh();
  }

  /** Sends the request as it stands, without waiting for the view. */
  async send(): Promise<void> {
    try {
      await this.sendSpec(await this.#editor.spec(), this.session.sample);
    } catch (error) {
      this.#answer.fail(error);
    }
  }

  /** Sends a request whatever the editor shows: one with a body of bytes cannot be shown there. */
  async sendSpec(spec: RequestSpec, sample?: Sample): Promise<void> {
    await this.#answer.send({ ...this.session.target, sample, spec: this.session.withSecrets(spec) });
  }

  /** Puts the request on the clipboard as code, or saves it. @throws kind `invalid` when it cannot be sent */
  async ask(question: PanelQuestion): Promise<void> {
    await this.#services[question](await this.#editor.spec(), this.session.title);
  }

  dispose(): void {
    this.#services.calls.forget(this);
    this.#disposables.dispose();
  }

  async #received(raw: unknown): Promise<void> {
    const answer = fromAnswerView.safeParse(raw);
    const parsed = toHost.safeParse(raw);
    if (!parsed.success && !answer.success) {
      this.#services.logger.warn('The request panel sent an unknown message.');
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
        return this.send();
      case 'cancel':
        this.#answer.cancel();
        return;
      case 'enterKey':
        return this.#enterKey();
      case 'copyAs':
      case 'save':
        return this.ask(message.type);
      case 'loadTest':
        this.#services.loadTest(this.session.target, await this.#editor.spec());
        return;
      default:
        return this.#editor.handle(message);
    }
  }

  #answerSession(): AnswerSession {
    const { sender, facts, logger, deploy, openDashboard } = this.#services;
    const answer = new AnswerSession(
      {
        sender,
        facts,
        logger,
        actions: {
          showLogs: (callId) => this.#showLogs(callId),
          deploy: () => deploy(this.session.target.app),
          enterKey: () => this.#enterKey(),
          openDashboard: () => openDashboard(this.session.target.app.id),
        },
      },
      (message) => void this.#view.webview.postMessage(message),
    );
    this.#disposables.add(
      answer.onDidFinish((outcome) => {
        if (!('result' in outcome)) return;
        this.#services.calls.note(outcome.result.callId, this);
        if (outcome.result.status < 400) void this.#editor.answered();
      }),
    );
    return answer;
  }

  async #enterKey(): Promise<void> {
    if (!(await this.#editor.enterKey())) return;
    if (!this.#answer.isSending) this.#answer.reset(); // it was about the key before
    if (!this.session.hasApi) await this.#editor.describe();
  }

  #showLogs(callId: string): void {
    const { app } = this.session.target;
    this.#services.showLogs({
      appId: app.id,
      appName: app.name,
      environment: app.environment,
      ...(callId ? { callId } : {}),
    });
  }

  #post(message: ToView): void {
    void this.#view.webview.postMessage(message);
  }
}
