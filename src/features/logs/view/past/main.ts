import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TimeRange } from '../../../../domain/log.ts';
import type { LogFilter } from '../../../../domain/logFilter.ts';
import { noFilter } from '../../../../domain/logFilter.ts';
import type { RangeProblem, TimeZone } from '../../../../domain/timeRange.ts';
import { checkRange, rangeWords } from '../../../../domain/timeRange.ts';
import type { FromPast, HistogramMessage, PastStateMessage, ToPast } from '../../pastMessages.ts';
import { toPast } from '../../pastMessages.ts';
import { FilterNews } from './filterNews.ts';
import './histogramView.ts';
import type { ChosenTime } from './histogramView.ts';
import './rangePicker.ts';
import { styles } from './styles.ts';
import { words } from './words.ts';

type Answer = Extract<ToPast, { type: 'past/problem' | 'past/deployed' | 'past/reveal' }>;

/**
 * The past of the log that is shown: what is older, a range of time, counts over time. Stands above the list. Fires
 * `modal-logs-reveal` with `{ time }`, in unix milliseconds, for the list to show that time.
 */
export class PastElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    session: { attribute: false },
    filter: { attribute: false },
    zone: { attribute: false },
    state: { state: true },
    histogram: { state: true },
    isPickerOpen: { state: true },
    problem: { state: true },
  };

  /** Sends a message to the host. */
  post: (message: FromPast) => void = () => undefined;

  /** The log that the list shows, and what that is filtered by. */
  declare session: string;
  declare filter: LogFilter;
  declare zone: TimeZone;
  declare state: PastStateMessage | undefined;
  declare histogram: HistogramMessage | undefined;
  declare isPickerOpen: boolean;
  declare problem: RangeProblem | undefined;
  readonly #filterNews = new FilterNews();

  constructor() {
    super();
    this.session = '';
    this.filter = noFilter;
    this.zone = 'local';
    this.isPickerOpen = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('focus', this.#focused);
    window.addEventListener('blur', this.#focused);
    this.post({ type: 'past/ready' });
    this.#focused();
  }

  override disconnectedCallback(): void {
    window.removeEventListener('focus', this.#focused);
    window.removeEventListener('blur', this.#focused);
    super.disconnectedCallback();
  }

  protected override updated(): void {
    const { session, filter } = this;
    if (this.#filterNews.take(this.#session, session, filter))
      this.post({ type: 'past/filter', session, filter });
  }

  /** Takes any message of the host; those of others are left alone. */
  receive(raw: unknown): void {
    const parsed = toPast.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    switch (message.type) {
      case 'past/state':
        if (message.session !== this.#session) this.#forget();
        this.state = message;
        return;
      case 'past/histogram':
        if (message.session !== this.#session) return;
        // The counts of the same log stay until there are newer ones.
        if (message.kind === 'loading' && this.histogram?.kind === 'ready') return;
        this.histogram = message;
        return;
      case 'past/openPicker':
        this.isPickerOpen = true;
        return;
      default:
        if (message.session === this.#session) this.#answer(message);
    }
  }

  /** The list was scrolled to its beginning: what is older is loaded. */
  reachedTop(): void {
    if (this.#session && this.state?.older.kind === 'more') this.#postOlder();
  }

  get #session(): string {
    return this.state?.session ?? '';
  }

  protected override render(): TemplateResult | typeof nothing {
    const { state } = this;
    if (!state?.session) return nothing;
    return html`<div class="bar">
        <button
          class="tool"
          id="range"
          aria-expanded=${this.isPickerOpen ? 'true' : 'false'}
          aria-label="${words.range}: ${this.#rangeWords(state)}"
          @click=${() => this.#togglePicker(!this.isPickerOpen)}
        >
          <vscode-icon name="calendar"></vscode-icon>${this.#rangeWords(state)}
          <vscode-icon name="chevron-down" size="12"></vscode-icon>
        </button>
        ${
          state.range
            ? html`<button class="tool" @click=${() => this.#toLive()}>
                <vscode-icon name="radio-tower"></vscode-icon>${words.backToLive}
              </button>`
            : nothing
        }
        <button
          class="tool"
          aria-expanded=${state.isHistogramOpen ? 'true' : 'false'}
          @click=${() => this.#toggleHistogram()}
        >
          <vscode-icon name="graph"></vscode-icon>${words.histogram}
        </button>
        <span class="older" role="status">${this.#older(state)}</span>
        <span class="spacer"></span>
        ${state.note ? html`<span class="quiet">${state.note}</span>` : nothing}
        ${
          state.note || state.older.kind === 'full'
            ? html`<button
                class="link"
                @click=${() => this.post({ type: 'past/download', session: state.session })}
              >
                ${words.download}
              </button>`
            : nothing
        }
      </div>
      ${this.isPickerOpen ? this.#picker(state) : nothing}
      ${
        state.isHistogramOpen
          ? html`<div class="strip">
              <modal-log-histogram
                .message=${this.histogram}
                .zone=${this.zone}
                @modal-histogram-choose=${(event: CustomEvent<ChosenTime>) => this.#chosen(event.detail)}
              ></modal-log-histogram>
            </div>`
          : nothing
      }`;
  }

  #rangeWords({ range }: PastStateMessage): string {
    return range ? rangeWords(range, this.zone, Date.now()) : words.live;
  }

  /** What stands where the log begins. */
  #older({ older, session }: PastStateMessage): TemplateResult {
    const button = (text: string, run: () => void) =>
      html`<button class="link" @click=${run}>${text}</button>`;
    switch (older.kind) {
      case 'more':
        return button(words.older, () => this.#postOlder());
      case 'loading':
        return html`<span class="quiet">${words.loading}</span> ${button(words.cancel, () =>
            this.post({ type: 'past/cancel', session }),
          )}`;
      case 'failed':
        return html`<span class="bad">${older.text}</span> ${button(words.tryAgain, () =>
            this.#postOlder(),
          )}`;
      case 'start':
      case 'full':
        return html`<span class="quiet">${older.text}</span>`;
    }
  }

  #picker({ range, keptDays, mostDays }: PastStateMessage): TemplateResult {
    return html`<modal-log-range
      .range=${range}
      .zone=${this.zone}
      .keptDays=${keptDays}
      .mostDays=${mostDays}
      .problem=${this.problem}
      @modal-range-choose=${(event: CustomEvent<TimeRange>) => this.#open(event.detail)}
      @modal-range-deploy=${() => this.post({ type: 'past/askDeploy', session: this.#session })}
      @modal-range-live=${() => this.#toLive()}
      @modal-range-close=${() => this.#togglePicker(false)}
    ></modal-log-range>`;
  }

  #answer(message: Answer): void {
    switch (message.type) {
      case 'past/problem':
        this.problem = message;
        this.isPickerOpen = true;
        return;
      case 'past/deployed':
        if (message.at === undefined) this.problem = { field: 'from', problem: message.problem };
        else this.#open({ since: message.at, until: Date.now() });
        return;
      case 'past/reveal':
        this.dispatchEvent(
          new CustomEvent('modal-logs-reveal', {
            detail: { time: message.time },
            bubbles: true,
            composed: true,
          }),
        );
        return;
    }
  }

  #chosen({ isRange, since, until }: ChosenTime): void {
    if (isRange) this.#open({ since, until });
    else this.#send('past/goTo', { since, until });
  }

  #open(wanted: TimeRange): void {
    const { keptDays, mostDays = 0 } = this.state ?? {};
    const limits = { now: Date.now(), mostDays, ...(keptDays === undefined ? {} : { keptDays }) };
    const range = checkRange(wanted, limits);
    if ('problem' in range) {
      this.problem = range;
      this.isPickerOpen = true;
      return;
    }
    this.#send('past/open', range);
    if (this.isPickerOpen) this.#togglePicker(false);
  }

  #send(type: 'past/open' | 'past/goTo', range: TimeRange): void {
    const text = rangeWords(range, this.zone, Date.now());
    this.post({ type, session: this.#session, ...range, words: text, filter: this.filter });
  }

  #toLive(): void {
    this.#togglePicker(false);
    if (this.state?.range) this.post({ type: 'past/live', session: this.#session });
  }

  #postOlder(): void {
    this.post({ type: 'past/older', session: this.#session });
  }

  #togglePicker(isOpen: boolean): void {
    this.isPickerOpen = isOpen;
    this.problem = undefined;
    if (!isOpen) this.renderRoot.querySelector<HTMLElement>('#range')?.focus();
  }

  #toggleHistogram(): void {
    this.post({ type: 'past/histogram', isOpen: !this.state?.isHistogramOpen });
  }

  readonly #focused = (event?: Event): void =>
    this.post({ type: 'past/focus', has: event ? event.type === 'focus' : document.hasFocus() });

  #forget(): void {
    this.histogram = undefined;
    this.problem = undefined;
    this.isPickerOpen = false;
  }
}
customElements.define('modal-log-past', PastElement);
