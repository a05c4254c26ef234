import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { ResponseState, ToHost } from '../../ui/requests/protocol.ts';
import { toView } from '../../ui/requests/protocol.ts';
import type { DraftElement } from './form/draftElement.ts';
import './form/draftElement.ts';
import { pretty } from './format.ts';
import { JsonEditor } from './jsonEditor.ts';
import type { Tab } from './responseView.ts';
import { headersView, notice, resultHead, waitingView } from './responseView.ts';
import { styles } from './styles.ts';
import { summaryView } from './summaryView.ts';
import { post } from './vscodeApi.ts';

const tabNames: Readonly<Record<Tab, string>> = { summary: 'Summary', body: 'Body', headers: 'Headers' };

/** The request panel: the request, and the answer beside it. The host holds the truth. */
class RequestElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    response: { state: true },
    streamed: { state: true },
    tab: { state: true },
    now: { state: true },
  };

  declare response: ResponseState;
  declare streamed: string;
  declare tab: Tab;
  declare now: number;

  #answer: JsonEditor | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.response = { kind: 'idle' };
    this.streamed = '';
    this.tab = 'summary';
    this.now = Date.now();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('message', this.#received);
    window.addEventListener('keydown', this.#key);
    post({ type: 'ready' });
  }

  override disconnectedCallback(): void {
    window.removeEventListener('message', this.#received);
    window.removeEventListener('keydown', this.#key);
    clearInterval(this.#clock);
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    const nonce = this.dataset['nonce'] ?? '';
    const root = this.renderRoot as ShadowRoot;
    const editor = (id: string, label: string, readOnly: boolean) =>
      new JsonEditor({ parent: root.getElementById(id) as HTMLElement, root, nonce, label, readOnly });
    this.#answer = editor('answer', 'Answer body', true);
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('response') && !changed.has('streamed')) return;
    if (this.response.kind === 'result') this.#answer?.setText(pretty(this.response.body));
    else if (this.response.kind === 'sending') this.#answer?.setText(this.streamed);
  }

  protected override render(): TemplateResult {
    return html`<div class="panes">
      <modal-draft
        class="request"
        role="region"
        aria-label="Request"
        data-nonce=${this.dataset['nonce'] ?? ''}
        ?sending=${this.response.kind === 'sending'}
      ></modal-draft>
      <section class="response" aria-label="Answer" aria-live="polite">${this.#responseView()}</section>
    </div>`;
  }

  get #draft(): DraftElement | null {
    return this.renderRoot.querySelector('modal-draft');
  }

  #responseView(): TemplateResult {
    const { response } = this;
    const act = (message: ToHost | 'send') => (message === 'send' ? this.#send() : post(message));
    const result = response.kind === 'result' ? response : undefined;
    const streaming = response.kind === 'sending' && this.streamed !== '';
    const tab = this.tab === 'summary' && result?.summary.length === 0 ? 'body' : this.tab;
    return html`${result ? resultHead(result, act) : nothing}
      ${result ? this.#tabs(tab, result.summary.length > 0) : nothing}
      ${response.kind === 'failed' ? notice(response.explanation, act) : nothing}
      ${result || streaming || response.kind === 'failed' ? nothing : waitingView(response, this.now)}
      ${result && tab === 'summary' ? html`<div class="pane" tabindex="0">${summaryView(result.summary)}</div>` : nothing}
      ${result && tab === 'headers' ? html`<div class="pane" tabindex="0">${headersView(result)}</div>` : nothing}
      <div class="editor" id="answer" ?hidden=${!(streaming || (result && tab === 'body'))}></div>`;
  }

  #tabs(selected: Tab, withSummary: boolean): TemplateResult {
    const tabs = (Object.keys(tabNames) as Tab[]).filter((tab) => withSummary || tab !== 'summary');
    return html`<div
      class="tabs"
      role="tablist"
      @keydown=${(event: KeyboardEvent) => this.#moveTab(event, tabs, selected)}
    >
      ${tabs.map(
        (tab) =>
          html`<button
            role="tab"
            aria-selected=${tab === selected}
            tabindex=${tab === selected ? 0 : -1}
            @click=${() => (this.tab = tab)}
          >
            ${tabNames[tab]}
          </button>`,
      )}
    </div>`;
  }

  #moveTab(event: KeyboardEvent, tabs: readonly Tab[], selected: Tab): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(selected) + step + tabs.length) % tabs.length];
    if (next) this.tab = next;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus(),
    );
  }

  #send(): void {
    this.tab = 'summary';
    this.#draft?.send();
  }

  readonly #received = (event: MessageEvent): void => {
    const parsed = toView.safeParse(event.data);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type === 'streamed') this.streamed += message.text;
    else if (message.type === 'response') this.#showResponse(message.response);
    else this.#draft?.receive(message);
  };

  #showResponse(response: ResponseState): void {
    this.response = response;
    this.now = Date.now();
    clearInterval(this.#clock);
    if (response.kind !== 'sending') return;
    if (response.polls === 0) this.streamed = '';
    this.#clock = setInterval(() => (this.now = Date.now()), 1000);
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'Escape' && this.response.kind === 'sending') post({ type: 'cancel' });
  };
}

customElements.define('modal-request', RequestElement);
