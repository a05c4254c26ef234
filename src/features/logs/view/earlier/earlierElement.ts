import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { TimeRange } from '../../../../domain/log.ts';
import type { RangeProblem, TimeZone } from '../../../../domain/timeRange.ts';
import { checkRange, rangeWords } from '../../../../domain/timeRange.ts';
import type { EarlierMessage, HistogramMessage, ToView } from '../../messages.ts';
import { post } from '../vscodeApi.ts';
import './histogramView.ts';
import type { ChosenTime } from './histogramView.ts';
import './rangePicker.ts';
import { styles } from './styles.ts';
import { words } from './words.ts';

type Logs = NonNullable<EarlierMessage['logs']>;

/** What can be loaded of the log that is shown: older lines, a time range, counts over time. Stands above the list. */
export class EarlierElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    state: { attribute: false },
    zone: { attribute: false },
    histogram: { state: true },
    isPickerOpen: { state: true },
    problem: { state: true },
  };

  declare state: EarlierMessage | undefined;
  declare zone: TimeZone;
  declare histogram: HistogramMessage | undefined;
  declare isPickerOpen: boolean;
  declare problem: RangeProblem | undefined;

  constructor() {
    super();
    this.zone = 'local';
    this.isPickerOpen = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('state');
    if (!changed.has('state') || before?.session === this.#session) return;
    this.histogram = undefined;
    this.problem = undefined;
    this.isPickerOpen = false;
  }

  showCounts(message: HistogramMessage): void {
    // The counts of the same log stay until there are newer ones.
    if (message.kind === 'loading' && this.histogram?.kind === 'ready') return;
    this.histogram = message;
  }

  takeDeploy({ at, problem }: Extract<ToView, { type: 'deployed' }>): void {
    if (at === undefined) this.problem = { field: 'from', problem };
    else this.#open({ since: at, until: Date.now() });
  }

  /** Says in the picker why a time range cannot be shown. */
  showProblem(problem: RangeProblem): void {
    this.problem = problem;
    this.isPickerOpen = true;
  }

  openPicker(): void {
    this.isPickerOpen = true;
  }

  /** The list was scrolled to its beginning: what is older is loaded. */
  reachedTop(): void {
    if (this.state?.logs?.older.kind === 'more') this.#postOlder();
  }

  get #session(): string {
    return this.state?.session ?? '';
  }

  protected override render(): TemplateResult | typeof nothing {
    const { logs, isHistogramOpen = false } = this.state ?? {};
    if (!logs) return nothing;
    return html`<div class="bar">
        <button
          class="tool"
          id="range"
          aria-expanded=${this.isPickerOpen ? 'true' : 'false'}
          aria-label="${words.range}: ${this.#rangeWords(logs)}"
          @click=${() => this.#togglePicker(!this.isPickerOpen)}
        >
          <vscode-icon name="calendar"></vscode-icon>${this.#rangeWords(logs)}
          <vscode-icon name="chevron-down" size="12"></vscode-icon>
        </button>
        ${
          logs.range
            ? html`<button class="tool" @click=${() => this.#toLive()}>
                <vscode-icon name="radio-tower"></vscode-icon>${words.backToLive}
              </button>`
            : nothing
        }
        <button
          class="tool"
          aria-expanded=${isHistogramOpen ? 'true' : 'false'}
          @click=${() => this.#toggleHistogram()}
        >
          <vscode-icon name="graph"></vscode-icon>${words.histogram}
        </button>
        <span class="older" role="status">${this.#older(logs)}</span>
        <span class="spacer"></span>
        ${logs.note ? html`<span class="quiet">${logs.note}</span>` : nothing}
        ${
          logs.note || logs.older.kind === 'full'
            ? html`<button class="link" @click=${() => post({ type: 'download' })}>${words.download}</button>`
            : nothing
        }
      </div>
      ${this.isPickerOpen ? this.#picker(logs) : nothing}
      ${
        isHistogramOpen
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

  #rangeWords({ range }: Logs): string {
    return range ? rangeWords(range, this.zone, Date.now()) : words.live;
  }

  /** What stands where the log begins. */
  #older({ older }: Logs): TemplateResult {
    const button = (text: string, run: () => void) =>
      html`<button class="link" @click=${run}>${text}</button>`;
    switch (older.kind) {
      case 'more':
        return button(words.older, () => this.#postOlder());
      case 'loading':
        return html`<span class="quiet">${words.loading}</span> ${button(words.cancel, () =>
            post({ type: 'cancelOlder', session: this.#session }),
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

  #picker({ range, keptDays }: Logs): TemplateResult {
    return html`<modal-log-range
      .range=${range}
      .zone=${this.zone}
      .keptDays=${keptDays}
      .mostDays=${this.state?.mostDays}
      .problem=${this.problem}
      @modal-range-choose=${(event: CustomEvent<TimeRange>) => this.#open(event.detail)}
      @modal-range-deploy=${() => post({ type: 'findLastDeploy', session: this.#session })}
      @modal-range-live=${() => this.#toLive()}
      @modal-range-close=${() => this.#togglePicker(false)}
    ></modal-log-range>`;
  }

  #chosen({ isRange, since, until }: ChosenTime): void {
    if (isRange) this.#open({ since, until });
    else this.#send('goToRange', { since, until });
  }

  #open(wanted: TimeRange): void {
    const { logs, mostDays = 0 } = this.state ?? {};
    const keptDays = logs?.keptDays;
    const limits = { now: Date.now(), mostDays, ...(keptDays === undefined ? {} : { keptDays }) };
    const range = checkRange(wanted, limits);
    if ('problem' in range) {
      this.showProblem(range);
      return;
    }
    this.#send('openRange', range);
    if (this.isPickerOpen) this.#togglePicker(false);
  }

  #send(type: 'openRange' | 'goToRange', range: TimeRange): void {
    const text = rangeWords(range, this.zone, Date.now());
    post({ type, session: this.#session, since: range.since, until: range.until, words: text });
  }

  #toLive(): void {
    this.#togglePicker(false);
    if (this.state?.logs?.range) post({ type: 'backToLive', session: this.#session });
  }

  #postOlder(): void {
    post({ type: 'loadOlder', session: this.#session });
  }

  #togglePicker(isOpen: boolean): void {
    this.isPickerOpen = isOpen;
    this.problem = undefined;
    if (!isOpen) this.renderRoot.querySelector<HTMLElement>('#range')?.focus();
  }

  #toggleHistogram(): void {
    post({ type: 'toggleHistogram', isOpen: !this.state?.isHistogramOpen });
  }
}
customElements.define('modal-log-earlier', EarlierElement);
