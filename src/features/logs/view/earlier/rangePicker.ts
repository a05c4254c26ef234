import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TimeRange } from '../../../../domain/log.ts';
import type { RangeProblem, TimeZone } from '../../../../domain/timeRange.ts';
import { lastRanges, readRange, timeForms, timeText } from '../../../../domain/timeRange.ts';
import { styles } from './styles.ts';
import { words } from './words.ts';

const dayMs = 86_400_000;

/**
 * Asks for a range of time: usual ones by one click, any other by its ends. Fires `modal-range-choose` with a
 * {@link TimeRange}, `modal-range-deploy`, `modal-range-live` and `modal-range-close`.
 */
export class RangePickerElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    range: { attribute: false },
    zone: { attribute: false },
    keptDays: { attribute: false },
    mostDays: { attribute: false },
    problem: { attribute: false },
    from: { state: true },
    to: { state: true },
  };

  /** What is shown now, to begin with; undefined = live. */
  declare range: TimeRange | undefined;
  declare zone: TimeZone;
  declare keptDays: number | undefined;
  declare mostDays: number;
  declare problem: RangeProblem | undefined;
  declare from: string;
  declare to: string;

  constructor() {
    super();
    this.zone = 'local';
    this.mostDays = 35;
    this.from = '';
    this.to = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.range) return;
    this.from = timeText(this.range.since, this.zone);
    this.to = timeText(this.range.until, this.zone);
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('.presets button')?.focus();
  }

  protected override render(): TemplateResult {
    const zone = this.zone === 'utc' ? words.utc : words.localZone;
    return html`<form class="picker" aria-label=${words.range} novalidate @keydown=${this.#key}>
      <div class="presets" role="group" aria-label=${words.range}>
        <button type="button" @click=${() => this.#fire('modal-range-live')}>${words.live}</button>
        ${lastRanges.map(({ words: text, ms }) => this.#preset(text, ms))}
        <button type="button" @click=${() => this.#fire('modal-range-deploy')}>${words.sinceDeploy}</button>
      </div>
      <div class="fields">
        ${this.#field('from', words.from, '-2h')} ${this.#field('to', words.to, words.toPlaceholder)}
        <vscode-button @click=${() => this.#read()}>${words.show}</vscode-button>
      </div>
      ${
        this.problem
          ? html`<p class="bad" role="alert" id="problem">${this.problem.problem}</p>`
          : html`<p class="quiet" id="hint">${words.rangeHint(timeForms, zone)}</p>`
      }
    </form>`;
  }

  #preset(text: string, ms: number): TemplateResult {
    const { keptDays } = this;
    const isGone = keptDays !== undefined && ms > keptDays * dayMs;
    return html`<button
      type="button"
      ?disabled=${isGone}
      title=${isGone ? words.kept(keptDays) : ''}
      @click=${() => this.#choose({ since: Date.now() - ms, until: Date.now() })}
    >
      ${text}
    </button>`;
  }

  #field(name: 'from' | 'to', label: string, placeholder: string): TemplateResult {
    const isBad = this.problem?.field === name;
    return html`<label
      >${label}
      <input
        type="text"
        name=${name}
        spellcheck="false"
        autocomplete="off"
        placeholder=${placeholder}
        aria-invalid=${isBad ? 'true' : 'false'}
        aria-describedby=${this.problem ? (isBad ? 'problem' : nothing) : 'hint'}
        .value=${this[name]}
        @input=${(event: Event) => (this[name] = (event.target as HTMLInputElement).value)}
    /></label>`;
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) this.#read();
    else if (event.key === 'Escape') this.#fire('modal-range-close');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #read(): void {
    const { keptDays, mostDays } = this;
    const limits = { now: Date.now(), mostDays, ...(keptDays === undefined ? {} : { keptDays }) };
    const range = readRange(this.from, this.to, this.zone, limits);
    if ('problem' in range) {
      this.problem = range;
      this.renderRoot.querySelector<HTMLElement>(`[name=${range.field}]`)?.focus();
    } else this.#choose(range);
  }

  #choose(range: TimeRange): void {
    this.problem = undefined;
    this.dispatchEvent(new CustomEvent('modal-range-choose', { detail: range }));
  }

  #fire(name: string): void {
    this.dispatchEvent(new CustomEvent(name));
  }
}
customElements.define('modal-log-range', RangePickerElement);
