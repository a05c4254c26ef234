import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';

export type MenuItem =
  | { readonly kind: 'heading'; readonly label: string }
  | {
      readonly kind: 'action' | 'check' | 'radio';
      readonly label: string;
      readonly checked?: boolean;
      readonly run: () => void;
    };

/** A button with a menu below it, for the mouse and the keyboard. */
export class LogMenu extends LitElement {
  static override readonly styles = css`
    :host {
      position: relative;
      display: inline-block;
    }
    .menu {
      position: absolute;
      right: 0;
      top: 100%;
      z-index: 5;
      min-width: 190px;
      max-height: min(60vh, 400px);
      overflow: auto;
      padding: 4px 0;
      border: 1px solid var(--vscode-menu-border, var(--vscode-contrastBorder, var(--vscode-widget-border)));
      border-radius: 5px;
      background: var(--vscode-menu-background);
      color: var(--vscode-menu-foreground);
      box-shadow: 0 2px 8px var(--vscode-widget-shadow);
    }
    .heading {
      padding: 6px 12px 2px 12px;
      font-size: 0.85em;
      opacity: 0.85;
    }
    .heading:not(:first-child) {
      margin-top: 4px;
      border-top: 1px solid var(--vscode-menu-separatorBackground);
    }
    button {
      display: flex;
      gap: 6px;
      align-items: center;
      width: 100%;
      padding: 3px 12px 3px 8px;
      border: 1px solid transparent;
      background: none;
      color: inherit;
      font: inherit;
      text-align: start;
      cursor: pointer;
    }
    button:hover,
    button:focus {
      outline: none;
      background: var(--vscode-menu-selectionBackground);
      color: var(--vscode-menu-selectionForeground);
      border-color: var(--vscode-menu-selectionBorder, var(--vscode-contrastActiveBorder, transparent));
    }
    .check {
      width: 16px;
      flex: none;
    }
  `;
  static override readonly properties = {
    icon: {},
    label: {},
    items: { attribute: false },
    open: { state: true },
  };

  declare icon: string;
  declare label: string;
  declare items: readonly MenuItem[];
  declare open: boolean;

  constructor() {
    super();
    this.icon = '';
    this.label = '';
    this.items = [];
    this.open = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('pointerdown', this.#pressedElsewhere);
  }

  override disconnectedCallback(): void {
    window.removeEventListener('pointerdown', this.#pressedElsewhere);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    return html`<vscode-toolbar-button
        icon=${this.icon}
        label=${this.label}
        title=${this.label}
        aria-haspopup="menu"
        aria-expanded=${this.open}
        @click=${() => this.#toggle()}
      ></vscode-toolbar-button>
      ${
        this.open
          ? html`<div class="menu" role="menu" aria-label=${this.label} @keydown=${this.#key}>
              ${this.items.map((item) => this.#item(item))}
            </div>`
          : nothing
      }`;
  }

  #item(item: MenuItem): TemplateResult {
    if (item.kind === 'heading') return html`<div class="heading" role="presentation">${item.label}</div>`;
    const role = { action: 'menuitem', check: 'menuitemcheckbox', radio: 'menuitemradio' }[item.kind];
    return html`<button
      role=${role}
      tabindex="-1"
      aria-checked=${item.kind === 'action' ? nothing : String(item.checked ?? false)}
      @click=${() => this.#run(item)}
    >
      <span class="check"
        >${item.checked ? html`<vscode-icon name="check" size="14"></vscode-icon>` : nothing}</span
      >
      ${item.label}
    </button>`;
  }

  /** The menu stays open for choices, so that several can be made; an action closes it. */
  #run(item: Exclude<MenuItem, { kind: 'heading' }>): void {
    item.run();
    if (item.kind === 'action') this.#close();
  }

  #toggle(): void {
    this.open = !this.open;
    if (this.open) void this.updateComplete.then(() => this.#buttons()[0]?.focus());
  }

  #close(): void {
    this.open = false;
    this.renderRoot.querySelector<HTMLElement>('vscode-toolbar-button')?.focus();
  }

  #buttons(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.menu button')];
  }

  readonly #key = (event: KeyboardEvent): void => {
    const buttons = this.#buttons();
    const at = buttons.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement);
    const to = {
      ArrowDown: (at + 1) % buttons.length,
      ArrowUp: (at - 1 + buttons.length) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (to !== undefined) buttons[to]?.focus();
    else if (event.key === 'Escape') this.#close();
    else if (event.key === 'Tab') {
      this.open = false;
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  readonly #pressedElsewhere = (event: Event): void => {
    if (this.open && !event.composedPath().includes(this)) this.open = false;
  };
}

customElements.define('modal-log-menu', LogMenu);
