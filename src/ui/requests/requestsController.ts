import * as vscode from 'vscode';
import { webviewPanels } from '../../contributions.ts';
import type { CatalogApp, Sample } from '../../domain/catalog.ts';
import { DisposableStore } from '../../domain/emitter.ts';
import type { Logger } from '../../domain/logger.ts';
import type { RequestSpec } from '../../domain/request.ts';
import type { EndpointKeys } from '../../platform/endpointKeys.ts';
import type { KeyedFiles } from '../../requests/keyedFiles.ts';
import type { CallFactsOptions } from '../../requests/callFacts.ts';
import type { RequestSender } from '../../requests/send.ts';
import type { RequestActions } from './requestActions.ts';
import type { RequestPanel, RequestPanelServices } from './requestPanel.ts';
import type { RequestTarget } from './requestSession.ts';

export interface RequestsOptions {
  readonly extensionUri: vscode.Uri;
  /** Where drafts and API descriptions are kept; absent: nowhere. */
  readonly storageUri: vscode.Uri | undefined;
  readonly sender: Pick<RequestSender, 'send'>;
  readonly keys: EndpointKeys;
  readonly logger: Logger;
  readonly facts: CallFactsOptions;
  /** The bundled apps, for panels that come back after a reload. */
  readonly bundled: () => Promise<readonly CatalogApp[]>;
  /** What asking an endpoint would start; see `RequestEditorServices`. */
  readonly wakes: (target: RequestTarget) => string;
}

type PanelModule = typeof import('./requestPanel.ts');

/** How a panel begins. */
export interface OpenOptions {
  readonly bundled?: CatalogApp | undefined;
  /** Entry that is opened as it begins; absent: the one that was open last. */
  readonly begin?: string | undefined;
}

export interface OpenSpecOptions {
  readonly target?: RequestTarget;
  readonly bundled?: CatalogApp;
  readonly send?: boolean;
}

const mostFiles = { drafts: 100, apis: 30 };

/** Opens request panels, one for each endpoint, and brings them back after a reload of the window. */
export class RequestsController implements vscode.Disposable {
  readonly #options: RequestsOptions;
  readonly #actions: RequestActions;
  readonly #panels = new Map<string, RequestPanel>();
  readonly #disposables = new DisposableStore();
  #services: RequestPanelServices | undefined;

  constructor(options: RequestsOptions, actions: RequestActions) {
    this.#options = options;
    this.#actions = actions;
    this.#disposables.add(
      vscode.window.registerWebviewPanelSerializer(webviewPanels.request, {
        deserializeWebviewPanel: (view, state) => this.#restore(view, state),
      }),
    );
  }

  /** Opens the requests of an endpoint as they were left. */
  async openEndpoint(target: RequestTarget, bundled?: CatalogApp): Promise<RequestPanel> {
    return this.#open(target, { bundled });
  }

  /** Opens a sample of a bundled app as it was shipped and, if wished, sends it at once. */
  async openSample(
    bundled: CatalogApp,
    sample: Sample,
    target: RequestTarget,
    options: { readonly send?: boolean } = {},
  ): Promise<void> {
    const panel = await this.#open(target, { bundled, begin: `sample:${sample.id}` });
    if (options.send) await panel.send();
  }

  /** Opens the request of an endpoint that takes files, with the files in it; nothing is sent. */
  async openFiles(
    target: RequestTarget,
    bundled: CatalogApp | undefined,
    uris: readonly vscode.Uri[],
  ): Promise<void> {
    const panel = await this.#open(target, { bundled });
    await panel.describe();
    await panel.takeFiles(uris);
  }

  /** The panel in front. */
  get active(): RequestPanel | undefined {
    return [...this.#panels.values()].find((panel) => panel.isActive);
  }

  /**
   * Opens any request, with its endpoint where that is deployed, and sends it at once if wished. One with a body of
   * bytes can be sent, and not be edited.
   */
  async openSpec(spec: RequestSpec, title: string, options: OpenSpecOptions = {}): Promise<void> {
    const { target = addressOnly(spec.url), bundled, send } = options;
    const { draftOf } = await import('./requestPanel.ts');
    const panel = await this.#open(target, { bundled });
    const draft = draftOf(spec, panel.session.baseUrl);
    if (draft) await panel.adopt(title, draft);
    if (send) await panel.sendSpec(spec);
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
    this.#disposables.dispose();
  }

  async #open(target: RequestTarget, { bundled, begin }: OpenOptions): Promise<RequestPanel> {
    // The panel is a file of its own, loaded when the first one opens.
    const module = await import('./requestPanel.ts');
    const open = this.#panels.get(target.endpoint.url);
    open?.reveal();
    const panel = open ?? (await this.#create(module, target, bundled));
    if (begin !== undefined) await panel.begin(begin);
    else await panel.refresh();
    if (!open) void panel.describe();
    return panel;
  }

  async #create(
    module: PanelModule,
    target: RequestTarget,
    bundled: CatalogApp | undefined,
  ): Promise<RequestPanel> {
    const view = vscode.window.createWebviewPanel(
      webviewPanels.request,
      target.app.name,
      vscode.ViewColumn.Active,
      module.RequestPanel.options(this.#options.extensionUri),
    );
    const saved = module.readSession(await this.#files(module, 'drafts')?.read(keyOf(target)));
    return this.#adopt(module, view, new module.RequestSession(target, bundled, saved));
  }

  /** @param state what the view has noted: which endpoint it shows */
  async #restore(view: vscode.WebviewPanel, state: unknown): Promise<void> {
    const module = await import('./requestPanel.ts');
    const url = (state as { endpoint?: unknown } | undefined)?.endpoint;
    const saved =
      typeof url === 'string'
        ? module.readSession(await this.#files(module, 'drafts')?.read(url))
        : undefined;
    if (!saved || this.#panels.has(saved.target.endpoint.url)) {
      view.dispose();
      return;
    }
    const bundled = (await this.#options.bundled()).find(({ id }) => id === saved.bundledId);
    view.webview.options = module.RequestPanel.options(this.#options.extensionUri);
    const panel = this.#adopt(module, view, new module.RequestSession(saved.target, bundled, saved));
    await panel.describe();
  }

  #adopt(
    module: PanelModule,
    view: vscode.WebviewPanel,
    session: InstanceType<PanelModule['RequestSession']>,
  ): RequestPanel {
    this.#services ??= this.#makeServices(module);
    const key = session.target.endpoint.url;
    const panel = new module.RequestPanel(view, this.#options.extensionUri, session, this.#services);
    this.#panels.set(key, panel);
    view.onDidDispose(() => {
      this.#panels.delete(key);
      panel.dispose();
    });
    return panel;
  }

  #makeServices(module: PanelModule): RequestPanelServices {
    const { sender, keys, logger, facts, wakes } = this.#options;
    return {
      sender,
      keys,
      logger,
      facts,
      wakes: (session) => wakes(session.target),
      drafts: this.#files(module, 'drafts'),
      descriptions: new module.ApiDescriptions(this.#files(module, 'apis'), logger),
      ...this.#actions,
    };
  }

  #files({ KeyedFiles }: PanelModule, folder: keyof typeof mostFiles): KeyedFiles | undefined {
    const { storageUri } = this.#options;
    return storageUri && new KeyedFiles(vscode.Uri.joinPath(storageUri, folder).fsPath, mostFiles[folder]);
  }
}

function keyOf({ endpoint }: RequestTarget): string {
  return endpoint.url.replace(/\/+$/, '');
}

/** For an address that no deployed app has. */
function addressOnly(url: string): RequestTarget {
  const { origin, host } = new URL(url);
  return {
    app: { id: '', name: host, environment: '', state: 'unknown', createdAt: 0, runningContainers: 0 },
    endpoint: { functionId: '', name: '', url: origin, requiresProxyAuth: false },
  };
}
