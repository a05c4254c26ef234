import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';

export const rowHeight = 22;
/** Rows beyond each edge, so that scrolling shows no gap. */
const spare = 10;

/**
 * A list of rows of one height, of which only those in sight exist. It is drawn without a shadow of its own, so that
 * the styles around it hold. Arrow keys, Page Up, Page Down, Home and End move the selection; `chosen` tells it.
 */
export class VirtualRows extends LitElement {
  static override readonly properties = {
    count: { type: Number },
    selected: { type: Number },
    row: { attribute: false },
    follow: { type: Boolean },
  };

  declare count: number;
  declare selected: number;
  /** Draws a row; it must carry the id that is given. */
  declare row: (index: number, id: string) => TemplateResult;
  /** Stays at the end when it is there. */
  declare follow: boolean;

  #atEnd = true;
  readonly #size = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    this.count = 0;
    this.selected = -1;
    this.row = () => html``;
    this.follow = false;
  }

  /** Brings a row into sight. */
  scrollToRow(index: number): void {
    const top = index * rowHeight;
    if (top < this.scrollTop) this.scrollTop = top;
    else if (top + rowHeight > this.scrollTop + this.clientHeight)
      this.scrollTop = top + rowHeight - this.clientHeight;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.tabIndex = 0;
    this.addEventListener('scroll', this.#scrolled);
    this.addEventListener('keydown', this.#key);
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    this.removeEventListener('scroll', this.#scrolled);
    this.removeEventListener('keydown', this.#key);
    this.#size.disconnect();
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const [from, to] = this.#range();
    const indices = Array.from({ length: to - from }, (_, at) => from + at);
    return html`<div class="all" role="presentation">
      <div class="seen" role="presentation">${indices.map((index) => this.row(index, this.#id(index)))}</div>
    </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    const [from, to] = this.#range();
    const all = this.querySelector<HTMLElement>('.all');
    const seen = this.querySelector<HTMLElement>('.seen');
    // Through the object model, because the page's policy forbids style attributes.
    if (all) all.style.height = `${this.count * rowHeight}px`;
    if (seen) seen.style.transform = `translateY(${from * rowHeight}px)`;
    if (this.selected >= from && this.selected < to)
      this.setAttribute('aria-activedescendant', this.#id(this.selected));
    else this.removeAttribute('aria-activedescendant');
    if (changed.has('selected') && this.selected >= 0) this.scrollToRow(this.selected);
    else if (changed.has('count') && this.follow && this.#atEnd) this.scrollTop = this.scrollHeight;
  }

  #id(index: number): string {
    return `${this.id}-${index}`;
  }

  #range(): [number, number] {
    const height = Math.max(this.clientHeight, rowHeight);
    // At the end, the rows that are about to be scrolled to are drawn at once, not a frame later.
    const end = Math.max(0, this.count * rowHeight - height);
    const top = this.follow && this.#atEnd ? end : this.scrollTop;
    const from = Math.max(0, Math.floor(top / rowHeight) - spare);
    const to = Math.ceil((top + height) / rowHeight) + spare;
    return [Math.min(from, this.count), Math.min(to, this.count)];
  }

  readonly #scrolled = () => {
    this.#atEnd = this.scrollTop + this.clientHeight >= this.scrollHeight - rowHeight;
    this.requestUpdate();
  };

  readonly #key = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(this.clientHeight / rowHeight) - 1);
    const to = {
      ArrowDown: this.selected + 1,
      ArrowUp: this.selected - 1,
      PageDown: this.selected + page,
      PageUp: this.selected - page,
      Home: 0,
      End: this.count - 1,
    }[event.key];
    if (to === undefined || this.count === 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = Math.min(this.count - 1, Math.max(0, to));
    this.dispatchEvent(new CustomEvent<number>('chosen', { detail: index }));
  };
}

customElements.define('modal-rows', VirtualRows);
