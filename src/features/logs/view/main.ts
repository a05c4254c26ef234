import '../../../shared/view/icons.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { noFilter } from '../../../domain/logFilter.ts';
import type { LogLook, SessionTab, SessionsMessage, ToView } from '../messages.ts';
import { defaultLook, toView } from '../messages.ts';
import { chipsOf, chipsView } from './chips.ts';
import { emptyView, nothingShown } from './emptyView.ts';
import { GridKeys } from './gridKeys.ts';
import './menu.ts';
import { droppedView, unseenPill } from './overlays.ts';
import './past/main.ts';
import type { PastElement } from './past/main.ts';
import type { LogPage } from './shownLog.ts';
import { ShownLog } from './shownLog.ts';
import { styles } from './styles.ts';
import { tabsView } from './tabs.ts';
import type { ToolbarActions } from './toolbar.ts';
import { toolbarView } from './toolbar.ts';
import { isPast, post, postAny } from './vscodeApi.ts';
import { words } from './words.ts';

/** The log viewer: logs as tabs, state, filter, and virtual rows. The host holds the truth, and filters. */
class LogsElement extends LitElement implements LogPage {
  static override readonly styles = styles;
  static override readonly properties = {
    sessions: { state: true },
    viewLook: { state: true },
    now: { state: true },
    announcement: { state: true },
  };

  declare sessions: SessionsMessage | undefined;
  declare viewLook: LogLook;
  declare now: number;
  declare announcement: string;

  readonly #log = new ShownLog(this);
  readonly #keys = new GridKeys(this.#log, () => this.#find('filter')?.focus());
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.viewLook = defaultLook;
    this.now = Date.now();
    this.announcement = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('message', this.#received);
    window.addEventListener('keydown', this.#keys.global);
    this.#clock = setInterval(() => (this.now = Date.now()), 1000);
    post({ type: 'ready' });
  }

  override disconnectedCallback(): void {
    window.removeEventListener('message', this.#received);
    window.removeEventListener('keydown', this.#keys.global);
    clearInterval(this.#clock);
    this.#log.dispose();
    super.disconnectedCallback();
  }

  announce(words: string): void {
    this.announcement = words;
  }

  protected override firstUpdated(): void {
    this.#log.attach(this.#find('list') as HTMLElement, this.#find('rows') as HTMLElement);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('viewLook') || changed.has('sessions')) this.#log.list?.repaint();
  }

  protected override render(): TemplateResult {
    const { sessions = [], selected = '', functions = {} } = this.sessions ?? {};
    const log = this.#log;
    const { counts, filter, actions } = log;
    const session = sessions.find(({ id }) => id === selected);
    const isEmpty = counts.shown === 0;
    return html`${
        sessions.length > 0
          ? tabsView(sessions, selected, {
              select: (id) => post({ type: 'select', session: id }),
              close: (id) => post({ type: 'close', session: id }),
              follow: () => post({ type: 'follow' }),
              merge: () => post({ type: 'merge' }),
            })
          : nothing
      }
      ${session ? this.#toolbar(session) : nothing}
      ${session ? chipsView(chipsOf(filter.current, functions), (change) => filter.change(change)) : nothing}
      <modal-log-past
        .post=${postAny}
        .session=${selected}
        .filter=${filter.current}
        .zone=${this.viewLook.time === 'utc' ? 'utc' : 'local'}
        @modal-logs-reveal=${(event: CustomEvent<{ time: number }>) => this.#goToTime(event.detail.time)}
      ></modal-log-past>
      <div class="frame" id="log" @modal-logs-top=${() => this.#past?.reachedTop()}>
        ${session ? nothing : emptyView(() => post({ type: 'follow' }))}
        ${
          session && isEmpty
            ? nothingShown(session, log.isFiltering, counts.total, () => filter.change(noFilter))
            : nothing
        }
        ${session ? droppedView(counts.dropped, log.list?.isAtTop ?? false) : nothing}
        <div
          id="list"
          class="list ${this.viewLook.wrap ? 'wrap' : ''}"
          role="grid"
          aria-label=${words.list}
          aria-multiselectable="true"
          aria-rowcount=${counts.shown}
          tabindex="0"
          ?hidden=${!session || isEmpty}
          @keydown=${this.#keys.grid}
          @click=${actions.clicked}
          @mousedown=${actions.pressed}
          @contextmenu=${actions.askedMenu}
        >
          <div id="rows" class="rows" role="rowgroup"></div>
        </div>
        ${unseenPill(counts.unseen, () => log.list?.follow(true))}
      </div>
      <span role="status" aria-live="polite" class="announcement">${this.announcement}</span>`;
  }

  #toolbar(session: SessionTab): TemplateResult {
    const { rows, counts, filter, active, following, problem, isFiltering } = this.#log;
    return toolbarView(
      {
        session,
        filter: filter.current,
        look: this.viewLook,
        isMerged: (this.sessions?.streams.length ?? 0) > 0,
        following,
        problem,
        isFiltering,
        shown: counts.shown,
        total: counts.total,
        at: active === undefined ? undefined : active - rows.first + 1,
        now: this.now,
      },
      this.#toolbarActions(session.id),
    );
  }

  #toolbarActions(session: string): ToolbarActions {
    const log = this.#log;
    const { filter, actions } = log;
    return {
      changeFilter: (change) => filter.change(change),
      pickFilter: (what) => post({ type: 'pickFilter', session, what }),
      changeLook: (change) => {
        this.viewLook = { ...this.viewLook, ...change };
        if ('wrap' in change) log.list?.change(() => log.list?.forgetFrom(log.rows.first));
        post({ type: 'look', look: this.viewLook });
      },
      follow: (on) => log.list?.follow(on),
      step: (by) => actions.step(by),
      tryNow: () => post({ type: 'tryNow', session }),
      followAgain: () => post({ type: 'followAgain', session }),
      remove: () => post({ type: 'close', session }),
      copyAll: (format) => actions.copyAll(format),
      openDocument: () => post({ type: 'openDocument' }),
    };
  }

  #goToTime(time: number): void {
    if (this.sessions) post({ type: 'goToTime', session: this.sessions.selected, time });
  }

  #find(id: string): HTMLElement | null {
    return (this.renderRoot as ShadowRoot).getElementById(id);
  }

  get #past(): PastElement | null {
    return this.renderRoot.querySelector<PastElement>('modal-log-past');
  }

  readonly #received = (event: MessageEvent): void => {
    if (isPast(event.data)) {
      this.#past?.receive(event.data);
      return;
    }
    const parsed = toView.safeParse(event.data);
    if (parsed.success) this.#take(parsed.data);
  };

  #take(message: ToView): void {
    const log = this.#log;
    if ('session' in message && message.session !== log.session) return;
    switch (message.type) {
      case 'sessions':
        this.#showSessions(message);
        return;
      case 'look':
        this.viewLook = message.look;
        return;
      case 'copy':
        log.actions.copySelected(message.format);
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
        log.actions.reveal(message.place);
        return;
    }
  }

  #showSessions(message: SessionsMessage): void {
    const { selected, filter, filterChange } = message;
    const isOther = selected !== this.sessions?.selected;
    const isChanged = filterChange !== this.sessions?.filterChange;
    this.sessions = message;
    this.#log.takeSessions(message, isOther);
    if (filter && (isOther || isChanged)) this.#log.filter.take(selected, filter);
    else if (isOther) this.#log.filter.restore(selected);
  }
}

customElements.define('modal-logs', LogsElement);
