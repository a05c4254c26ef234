import * as vscode from 'vscode';
import { webviewPanels } from '../../../contributions.ts';
import type { CatalogApp, Sample } from '../../../domain/catalog.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { RequestSpec } from '../../../domain/request.ts';
import type { OnAside } from '../../../shared/files/setAside.ts';
import { withoutEndSlashes } from '../../../shared/endSlashes.ts';
import { plain } from '../../../shared/text.ts';
import type { EndpointKeys } from '../../../editor/endpointKeys.ts';
import type { KeyedFiles } from '../core/keyedFiles.ts';
import type { CallFactsOptions } from '../core/callFacts.ts';
import type { SealKeys } from '../core/seal.ts';
import type { RequestSender } from '../core/send.ts';
import { withOwnKey } from '../core/auth.ts';
import { createWebviewPanel } from '../../../editor/shown/surfaces.ts';
import type { RequestActions } from './requestActions.ts';
import type { RequestPanel, RequestPanelServices } from './requestPanel.ts';
import type { RequestTarget } from './requestSession.ts';
import type { SavedDrafts } from './savedDrafts.ts';

export interface RequestsOptions {
  readonly extensionUri: vscode.Uri;
  /** Path of a folder where drafts or API descriptions are kept. */
  readonly storage: (folder: string) => string;
  readonly sender: Pick<RequestSender, 'send'>;
  readonly keys: EndpointKeys;
  /** Has the key of the credentials in drafts. */
  readonly secrets: SealKeys;
  readonly logger: Logger;
  /** Told of drafts that could not be read. */
  readonly onAside?: OnAside;
  readonly facts: CallFactsOptions;
  /** The bundled apps, for panels that come back after a reload. */
  readonly bundled: () => Promise<readonly CatalogApp[]>;
  /** An endpoint as it was read last; undefined while none is known. */
  readonly known: (url: string) => RequestTarget | undefined;
  /** What asking an endpoint would start; see `RequestEditorServices`. */
  readonly wakes: (target: RequestTarget) => string;
}

type PanelModule = typeof import('../lazy.ts');

/** How a panel begins. */
export interface OpenOptions {
  readonly bundled?: CatalogApp | undefined;
  /** Entry that is opened as it begins; absent: the one that was open last. */
  readonly begin?: string | undefined;
  /** Another request takes the place of the one that was open last. */
  readonly isOther?: boolean;
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
  readonly #panels = new Set<RequestPanel>();
  /** By address; also panels that are on their way. */
  readonly #byEndpoint = new Map<string, Promise<RequestPanel | undefined>>();
  readonly #disposables = new DisposableStore();
  #services: RequestPanelServices | undefined;
  #savedDrafts: SavedDrafts | undefined;

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
    return [...this.#panels].find((panel) => panel.isActive);
  }

  /**
   * Opens any request, with its endpoint where that is deployed, and sends it at once if wished. One with a body of
   * bytes can be sent, and not be edited.
   */
  async openSpec(asked: RequestSpec, title: string, options: OpenSpecOptions = {}): Promise<void> {
    const { target = addressOnly(asked.url), bundled, send } = options;
    // A request of the history names the key that its endpoint had then.
    const { auth } = asked;
    const spec = auth ? { ...asked, auth: withOwnKey(auth, target, bundled) } : asked;
    const { draftOf } = await import('../lazy.ts');
    const panel = await this.#open(target, { bundled, isOther: true });
    const draft = draftOf(spec, panel.session.baseUrl);
    if (draft) await panel.adopt(title, draft, spec.secrets);
    if (send) await panel.sendSpec(spec);
  }

  dispose(): void {
    for (const panel of this.#panels) panel.dispose();
    this.#disposables.dispose();
  }

  async #open(target: RequestTarget, { bundled, begin, isOther }: OpenOptions): Promise<RequestPanel> {
    const { panel, isNew } = await this.#panelOf(target, bundled, begin === undefined && !isOther);
    if (!isNew) panel.reveal();
    if (begin !== undefined) await panel.begin(begin);
    else await panel.refresh();
    if (isNew) void panel.describe();
    else if (target.app.id !== '') void panel.follow(target);
    return panel;
  }

  /** Waits for the panel of an endpoint where it is on its way, else makes it. */
  async #panelOf(
    target: RequestTarget,
    bundled: CatalogApp | undefined,
    asLeft: boolean,
  ): Promise<{ readonly panel: RequestPanel; readonly isNew: boolean }> {
    const { url } = target.endpoint;
    for (;;) {
      const coming = this.#byEndpoint.get(addressOf(url));
      if (!coming)
        return { panel: await this.#once(url, () => this.#create(target, bundled, asLeft)), isNew: true };
      // One that could not be made is forgotten by then.
      const panel = await coming.catch(() => undefined);
      if (panel) return { panel, isNew: false };
    }
  }

  /** Makes the panel of an endpoint; whoever asks for it meanwhile waits for the same. */
  #once<T extends RequestPanel | undefined>(url: string, make: () => Promise<T>): Promise<T> {
    const key = addressOf(url);
    const forget = () => this.#byEndpoint.delete(key);
    const made = make().then(
      (panel) => {
        if (!panel) forget();
        return panel;
      },
      (error: unknown) => {
        forget();
        throw error;
      },
    );
    this.#byEndpoint.set(key, made);
    return made;
  }

  async #create(
    target: RequestTarget,
    bundled: CatalogApp | undefined,
    asLeft: boolean,
  ): Promise<RequestPanel> {
    // The panel is a file of its own, loaded when the first one opens.
    const module = await import('../lazy.ts');
    // The editor makes the tab while the drafts are read.
    const view = createWebviewPanel(
      webviewPanels.request,
      plain(target.app.name),
      vscode.ViewColumn.Active,
      module.RequestPanel.options(this.#options.extensionUri),
    );
    const closed = new AbortController();
    const closing = view.onDidDispose(() => closed.abort());
    const saved = await this.#drafts(module).read(addressOf(target.endpoint.url));
    closing.dispose();
    if (closed.signal.aborted) throw new ModalError('cancelled', 'The request panel was closed.');
    return this.#adopt(module, view, new module.RequestSession(target, bundled, saved), asLeft);
  }

  /** @param state what the view has noted: which endpoint it shows */
  async #restore(view: vscode.WebviewPanel, state: unknown): Promise<void> {
    const url = (state as { endpoint?: unknown } | undefined)?.endpoint;
    const isFree = typeof url === 'string' && !this.#byEndpoint.has(addressOf(url));
    const panel = isFree ? await this.#once(url, () => this.#revive(view, url)) : undefined;
    if (panel) await panel.describe();
    else view.dispose();
  }

  /** @returns undefined when nothing is kept of the endpoint */
  async #revive(view: vscode.WebviewPanel, url: string): Promise<RequestPanel | undefined> {
    const module = await import('../lazy.ts');
    const saved = await this.#drafts(module).read(addressOf(url));
    if (!saved) return undefined;
    const bundled = (await this.#options.bundled()).find(({ id }) => id === saved.bundledId);
    view.webview.options = module.RequestPanel.options(this.#options.extensionUri);
    const target = this.#options.known(url) ?? saved.target;
    return this.#adopt(module, view, new module.RequestSession(target, bundled, saved), true);
  }

  async #adopt(
    module: PanelModule,
    view: vscode.WebviewPanel,
    session: InstanceType<PanelModule['RequestSession']>,
    asLeft: boolean,
  ): Promise<RequestPanel> {
    this.#services ??= this.#makeServices(module);
    const key = addressOf(session.target.endpoint.url);
    const panel = new module.RequestPanel(view, this.#options.extensionUri, session, this.#services);
    this.#panels.add(panel);
    view.onDidDispose(() => {
      this.#panels.delete(panel);
      this.#byEndpoint.delete(key);
      panel.dispose();
    });
    await panel.load(asLeft);
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
      drafts: this.#drafts(module),
      descriptions: new module.ApiDescriptions(this.#files(module, 'apis'), logger),
      ...this.#actions,
    };
  }

  #drafts(module: PanelModule): SavedDrafts {
    const files = this.#files(module, 'drafts', this.#options.onAside);
    const { secrets, logger } = this.#options;
    this.#savedDrafts ??= new module.SavedDrafts(files, secrets, logger);
    return this.#savedDrafts;
  }

  #files({ KeyedFiles }: PanelModule, folder: keyof typeof mostFiles, onAside?: OnAside): KeyedFiles {
    return new KeyedFiles(this.#options.storage(folder), mostFiles[folder], onAside);
  }
}

/** What names an endpoint: its address, written in one way. */
const addressOf = withoutEndSlashes;

/** For an address that no deployed app has. */
function addressOnly(url: string): RequestTarget {
  const { origin, host } = new URL(url);
  return {
    app: { id: '', name: host, environment: '', state: 'unknown', createdAt: 0, runningContainers: 0 },
    endpoint: { functionId: '', name: '', url: origin, requiresProxyAuth: false },
  };
}
