import '../../../shared/view/icons.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LoadViewState } from '../messages.ts';
import { toLoadView } from '../messages.ts';
import { Chart } from './chart.ts';
import { errorsView, figuresView, headView, secondsView } from './parts.ts';
import type { ChartName } from './series.ts';
import { chartTitles, chartsOf, spoken } from './series.ts';
import { styles } from './styles.ts';
import { post } from './vscodeApi.ts';

const names = Object.keys(chartTitles) as ChartName[];

/** The load test panel: what runs, its figures, charts and failures. The host holds the truth. */
class LoadElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = { state: { state: true } };

  declare state: LoadViewState | undefined;

  #charts: ReadonlyMap<ChartName, Chart> = new Map();
  /** Colours are painted on canvases, so a new theme needs new charts. */
  readonly #theme = new MutationObserver(() => {
    for (const chart of this.#charts.values()) chart.repaint();
  });

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('message', this.#received);
    window.addEventListener('keydown', this.#key);
    this.#theme.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    post({ type: 'ready' });
  }

  override disconnectedCallback(): void {
    window.removeEventListener('message', this.#received);
    window.removeEventListener('keydown', this.#key);
    this.#theme.disconnect();
    for (const chart of this.#charts.values()) chart.dispose();
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    const root = this.renderRoot as ShadowRoot;
    this.#charts = new Map(
      names.map((name) => [name, new Chart(root.getElementById(name) as HTMLElement, 'load')]),
    );
  }

  protected override updated(): void {
    if (!this.state || this.#isEmpty) return;
    const data = chartsOf(this.state);
    for (const [name, chart] of this.#charts) chart.setData(data[name]);
  }

  protected override render(): TemplateResult {
    const { state } = this;
    return html`${state ? headView(state) : nothing}
      <div class="body" ?hidden=${this.#isEmpty}>
        <section class="charts" aria-label="Charts">${names.map((name) => this.#chart(name))}</section>
        ${state ? html`<section class="figures" aria-label="Figures">${figuresView(state)}</section>` : nothing}
        ${state ? errorsView(state) : nothing} ${state ? secondsView(state) : nothing}
      </div>
      ${this.#isEmpty && state ? emptyView(state) : nothing}`;
  }

  #chart(name: ChartName): TemplateResult {
    const data = this.state && chartsOf(this.state)[name];
    return html`<figure>
      <figcaption id=${`${name}-title`}>${chartTitles[name]}</figcaption>
      <div class="plot" role="img" aria-label=${data ? spoken(name, data) : chartTitles[name]}>
        <div id=${name} aria-hidden="true"></div>
      </div>
    </figure>`;
  }

  get #isEmpty(): boolean {
    return !this.state?.totals;
  }

  readonly #received = (event: MessageEvent): void => {
    const parsed = toLoadView.safeParse(event.data);
    if (parsed.success) this.state = parsed.data.state;
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.state?.phase === 'running') post({ type: 'stop' });
  };
}

function emptyView({ phase, end }: LoadViewState): TemplateResult | typeof nothing {
  if (phase === 'running') return html`<p class="empty" role="status">Sending the first requests…</p>`;
  if (phase === 'waiting') return html`<p class="empty" role="status">Waiting for confirmation…</p>`;
  if (end) return nothing;
  return html`<p class="empty">No requests sent yet. Run the test to see its price first and confirm.</p>`;
}

customElements.define('modal-load', LoadElement);
