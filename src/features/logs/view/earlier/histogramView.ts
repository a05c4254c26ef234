import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { BucketSelection, Histogram } from '../../../../domain/histogram.ts';
import {
  bucketTotal,
  moment,
  moveSelection,
  selectedRange,
  selectionWords,
} from '../../../../domain/histogram.ts';
import type { TimeRange } from '../../../../domain/log.ts';
import type { TimeZone } from '../../../../domain/timeRange.ts';
import type { HistogramMessage } from '../../messages.ts';
import { HistogramChart } from './chart.ts';
import { countsToShow } from './countsToShow.ts';
import { styles } from './styles.ts';
import { words } from './words.ts';

/** The user wants to see that time. `isRange`: more than one bucket, which was selected on purpose. */
export interface ChosenTime extends TimeRange {
  readonly isRange: boolean;
}

/**
 * How many lines there were at what time: bars to point at, walk through and select, and the same as a table. Fires
 * `modal-histogram-choose` with a {@link ChosenTime}.
 */
export class HistogramElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    message: { attribute: false },
    zone: { attribute: false },
    isTable: { state: true },
    selection: { state: true },
    hovered: { state: true },
  };

  declare message: HistogramMessage | undefined;
  declare zone: TimeZone;
  declare isTable: boolean;
  declare selection: BucketSelection | undefined;
  declare hovered: number | undefined;

  #shown: HistogramMessage | undefined;
  #isDragging = false;
  #chart: HistogramChart | undefined;
  #session = '';

  constructor() {
    super();
    this.zone = 'local';
    this.isTable = false;
  }

  override disconnectedCallback(): void {
    this.#chart?.dispose();
    this.#chart = undefined;
    super.disconnectedCallback();
  }

  protected override willUpdate(): void {
    this.#shown = countsToShow(this.#shown, this.message, this.#isDragging);
    const session = this.message?.session ?? '';
    if (session === this.#session) return;
    this.#session = session;
    this.selection = undefined;
    this.hovered = undefined;
  }

  protected override updated(): void {
    const host = this.renderRoot.querySelector<HTMLElement>('.chart');
    const shown = this.#shown;
    if (!host || !shown) {
      this.#chart?.dispose();
      this.#chart = undefined;
      return;
    }
    this.#chart ??= new HistogramChart(host, {
      hovered: (bucket) => (this.hovered = bucket),
      clicked: (bucket) => this.#choose({ anchor: bucket, focus: bucket }),
      dragged: (selection) => this.#choose(selection),
      pointing: (isDown) => {
        this.#isDragging = isDown;
        this.requestUpdate();
      },
    });
    this.#chart.show(shown, this.selection, this.zone);
  }

  protected override render(): TemplateResult {
    const message = this.#shown;
    if (!message || (message.kind === 'loading' && message.buckets.length === 0))
      return html`<div class="message quiet">${words.counting}</div>`;
    if (message.kind === 'failed' || message.kind === 'unsupported')
      return html`<div class="message ${message.kind === 'failed' ? 'bad' : 'quiet'}" role="status">
        ${message.text}
      </div>`;
    if (message.buckets.every((bucket) => bucketTotal(bucket) === 0))
      return html`<div class="message quiet">${words.empty}</div>`;
    return html`${this.isTable ? this.#table(message) : this.#bars(message)}
      <div class="readout">
        ${words.sources.map((source) => html`<span class="legend ${source}">${source}</span>`)}
        <span class="quiet" id="words">${this.#pointedAt(message)}</span>
        <span class="spacer"></span>
        ${message.text ? html`<span class="quiet">${message.text}</span>` : nothing}
        <button
          class="tool"
          aria-pressed=${this.isTable ? 'true' : 'false'}
          @click=${() => (this.isTable = !this.isTable)}
        >
          ${words.table}
        </button>
      </div>`;
  }

  #bars(histogram: Histogram): TemplateResult {
    const last = histogram.buckets.length - 1;
    const now = this.selection?.focus ?? last;
    return html`<div
      class="chart"
      role="slider"
      tabindex="0"
      aria-label=${words.chartLabel}
      aria-description=${words.chartHelp}
      aria-valuemin="0"
      aria-valuemax=${last}
      aria-valuenow=${now}
      aria-valuetext=${selectionWords(histogram, this.selection ?? { anchor: now, focus: now }, this.zone)}
      @keydown=${(event: KeyboardEvent) => this.#key(event, histogram)}
      @mouseleave=${() => (this.hovered = undefined)}
    ></div>`;
  }

  #table(histogram: Histogram): TemplateResult {
    return html`<div class="table" tabindex="0" role="region" aria-label=${words.chartLabel}>
      <table>
        <thead>
          <tr>
            ${words.columns.map((column) => html`<th scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${histogram.buckets.map((bucket, at) =>
            bucketTotal(bucket) === 0
              ? nothing
              : html`<tr>
                  <th scope="row">
                    <button class="link" @click=${() => this.#choose({ anchor: at, focus: at })}>
                      ${moment(histogram, bucket[0], this.zone)}
                    </button>
                  </th>
                  ${[bucket[1], bucket[2], bucket[3], bucketTotal(bucket)].map(
                    (count) => html`<td>${count.toLocaleString('en-US')}</td>`,
                  )}
                </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #pointedAt(histogram: Histogram): string {
    const { hovered } = this;
    if (hovered !== undefined)
      return selectionWords(histogram, { anchor: hovered, focus: hovered }, this.zone);
    return this.selection ? selectionWords(histogram, this.selection, this.zone) : '';
  }

  #key(event: KeyboardEvent, { buckets }: Histogram): void {
    const moved = moveSelection(this.selection, event.key, event.shiftKey, buckets.length);
    if (moved) this.selection = moved;
    else if (event.key === 'Escape' && this.selection) this.selection = undefined;
    else if ((event.key === 'Enter' || event.key === ' ') && this.selection) this.#choose(this.selection);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(selection: BucketSelection): void {
    this.selection = selection;
    const shown = this.#shown;
    const range = shown && selectedRange(shown, selection);
    const from = Math.min(selection.anchor, selection.focus);
    const to = Math.max(selection.anchor, selection.focus);
    const hasLines = shown?.buckets.slice(from, to + 1).some((bucket) => bucketTotal(bucket) > 0);
    if (!range || !hasLines) return;
    const detail: ChosenTime = { ...range, isRange: from !== to };
    this.dispatchEvent(new CustomEvent('modal-histogram-choose', { detail }));
  }
}

customElements.define('modal-log-histogram', HistogramElement);
