import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { headerProblem } from '../../../../domain/headerRules.ts';
import type { Pair } from '../../../../domain/requestDraft.ts';
import type { DraftContext, DraftToView, ViewDraft, ViewFileTarget } from '../../draftMessages.ts';
import type { ToHost } from '../../messages.ts';
import type { JsonEditor } from '../jsonEditor.ts';
import { keepViewState, post, viewState } from '../vscodeApi.ts';
import { authTab } from './authTab.ts';
import type { BodyView } from './bodyTab.ts';
import { bodyBar, bodyForm, formSchema } from './bodyTab.ts';
import { formStyles } from './formStyles.ts';
import type { Editing } from './editing.ts';
import { pairTable } from './pairTable.ts';
import type { KnownPair } from './pairTable.ts';
import type { Problems } from './problems.ts';
import { noProblems, problemLine, problemsOf, schemaOf } from './problems.ts';
import { entryLine, pathLine, topLine } from './topLine.ts';
import { words } from './words.ts';

type Tab = keyof typeof words.tabs;

const tabs = Object.keys(words.tabs) as Tab[];
/** Larger drafts are told to the host a moment later, so that typing stays quick. */
const largeDraft = 64 * 1024;
const largeDelayMs = 300;
const checkAfterMs = 150;
const mostListed = 5;

/** The request half of the panel. The host has the draft too, and is told of every change. */
export class DraftElement extends LitElement implements Editing {
  static override readonly styles = formStyles;
  static override readonly properties = {
    draft: { state: true },
    context: { state: true },
    problems: { state: true },
    tab: { state: true },
    bodyView: { state: true },
    asking: { state: true },
    notice: { state: true },
    sending: { type: Boolean },
  };

  declare draft: ViewDraft;
  declare context: DraftContext;
  declare problems: Problems;
  declare tab: Tab;
  declare bodyView: BodyView;
  /** The user wants to send what has problems, and is asked. */
  declare asking: boolean;
  declare notice: string;
  declare sending: boolean;

  readonly chosen = new Map<string, number>();
  readonly unfinished = new Map<string, string>();
  #isReady = false;
  #editor: JsonEditor | undefined;
  #loading: Promise<JsonEditor | undefined> | undefined;
  #checking: ReturnType<typeof setTimeout> | undefined;
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const kept = viewState();
    this.problems = noProblems;
    this.tab = tabs.find((tab) => tab === kept.tab) ?? 'body';
    this.bodyView = kept.bodyView === 'json' ? 'json' : 'form';
    this.asking = false;
    this.notice = '';
    this.sending = false;
  }

  receive(message: DraftToView): void {
    this.context = message.context;
    if (message.type === 'draft') {
      this.draft = message.draft;
      this.chosen.clear();
      this.unfinished.clear();
      this.asking = false;
      this.notice = '';
    }
    this.#isReady = true;
    this.#check();
    this.#keepView();
  }

  readonly change = (draft: ViewDraft): void => {
    this.draft = draft;
    this.asking = false;
    this.#tellSoon();
    clearTimeout(this.#checking);
    this.#checking = setTimeout(() => this.#check(), checkAfterMs);
  };

  readonly repaint = (): void => {
    this.requestUpdate();
  };

  /** Tells the host what changed last, then the message. */
  readonly post = (message: ToHost): void => {
    this.#tell();
    post(message);
  };

  /** Sends, unless something is wrong that the user has not been shown yet. */
  send(): void {
    this.#check();
    const { hard, schema } = this.problems;
    if (hard.length > 0 || (schema.length > 0 && !this.asking)) this.asking = true;
    else this.sendAnyway();
  }

  sendAnyway(): void {
    this.asking = false;
    this.post({ type: 'send' });
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#showsJson) void this.#loadEditor();
    if (changed.has('draft') || changed.has('bodyView')) this.#fillEditor();
    if (changed.has('problems')) this.#editor?.lint();
    if (changed.has('asking') && this.asking)
      this.renderRoot.querySelector<HTMLElement>('.ask vscode-button')?.focus();
  }

  /** One template for all states: the editor's element must stay. */
  protected override render(): TemplateResult {
    const isEditor = this.#showsJson;
    return html`${this.#isReady ? this.#head(isEditor) : nothing}
      <div class="pane" ?hidden=${isEditor}>${this.#isReady && !isEditor ? this.#pane() : nothing}</div>
      <div class="editor" id="json" ?hidden=${!isEditor}>
        ${isEditor ? this.#textUntilEditor() : nothing}
      </div>`;
  }

  #head(isEditor: boolean): TemplateResult {
    return html`${topLine(this, this.sending, () => this.send())} ${entryLine(this)} ${pathLine(this)}
    ${this.asking ? this.#ask() : nothing} ${this.notice ? this.#noticeLine() : nothing} ${this.#tabList()}
    ${this.tab === 'body' ? bodyBar(this, isEditor ? 'json' : 'form', (view) => this.#show(view)) : nothing}`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('dragover', (event) => event.preventDefault());
    this.addEventListener('drop', this.#dropped);
  }

  #pane(): TemplateResult {
    switch (this.tab) {
      case 'body':
        return bodyForm(this, () => this.#show('json'));
      case 'query':
        return this.#pairs('query');
      case 'headers':
        return this.#pairs('header');
      case 'auth':
        return authTab(this);
    }
  }

  #pairs(place: 'query' | 'header'): TemplateResult {
    const key = place === 'query' ? 'query' : 'headers';
    return pairTable({
      label: words.tabs[key],
      pairs: this.draft[key],
      known: (pair) => this.#parameter(place, pair),
      ...(place === 'header' ? { problem: ({ name, value }) => headerProblem(name, value) } : {}),
      change: (pairs) => this.change({ ...this.draft, [key]: pairs }),
    });
  }

  #parameter(place: 'query' | 'header', { name, value }: Pair): KnownPair | undefined {
    const parameters = this.context.operation?.parameters ?? [];
    const isHeader = place === 'header';
    // A line of cookies names its parameter in its value, which is no choice of the parameter then.
    const cookie =
      isHeader && name.toLowerCase() === 'cookie' ? value.slice(0, value.indexOf('=')) : undefined;
    const found = parameters.find((each) =>
      cookie === undefined
        ? each.in === place && (isHeader ? sameHeader(each.name, name) : each.name === name)
        : each.in === 'cookie' && each.name === cookie,
    );
    return found && cookie !== undefined ? { ...found, schema: {} } : found;
  }

  #tabList(): TemplateResult {
    return html`<div class="tabs" role="tablist" @keydown=${(event: KeyboardEvent) => this.#moveTab(event)}>
      ${tabs.map(
        (tab) =>
          html`<button
            role="tab"
            aria-selected=${tab === this.tab}
            tabindex=${tab === this.tab ? 0 : -1}
            @click=${() => this.#showTab(tab)}
          >
            ${words.tabs[tab]}${this.#count(tab)}
          </button>`,
      )}
    </div>`;
  }

  #count(tab: Tab): TemplateResult | string {
    if (tab === 'auth')
      return this.context.auth.state === 'missing'
        ? html` <vscode-icon name="warning" label=${words.missing}></vscode-icon>`
        : '';
    if (tab === 'body') return '';
    const count = this.draft[tab].filter(({ on, name }) => on && name !== '').length;
    return count > 0 ? ` (${count})` : '';
  }

  #ask(): TemplateResult {
    const { hard, schema } = this.problems;
    const lines = hard.length > 0 ? hard : schema.map(problemLine);
    if (lines.length === 0) return html``;
    return html`<div class="notice ask" role="alert">
      <vscode-icon name=${hard.length > 0 ? 'error' : 'warning'}></vscode-icon>
      <div>
        <p>${hard.length > 0 ? words.cannotSend : words.problems(schema.length)}</p>
        <ul>
          ${lines.slice(0, mostListed).map((line) => html`<li>${line}</li>`)}
          ${lines.length > mostListed ? html`<li>${words.more(lines.length - mostListed)}</li>` : nothing}
        </ul>
      </div>
      ${
        hard.length > 0
          ? nothing
          : html`<vscode-button secondary @click=${() => this.sendAnyway()}
              >${words.sendAnyway}</vscode-button
            >`
      }
    </div>`;
  }

  #noticeLine(): TemplateResult {
    return html`<div class="notice" role="alert">
      <vscode-icon name="info"></vscode-icon>
      <p>${this.notice}</p>
    </div>`;
  }

  get #showsJson(): boolean {
    return this.#isReady && this.tab === 'body' && this.#showsEditor;
  }

  /** What is to be edited is seen at once; the editor is the larger part of the page. */
  #textUntilEditor(): TemplateResult | typeof nothing {
    const { body } = this.draft;
    return this.#editor || body.kind !== 'text' ? nothing : html`<pre>${body.text}</pre>`;
  }

  /** @returns undefined when its file cannot be loaded, e.g. because the extension was updated meanwhile */
  #loadEditor(): Promise<JsonEditor | undefined> {
    return (this.#loading ??= this.#makeEditor().catch(() => {
      this.notice = words.noEditor;
      return undefined;
    }));
  }

  async #makeEditor(): Promise<JsonEditor> {
    const url = this.dataset['editor'] ?? '';
    const { JsonEditor } = (await import(url)) as typeof import('../jsonEditor.ts');
    const root = this.renderRoot as ShadowRoot;
    this.#editor = new JsonEditor({
      parent: root.getElementById('json') as HTMLElement,
      root,
      nonce: this.dataset['nonce'] ?? '',
      label: words.bodyLabel,
      readOnly: false,
      onChange: (text) => this.#typed(text),
      assist: {
        schema: () =>
          this.#isReady && this.draft.body.kind === 'text'
            ? schemaOf(this.context, this.draft.body.type)
            : undefined,
        problems: () => this.problems.schema,
      },
    });
    this.#fillEditor();
    this.requestUpdate();
    return this.#editor;
  }

  /** Without a schema that makes a form, text is edited as text. */
  get #showsEditor(): boolean {
    const { body, method } = this.draft;
    if (body.kind !== 'text' || method === 'GET' || method === 'HEAD') return false;
    return this.bodyView === 'json' || !formSchema(this);
  }

  #show(view: BodyView): void {
    this.bodyView = view;
    this.#keepView();
    if (view !== 'json') return;
    void this.updateComplete.then(async () => (await this.#loadEditor())?.focus());
  }

  #showTab(tab: Tab): void {
    this.tab = tab;
    this.#keepView();
  }

  #moveTab(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(this.tab) + step + tabs.length) % tabs.length];
    if (next) this.#showTab(next);
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus(),
    );
  }

  #keepView(): void {
    if (this.#isReady)
      keepViewState({ endpoint: this.context.baseUrl, tab: this.tab, bodyView: this.bodyView });
  }

  #fillEditor(): void {
    if (this.#isReady && this.draft.body.kind === 'text') this.#editor?.setText(this.draft.body.text);
  }

  #typed(text: string): void {
    const { body } = this.draft;
    if (body.kind === 'text' && body.text !== text) this.change({ ...this.draft, body: { ...body, text } });
  }

  #check(): void {
    clearTimeout(this.#checking);
    if (this.#isReady) this.problems = problemsOf(this.draft, this.context);
  }

  #tellSoon(): void {
    const { body } = this.draft;
    const delay = body.kind === 'text' && body.text.length > largeDraft ? largeDelayMs : 0;
    this.#telling ??= setTimeout(() => this.#tell(), delay);
  }

  #tell(): void {
    if (this.#telling === undefined) return;
    clearTimeout(this.#telling);
    this.#telling = undefined;
    post({ type: 'draft', entry: this.context.entry, draft: this.draft });
  }

  readonly #dropped = (event: DragEvent): void => {
    event.preventDefault();
    const list = event.dataTransfer?.getData('text/uri-list') ?? '';
    const uris = list.split(/\r?\n/).filter((line) => line.startsWith('file:') || line.startsWith('vscode-'));
    const at = event.composedPath().find((each) => each instanceof HTMLElement && each.dataset['target']);
    const target =
      at instanceof HTMLElement ? (JSON.parse(at.dataset['target'] ?? '') as ViewFileTarget) : undefined;
    if (uris.length > 0) this.post({ type: 'dropFiles', uris, ...(target ? { target } : {}) });
    else if ((event.dataTransfer?.files.length ?? 0) > 0) this.notice = words.dropRefused;
  };
}

const sameHeader = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

customElements.define('modal-draft', DraftElement);
