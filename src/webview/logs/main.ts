import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LogEntry } from '../../domain/logEntry.ts';
import type { LogFilter } from '../../domain/logFilter.ts';
import { compileFilter, noFilter } from '../../domain/logFilter.ts';
import type { EntriesMessage, SessionsMessage, ToHost } from '../../ui/logs/protocol.ts';
import type { FromPast } from '../../ui/logs/pastProtocol.ts';
import { toView } from '../../ui/logs/protocol.ts';
import { LogList } from './logList.ts';
import './past/main.ts';
import type { PastElement } from './past/main.ts';
import { styles } from './styles.ts';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();
const post = (message: ToHost | FromPast) => api.postMessage(message);

/** As many as the host sends at once, and some more. */
const mostEntries = 50_000;
const sources = ['all', 'stdout', 'stderr', 'system'] as const;
const announceEveryMs = 5000;

interface ReadRow {
  readonly place: number;
  readonly offset: number;
}

/** The log viewer: sessions, state, filter and virtual rows. The host holds the truth. */
class LogsElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    sessions: { state: true },
    filter: { state: true },
    wrap: { state: true },
    unseen: { state: true },
    shown: { state: true },
    problem: { state: true },
    now: { state: true },
    announcement: { state: true },
  };

  declare sessions: SessionsMessage | undefined;
  declare filter: LogFilter;
  declare wrap: boolean;
  declare unseen: number;
  declare shown: number;
  declare problem: string;
  declare now: number;
  declare announcement: string;

  #entries: LogEntry[] = [];
  /** Place of the first of them in the host's buffer. */
  #base = 0;
  #visible: LogEntry[] = [];
  #list: LogList | undefined;
  #following = true;
  #announcedAt = 0;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.filter = noFilter;
    this.wrap = false;
    this.unseen = 0;
    this.shown = 0;
    this.problem = '';
    this.now = Date.now();
    this.announcement = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('message', this.#received);
    window.addEventListener('keydown', this.#key);
    this.#clock = setInterval(() => (this.now = Date.now()), 1000);
    post({ type: 'ready' });
  }

  override disconnectedCallback(): void {
    window.removeEventListener('message', this.#received);
    window.removeEventListener('keydown', this.#key);
    clearInterval(this.#clock);
    this.#list?.dispose();
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    const root = this.renderRoot as ShadowRoot;
    const find = (id: string) => root.getElementById(id) as HTMLElement;
    this.#list = new LogList(find('list'), find('rows'), (following) => {
      this.#following = following;
      if (following) this.unseen = 0;
    });
    this.#refilter();
  }

  protected override render(): TemplateResult {
    const chosen = Boolean(this.sessions?.selected);
    return html`${chosen ? this.#toolbar() : nothing}
      <modal-log-past
        .post=${post}
        .filter=${this.filter}
        @modal-logs-reveal=${(event: CustomEvent<{ time: number }>) => this.#reveal(event.detail.time)}
      ></modal-log-past>
      <div class="frame" @modal-logs-top=${() => this.#past?.reachedTop()}>
        ${chosen ? nothing : this.#empty()}
        ${chosen && this.shown === 0 ? html`<div class="empty">${this.#nothingShown()}</div>` : nothing}
        <div
          id="list"
          class="list ${this.wrap ? 'wrap' : ''}"
          role="log"
          aria-label="Log lines"
          aria-live="off"
          tabindex="0"
          ?hidden=${!chosen}
        >
          <div id="rows" class="rows"></div>
        </div>
        ${
          this.unseen > 0
            ? html`<button class="pill" @click=${() => this.#list?.toEnd()}>
                ${this.unseen.toLocaleString()} new line${this.unseen === 1 ? '' : 's'}
              </button>`
            : nothing
        }
      </div>
      <span role="status" aria-live="polite" class="announcement">${this.announcement}</span>`;
  }

  #toolbar(): TemplateResult {
    return html`<div class="toolbar" role="toolbar" aria-label="Log viewer">
      ${this.#sessionPicker()} ${this.#state()} ${this.#callChip()}
      <span class="spacer"></span>
      ${
        this.problem
          ? html`<span class="state bad" title=${this.problem}
              ><vscode-icon name="warning"></vscode-icon>Not a regular expression</span
            >`
          : nothing
      }
      <span class="count" title="Lines shown"
        >${this.shown.toLocaleString()} ${this.shown === 1 ? 'line' : 'lines'}</span
      >
      ${this.#sourcePicker()}
      <vscode-textfield
        id="filter"
        class="filter"
        placeholder="Filter"
        label="Filter"
        .value=${this.filter.text}
        @input=${(event: Event) => this.#setFilter({ text: (event.target as HTMLInputElement).value })}
      ></vscode-textfield>
      ${this.#toggle('regex', 'Use Regular Expression', this.filter.regex, (on) => this.#setFilter({ regex: on }))}
      ${this.#toggle('word-wrap', 'Wrap Lines', this.wrap, (on) => {
        this.wrap = on;
        this.#show();
      })}
    </div>`;
  }

  #sessionPicker(): TemplateResult {
    const { sessions = [], selected } = this.sessions ?? {};
    return html`<vscode-single-select
      class="sessions"
      label="Log"
      .value=${selected ?? ''}
      @change=${(event: Event) => post({ type: 'select', id: (event.target as HTMLSelectElement).value })}
    >
      ${sessions.map(
        ({ id, title }) =>
          html`<vscode-option value=${id} ?selected=${id === selected}>${title}</vscode-option>`,
      )}
    </vscode-single-select>`;
  }

  #state(): TemplateResult | typeof nothing {
    const status = this.sessions?.status;
    if (!status) return nothing;
    const seconds = status.nextTryAt
      ? Math.max(0, Math.ceil((status.nextTryAt - this.now) / 1000))
      : undefined;
    const [icon = '', modifier] = status.icon.split('~');
    return html`<span class="state ${status.bad ? 'bad' : ''}">
      <vscode-icon name=${icon} ?spin=${modifier === 'spin'}></vscode-icon>
      ${status.words}${seconds === undefined ? '' : ` in ${seconds} s`}
    </span>`;
  }

  #callChip(): TemplateResult | typeof nothing {
    if (!this.filter.callId) return nothing;
    return html`<span class="call" title=${this.filter.callId}>
      One call only
      <button aria-label="Show all calls" @click=${() => this.#setFilter({ callId: '' })}>
        <vscode-icon name="close"></vscode-icon>
      </button>
    </span>`;
  }

  #sourcePicker(): TemplateResult {
    return html`<vscode-single-select
      class="sources"
      label="Source"
      @change=${(event: Event) =>
        this.#setFilter({ source: (event.target as HTMLSelectElement).value as LogFilter['source'] })}
    >
      ${sources.map(
        (source) =>
          html`<vscode-option value=${source} ?selected=${source === this.filter.source}>
            ${source === 'all' ? 'All sources' : source}
          </vscode-option>`,
      )}
    </vscode-single-select>`;
  }

  #toggle(icon: string, label: string, on: boolean, set: (on: boolean) => void): TemplateResult {
    return html`<vscode-toolbar-button
      icon=${icon}
      label=${label}
      title=${label}
      toggleable
      ?checked=${on}
      @change=${(event: Event) => set((event.target as HTMLInputElement).checked)}
    ></vscode-toolbar-button>`;
  }

  #empty(): TemplateResult {
    return html`<div class="empty">
      <vscode-icon name="output" size="32"></vscode-icon>
      <span>No log is followed. Logs of apps and deploys are shown here.</span>
      <vscode-button @click=${() => post({ type: 'chooseApp' })}>Choose an App to Follow</vscode-button>
    </div>`;
  }

  #nothingShown(): string {
    return this.#entries.length > 0 ? 'No line matches the filter.' : 'Nothing has been logged yet.';
  }

  #setFilter(change: Partial<LogFilter>): void {
    this.filter = { ...this.filter, ...change };
    this.#refilter();
  }

  #refilter(): void {
    const filter = compileFilter(this.filter);
    this.problem = filter.problem;
    this.#visible = this.#entries.filter((entry) => filter.matches(entry));
    this.#show();
  }

  #show(): void {
    this.shown = this.#visible.length;
    void this.updateComplete.then(() => this.#list?.show(this.#visible, this.wrap));
  }

  get #past(): PastElement | null {
    return this.renderRoot.querySelector<PastElement>('modal-log-past');
  }

  #reveal(time: number): void {
    const at = this.#visible.findIndex((entry) => entry.kind !== 'mark' && entry.time >= time);
    if (at >= 0) this.#list?.toRow(at, 0);
  }

  readonly #received = (event: MessageEvent): void => {
    this.#past?.receive(event.data);
    const parsed = toView.safeParse(event.data);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type === 'sessions') this.#showSessions(message);
    else if (message.session === this.sessions?.selected) this.#add(message);
  };

  #showSessions(message: SessionsMessage): void {
    const other = message.selected !== this.sessions?.selected || message.callId !== this.sessions.callId;
    this.sessions = message;
    if (!other) return;
    this.#entries = [];
    this.#setFilter({ callId: message.callId });
  }

  #add(message: EntriesMessage): void {
    const { entries, rowsFrom, reset, updates } = message;
    post({ type: 'seen', session: message.session, number: message.number });
    const end = this.#base + this.#entries.length;
    const read = this.#readRow();
    const goesOn = !reset && message.from === end && rowsFrom === end && updates.length === 0;
    if (!goesOn) this.#change(message);
    this.#entries.push(...entries);
    if (!goesOn || this.#entries.length > mostEntries * 1.1) {
      const excess = Math.max(0, this.#entries.length - mostEntries);
      this.#entries = this.#entries.slice(excess);
      this.#base += excess;
      this.#refilter();
      this.#readOn(read);
    } else {
      const filter = compileFilter(this.filter);
      const fresh = entries.filter((entry) => filter.matches(entry));
      this.#visible.push(...fresh);
      if (!this.#following) this.unseen += fresh.length;
      this.#show();
    }
    if (!reset) this.#announce(entries.length);
  }

  /** Place of the row at the top, and how far it is scrolled away; undefined while the end is followed. */
  #readRow(): ReadRow | undefined {
    const top = this.#following ? undefined : this.#list?.topRow;
    const entry = top && this.#visible[top.index];
    return entry && { place: this.#base + this.#entries.indexOf(entry), offset: top.offset };
  }

  /** What was read stays where it is, whatever came before it. */
  #readOn(read: ReadRow | undefined): void {
    const entry = read && this.#entries[read.place - this.#base];
    const at = entry ? this.#visible.indexOf(entry) : -1;
    if (read && at >= 0) void this.updateComplete.then(() => this.#list?.toRow(at, read.offset));
  }

  /** Makes room for what comes from that place on, and puts in what was updated before it. */
  #change({ reset, from, rowsFrom, updates }: EntriesMessage): void {
    for (const { place, entry } of updates)
      if (place >= this.#base && place - this.#base < this.#entries.length)
        this.#entries[place - this.#base] = entry;
    this.#entries.length = reset ? 0 : Math.max(0, Math.min(this.#entries.length, from - this.#base));
    const missing = rowsFrom - (reset ? rowsFrom : this.#base + this.#entries.length);
    if (missing > 0) this.#entries = [skippedMark(missing)];
    if (reset || missing > 0) this.#base = rowsFrom - this.#entries.length;
  }

  /** A screen reader hears how much came, not every line. */
  #announce(count: number): void {
    const now = Date.now();
    if (count === 0 || now - this.#announcedAt < announceEveryMs) return;
    this.#announcedAt = now;
    this.announcement = `${count} new log lines`;
  }

  readonly #key = (event: KeyboardEvent): void => {
    const filter = this.renderRoot.querySelector<HTMLElement>('#filter');
    if (event.key === 'f' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      filter?.focus();
    } else if (event.key === 'Escape' && this.filter.text) this.#setFilter({ text: '' });
    else if (event.key === 'End' && !event.composedPath().includes(filter as EventTarget))
      this.#list?.toEnd();
  };
}

/** Lines that came faster than they can be shown are not lost, and the view must not pretend otherwise. */
function skippedMark(count: number): LogEntry {
  const text = `${count} lines came too fast to be shown here. "Open Logs as Document" has them.`;
  return { kind: 'mark', event: 'note', time: Date.now(), text, bad: false };
}

customElements.define('modal-logs', LogsElement);
