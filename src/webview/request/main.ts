import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { RequestState, ResponseState, ToHost } from '../../ui/requests/protocol.ts';
import { toView } from '../../ui/requests/protocol.ts';
import { pretty } from './format.ts';
import { JsonEditor } from './jsonEditor.ts';
import type { Tab } from './responseView.ts';
import { headersView, notice, resultHead, waitingView } from './responseView.ts';
import { styles } from './styles.ts';
import { summaryView } from './summaryView.ts';
import { post } from './vscodeApi.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const tabNames: Readonly<Record<Tab, string>> = { summary: 'Summary', body: 'Body', headers: 'Headers' };

/** The request panel: address, body, and the answer beside it. The host holds the truth. */
class RequestElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    request: { state: true },
    response: { state: true },
    streamed: { state: true },
    tab: { state: true },
    now: { state: true },
  };

  declare request: RequestState | undefined;
  declare response: ResponseState;
  declare streamed: string;
  declare tab: Tab;
  declare now: number;

  #method = 'GET';
  #path = '/';
  #body: JsonEditor | undefined;
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
    this.#body = editor('body', 'Request body', false);
    this.#answer = editor('answer', 'Answer body', true);
    if (this.request) this.#body.setText(this.request.body);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('request') && this.request) this.#body?.setText(this.request.body);
    if (!changed.has('response') && !changed.has('streamed')) return;
    if (this.response.kind === 'result') this.#answer?.setText(pretty(this.response.body));
    else if (this.response.kind === 'sending') this.#answer?.setText(this.streamed);
  }

  protected override render(): TemplateResult {
    return html`${this.#header()} ${this.#meta()}
      <div class="panes">
        <section class="request" aria-label="Request">
          <h2>Body</h2>
          <div class="editor" id="body"></div>
        </section>
        <section class="response" aria-label="Answer" aria-live="polite">${this.#responseView()}</section>
      </div>`;
  }

  #header(): TemplateResult {
    const sending = this.response.kind === 'sending';
    return html`<header>
      <div class="address">
        <select
          aria-label="Method"
          .value=${this.#method}
          @change=${(event: Event) => (this.#method = valueOf(event))}
        >
          ${methods.map((method) => html`<option ?selected=${method === this.#method}>${method}</option>`)}
        </select>
        <span class="base" title=${this.request?.baseUrl ?? ''}>${this.request?.baseUrl ?? ''}</span>
        <input
          aria-label="Path"
          spellcheck="false"
          .value=${this.#path}
          @input=${(event: Event) => (this.#path = valueOf(event))}
        />
      </div>
      ${
        sending
          ? html`<vscode-button secondary icon="debug-stop" @click=${() => post({ type: 'cancel' })}
              >Cancel</vscode-button
            >`
          : html`<vscode-button icon="play" @click=${() => this.#send()}>Send</vscode-button>`
      }
    </header>`;
  }

  #meta(): TemplateResult {
    const request = this.request;
    if (!request) return html`<div class="meta"></div>`;
    return html`<div class="meta">
      <span
        ><vscode-icon name="cloud"></vscode-icon>
        ${request.appName}${request.environment ? ` in ${request.environment}` : ''}</span
      >
      ${request.samples.length > 0 ? this.#samplePicker(request) : nothing} ${this.#auth(request)}
      <span class="spacer"></span>
      <vscode-button secondary icon="save" @click=${() => this.#tell('save')}>Save…</vscode-button>
      <vscode-button secondary icon="copy" @click=${() => this.#tell('copyAs')}>Copy as…</vscode-button>
    </div>`;
  }

  #samplePicker(request: RequestState): TemplateResult {
    return html`<label>
      Sample
      <vscode-single-select
        label="Sample"
        .value=${request.sampleId}
        @change=${(event: Event) => post({ type: 'selectSample', id: valueOf(event) })}
      >
        ${request.samples.map(
          ({ id, title }) =>
            html`<vscode-option value=${id} ?selected=${id === request.sampleId}>${title}</vscode-option>`,
        )}
      </vscode-single-select>
    </label>`;
  }

  #auth(request: RequestState): TemplateResult | typeof nothing {
    if (request.auth === 'none') return nothing;
    const stored = request.auth === 'stored';
    return html`<span>
        <vscode-icon name=${stored ? 'key' : 'warning'}></vscode-icon>
        ${stored ? request.authNote : 'No API key stored'}
      </span>
      <vscode-button secondary @click=${() => post({ type: 'enterKey' })}>
        ${stored ? 'Change Key…' : 'Enter Key…'}
      </vscode-button>`;
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
    post({ type: 'send', method: this.#method, path: this.#path, body: this.#body?.text ?? '' });
  }

  #tell(type: 'copyAs' | 'save'): void {
    post({ type, method: this.#method, path: this.#path, body: this.#body?.text ?? '' });
  }

  readonly #received = (event: MessageEvent): void => {
    const parsed = toView.safeParse(event.data);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type === 'streamed') this.streamed += message.text;
    else if (message.type === 'response') this.#showResponse(message.response);
    else if (message.type === 'ask') this.#tell(message.question);
    else {
      this.request = message.request;
      this.#method = message.request.method;
      this.#path = message.request.path;
    }
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

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

customElements.define('modal-request', RequestElement);
