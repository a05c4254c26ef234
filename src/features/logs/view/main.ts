import '../../../shared/view/icons.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { noFilter } from '../../../domain/logFilter.ts';
import type { EarlierMessage, LogLook, TabInfo, TabsMessage, ToView } from '../messages.ts';
import { defaultLook, toView } from '../messages.ts';
import { chipsOf, chipsView } from './chips.ts';
import './earlier/earlierElement.ts';
import type { EarlierElement } from './earlier/earlierElement.ts';
import { GridKeys } from './gridKeys.ts';
import './menu.ts';
import { droppedView, emptyView, nothingShown, unseenPill } from './overlays.ts';
import { RowMouse } from './rowMouse.ts';
import { ShownLog } from './shownLog.ts';
import { styles } from './styles.ts';
import { tabsView } from './tabs.ts';
import type { ToolbarActions } from './toolbar.ts';
import { toolbarView } from './toolbar.ts';
import { post } from './vscodeApi.ts';
import { words } from './words.ts';

/** The log viewer: logs as tabs, state, filter, and virtual rows. The host holds the truth, and filters. */
class LogsElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    tabs: { state: true },
    earlier: { state: true },
    viewLook: { state: true },
    now: { state: true },
    announcement: { state: true },
  };

  declare tabs: TabsMessage | undefined;
  declare earlier: EarlierMessage | undefined;
  declare viewLook: LogLook;
  declare now: number;
  declare announcement: string;

  readonly #log = new ShownLog();
  readonly #keys = new GridKeys(this.#log, () => this.#find('filter')?.focus());
  readonly #mouse = new RowMouse(this.#log);
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.viewLook = defaultLook;
    this.now = Date.now();
    this.announcement = '';
    this.#log.onDidChange(() => this.requestUpdate());
    this.#log.onDidAnnounce((announcement) => (this.announcement = announcement));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('message', this.#received);
    window.addEventListener('keydown', this.#keys.global);
    window.addEventListener('focus', this.#focused);
    window.addEventListener('blur', this.#focused);
    this.#clock = setInterval(() => (this.now = Date.now()), 1000);
    post({ type: 'ready' });
    this.#focused();
  }

  override disconnectedCallback(): void {
    window.removeEventListener('message', this.#received);
    window.removeEventListener('keydown', this.#keys.global);
    window.removeEventListener('focus', this.#focused);
    window.removeEventListener('blur', this.#focused);
    clearInterval(this.#clock);
    this.#log.dispose();
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    this.#log.attach(this.#find('list') as HTMLElement, this.#find('rows') as HTMLElement);
  }

  protected override render(): TemplateResult {
    const { tabs = [], selected = '', functions = {} } = this.tabs ?? {};
    const log = this.#log;
    const { counts, filter } = log;
    const tab = tabs.find(({ id }) => id === selected);
    const isEmpty = counts.shown === 0;
    return html`${
        tabs.length > 0
          ? tabsView(tabs, selected, {
              select: (id) => post({ type: 'select', session: id }),
              close: (id) => post({ type: 'close', session: id }),
              follow: () => post({ type: 'follow' }),
              merge: () => post({ type: 'merge' }),
            })
          : nothing
      }
      ${tab ? this.#toolbar(tab) : nothing}
      ${tab ? chipsView(chipsOf(filter, functions), (change) => log.changeFilter(change)) : nothing}
      <modal-log-earlier
        .state=${this.earlier}
        .zone=${this.viewLook.time === 'utc' ? 'utc' : 'local'}
      ></modal-log-earlier>
      <div class="frame" id="log" @modal-logs-top=${() => this.#earlier?.reachedTop()}>
        ${tab ? nothing : emptyView(() => post({ type: 'follow' }))}
        ${
          tab && isEmpty
            ? nothingShown(tab, log.isFiltering, counts.total, () => log.changeFilter(noFilter))
            : nothing
        }
        ${tab ? droppedView(counts.dropped, log.list?.isAtTop ?? false) : nothing}
        <div
          id="list"
          class="list ${this.viewLook.wrap ? 'wrap' : ''}"
          role="grid"
          aria-label=${words.list}
          aria-multiselectable="true"
          aria-rowcount=${counts.shown}
          tabindex="0"
          ?hidden=${!tab || isEmpty}
          @keydown=${this.#keys.grid}
          @click=${this.#mouse.clicked}
          @mousedown=${this.#mouse.pressed}
          @contextmenu=${this.#menuAsked}
        >
          <div id="rows" class="rows" role="rowgroup"></div>
        </div>
        ${unseenPill(counts.unseen, () => log.list?.follow(true))}
      </div>
      <span role="status" aria-live="polite" class="announcement">${this.announcement}</span>`;
  }

  #toolbar(tab: TabInfo): TemplateResult {
    const { rows, counts, filter, active, following, problem, isFiltering } = this.#log;
    return toolbarView(
      {
        tab,
        filter,
        look: this.viewLook,
        isMerged: (this.tabs?.streams.length ?? 0) > 0,
        following,
        problem,
        isFiltering,
        shown: counts.shown,
        total: counts.total,
        at: active === undefined ? undefined : active - rows.first + 1,
        now: this.now,
      },
      this.#toolbarActions(tab.id),
    );
  }

  #toolbarActions(session: string): ToolbarActions {
    const log = this.#log;
    return {
      changeFilter: (change) => log.changeFilter(change),
      pickFilter: (what) => post({ type: 'pickFilter', session, what }),
      changeLook: (change) => {
        this.#showLook({ ...this.viewLook, ...change });
        post({ type: 'look', look: this.viewLook });
      },
      follow: (on) => log.list?.follow(on),
      step: (by) => log.step(by),
      tryNow: () => post({ type: 'tryNow', session }),
      followAgain: () => post({ type: 'followAgain', session }),
      remove: () => post({ type: 'close', session }),
      copyAll: (format) => log.copyAll(format),
      openDocument: () => post({ type: 'openDocument' }),
    };
  }

  #find(id: string): HTMLElement | null {
    return (this.renderRoot as ShadowRoot).getElementById(id);
  }

  get #earlier(): EarlierElement | null {
    return this.renderRoot.querySelector<EarlierElement>('modal-log-earlier');
  }

  readonly #focused = (event?: Event): void =>
    post({ type: 'focus', has: event ? event.type === 'focus' : document.hasFocus() });

  /** The editor reads from the page which row its context menu is for. */
  readonly #menuAsked = (event: MouseEvent): void => {
    const context = this.#mouse.menuContext(event);
    if (context !== undefined) this.dataset['vscodeContext'] = context;
  };

  readonly #received = (event: MessageEvent): void => {
    const parsed = toView.safeParse(event.data);
    if (parsed.success) this.#take(parsed.data);
  };

  #take(message: ToView): void {
    const log = this.#log;
    // A message about a log that is no longer shown came too late.
    if ('session' in message && message.session !== log.session) return;
    switch (message.type) {
      case 'tabs':
        this.tabs = message;
        log.showTabs(message);
        return;
      case 'look':
        this.#showLook(message.look);
        return;
      case 'copy':
        log.copySelected(message.format);
        return;
      case 'entries':
        log.takeEntries(message);
        return;
      case 'rows':
        log.takeRange(message);
        return;
      case 'located':
        log.takeFiles(message.files);
        return;
      case 'revealed':
        log.reveal(message.place);
        return;
      case 'earlier':
        this.earlier = message;
        return;
      case 'histogram':
        this.#earlier?.showCounts(message);
        return;
      case 'deployed':
        this.#earlier?.takeDeploy(message);
        return;
      case 'rangeProblem':
        this.#earlier?.showProblem(message);
        return;
      case 'openRangePicker':
        this.#earlier?.openPicker();
        return;
    }
  }

  #showLook(look: LogLook): void {
    this.viewLook = look;
    this.#log.showLook(look);
  }
}

customElements.define('modal-logs', LogsElement);
