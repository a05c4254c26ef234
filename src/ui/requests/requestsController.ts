import * as vscode from 'vscode';
import { webviewPanels } from '../../contributions.ts';
import type { CatalogApp, Sample } from '../../domain/catalog.ts';
import { DisposableStore } from '../../domain/emitter.ts';
import type { RequestSpec } from '../../domain/request.ts';
import type { Logger } from '../../domain/logger.ts';
import type { EndpointKeys } from '../../platform/endpointKeys.ts';
import type { RequestSender } from '../../requests/send.ts';
import type { RequestActions } from './requestActions.ts';
import type { RequestPanel } from './requestPanel.ts';
import type { RequestTarget } from './requestSession.ts';
import { RequestSession } from './requestSession.ts';

/** Opens request panels, one for each endpoint. */
export class RequestsController implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #sender: Pick<RequestSender, 'send'>;
  readonly #keys: EndpointKeys;
  readonly #logger: Logger;
  readonly #actions: RequestActions;
  readonly #panels = new Map<string, RequestPanel>();
  readonly #disposables = new DisposableStore();

  constructor(
    extensionUri: vscode.Uri,
    sender: Pick<RequestSender, 'send'>,
    keys: EndpointKeys,
    logger: Logger,
    actions: RequestActions,
  ) {
    this.#extensionUri = extensionUri;
    this.#sender = sender;
    this.#keys = keys;
    this.#logger = logger;
    this.#actions = actions;
  }

  /** Opens the endpoint without a body. */
  async openEndpoint(target: RequestTarget, bundled?: CatalogApp): Promise<void> {
    const panel = await this.#panel(new RequestSession(target, bundled));
    await panel.refresh();
  }

  /** Opens a sample of a bundled app and, if wished, sends it at once. */
  async openSample(
    bundled: CatalogApp,
    sample: Sample,
    target: RequestTarget,
    options: { readonly send?: boolean } = {},
  ): Promise<void> {
    const session = new RequestSession(target, bundled);
    await session.select(sample);
    const panel = await this.#panel(session);
    await panel.refresh();
    if (options.send) await panel.sendAsShown();
  }

  /** The panel in front. */
  get active(): RequestPanel | undefined {
    return [...this.#panels.values()].find((panel) => panel.isActive);
  }

  /** Opens any request, with its endpoint where that is deployed, and sends it at once if wished. */
  async openSpec(
    spec: RequestSpec,
    options: {
      readonly target?: RequestTarget;
      readonly bundled?: CatalogApp;
      readonly send?: boolean;
    } = {},
  ): Promise<void> {
    const { target = addressOnly(spec.url), bundled, send } = options;
    const panel = await this.#panel(new RequestSession(target, bundled, spec));
    await panel.refresh();
    if (send) await panel.sendAsShown();
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
    this.#disposables.dispose();
  }

  /** The panel is a file of its own, loaded when the first one opens. */
  async #panel(session: RequestSession): Promise<RequestPanel> {
    const { RequestPanel } = await import('./requestPanel.ts');
    const key = session.target.endpoint.url;
    const open = this.#panels.get(key);
    if (open) {
      open.show(session);
      return open;
    }
    const view = vscode.window.createWebviewPanel(
      webviewPanels.request,
      session.target.app.name,
      vscode.ViewColumn.Active,
      RequestPanel.options(this.#extensionUri),
    );
    const panel = new RequestPanel(view, this.#extensionUri, session, {
      sender: this.#sender,
      keys: this.#keys,
      logger: this.#logger,
      ...this.#actions,
    });
    this.#panels.set(key, panel);
    view.onDidDispose(() => {
      this.#panels.delete(key);
      panel.dispose();
    });
    return panel;
  }
}

/** For an address that no deployed app has. */
function addressOnly(url: string): RequestTarget {
  const { origin, host } = new URL(url);
  return {
    app: { id: '', name: host, environment: '', state: 'unknown', createdAt: 0, runningContainers: 0 },
    endpoint: { functionId: '', name: '', url: origin, requiresProxyAuth: false },
  };
}
