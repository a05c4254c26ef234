import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { RequestState } from '../../ui/requests/protocol.ts';
import { toView } from '../../ui/requests/protocol.ts';
import './answer/answerElement.ts';
import type { AnswerElement } from './answer/answerElement.ts';
import { JsonEditor } from './jsonEditor.ts';
import { styles } from './styles.ts';
import { post } from './vscodeApi.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The request panel: address, body, and the answer beside it. The host holds the truth. */
class RequestElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    request: { state: true },
    sending: { state: true },
  };

  declare request: RequestState | undefined;
  declare sending: boolean;

  #method = 'GET';
  #path = '/';
  #body: JsonEditor | undefined;

  constructor() {
    super();
    this.sending = false;
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
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    const nonce = this.dataset['nonce'] ?? '';
    const root = this.renderRoot as ShadowRoot;
    const editor = (id: string, label: string, readOnly: boolean) =>
      new JsonEditor({ parent: root.getElementById(id) as HTMLElement, root, nonce, label, readOnly });
    this.#body = editor('body', 'Request body', false);
    if (this.request) this.#body.setText(this.request.body);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('request') && this.request) this.#body?.setText(this.request.body);
  }

  protected override render(): TemplateResult {
    return html`${this.#header()} ${this.#meta()}
      <div class="panes">
        <section class="request" aria-label="Request">
          <h2>Body</h2>
          <div class="editor" id="body"></div>
        </section>
        <section class="response" aria-label="Answer">
          <modal-answer
            .post=${post}
            .retry=${() => this.#send()}
            @answer-state=${() => (this.sending = this.#answer?.isSending ?? false)}
          ></modal-answer>
        </section>
      </div>`;
  }

  #header(): TemplateResult {
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
        this.sending
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
      <span><vscode-icon name="cloud"></vscode-icon> ${request.appName} in ${request.environment}</span>
      ${request.samples.length > 0 ? this.#samplePicker(request) : nothing} ${this.#auth(request)}
      <span class="spacer"></span>
      <vscode-button secondary icon="copy" @click=${() => this.#copyCurl()}>Copy as curl</vscode-button>
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

  get #answer(): AnswerElement | null {
    return this.renderRoot.querySelector<AnswerElement>('modal-answer');
  }

  #send(): void {
    post({ type: 'send', method: this.#method, path: this.#path, body: this.#body?.text ?? '' });
  }

  #copyCurl(): void {
    post({ type: 'copyCurl', method: this.#method, path: this.#path, body: this.#body?.text ?? '' });
  }

  readonly #received = (event: MessageEvent): void => {
    if (this.#answer?.receive(event.data)) return;
    const parsed = toView.safeParse(event.data);
    if (!parsed.success) return;
    this.request = parsed.data.request;
    this.#method = parsed.data.request.method;
    this.#path = parsed.data.request.path;
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'Escape' && this.sending) post({ type: 'cancel' });
  };
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

customElements.define('modal-request', RequestElement);
