import '../../../shared/view/icons.ts';
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { toView } from '../messages.ts';
import './answer/answerElement.ts';
import type { AnswerElement } from './answer/answerElement.ts';
import './form/draftElement.ts';
import type { DraftElement } from './form/draftElement.ts';
import { styles } from './styles.ts';
import { firstMessages, post } from './vscodeApi.ts';

/** The request panel: the request, and the answer beside it. The host holds the truth. */
class RequestElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = { sending: { state: true } };

  declare sending: boolean;

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
    for (const message of firstMessages()) this.#take(message);
  }

  protected override render(): TemplateResult {
    return html`<div class="panes">
      <modal-draft
        class="request"
        role="region"
        aria-label="Request"
        data-nonce=${this.dataset['nonce'] ?? ''}
        data-editor=${this.dataset['editor'] ?? ''}
        ?sending=${this.sending}
      ></modal-draft>
      <section class="response" aria-label="Answer">
        <h2>Answer</h2>
        <modal-answer
          .post=${post}
          .retry=${() => this.#draft?.send()}
          @answer-state=${() => (this.sending = this.#answer?.isSending ?? false)}
        ></modal-answer>
      </section>
    </div>`;
  }

  get #draft(): DraftElement | null {
    return this.renderRoot.querySelector('modal-draft');
  }

  get #answer(): AnswerElement | null {
    return this.renderRoot.querySelector<AnswerElement>('modal-answer');
  }

  readonly #received = (event: MessageEvent): void => this.#take(event.data);

  #take(message: unknown): void {
    if (this.#answer?.receive(message)) return;
    const parsed = toView.safeParse(message);
    if (parsed.success) this.#draft?.receive(parsed.data);
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#draft?.send();
    } else if (event.key === 'Escape' && this.sending) post({ type: 'cancel' });
  };
}

customElements.define('modal-request', RequestElement);
