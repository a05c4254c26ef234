import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { AnswerContent, AnswerState, AnswerTab, DoneState, ToAnswerView } from '../../answerMessages.ts';
import { toAnswerView } from '../../answerMessages.ts';
import { answerStyles } from './answerStyles.ts';
import { contentStyles } from './contentStyles.ts';
import type { Post } from './headView.ts';
import { doneHead, notice, streamHead, waitingView } from './headView.ts';
import { imagesView } from './imagesView.ts';
import { markdownView } from './markdownView.ts';
import { headersView, hexView, rawView } from './rawView.ts';
import type { ShownStream } from './streamView.ts';
import { streamView } from './streamView.ts';
import { summaryView } from './summaryView.ts';
import { tableView } from './tableView.ts';
import './treeElement.ts';
import type { TreeElement } from './treeElement.ts';
import { vectorsView } from './vectorsView.ts';
import { formatDuration, formatSize } from '../../../../shared/format.ts';

const tabNames: Readonly<Record<AnswerTab, string>> = {
  summary: 'Summary',
  stream: 'Stream',
  json: 'JSON',
  table: 'Table',
  markdown: 'Markdown',
  images: 'Images',
  vectors: 'Vectors',
  raw: 'Raw',
  hex: 'Bytes',
  headers: 'Headers',
};
/** These fill the space and scroll by themselves. */
const fullTabs: readonly AnswerTab[] = ['stream', 'json', 'table'];
const mostEvents = 2000;
const mostText = 1024 * 1024;

/** The answer of the request panel. The host holds the truth; this paints what it is sent. */
export class AnswerElement extends LitElement {
  static override readonly styles = [answerStyles, contentStyles];
  static override readonly properties = {
    post: { attribute: false },
    retry: { attribute: false },
    state: { state: true },
    tab: { state: true },
    content: { state: true },
    stream: { state: true },
    tokens: { state: true },
    now: { state: true },
  };

  /** Sends a message to the host. */
  declare post: Post;
  /** Sends the request again, as it is edited now. */
  declare retry: () => void;
  declare state: AnswerState;
  declare tab: AnswerTab;
  declare content: AnswerContent | undefined;
  declare stream: ShownStream | undefined;
  declare tokens: DoneState['tokens'];
  declare now: number;

  #clock: ReturnType<typeof setInterval> | undefined;
  /** Of the part of a stream that is not drawn yet. */
  #undrawn: number | undefined;

  constructor() {
    super();
    this.state = { kind: 'idle' };
    this.tab = 'summary';
    this.now = Date.now();
  }

  get isSending(): boolean {
    return this.state.kind === 'sending';
  }

  /** Takes a message of the host. @returns false for one that is not for an answer */
  receive(raw: unknown): boolean {
    const { success, data: message } = toAnswerView.safeParse(raw);
    if (!success) return false;
    switch (message.type) {
      case 'answer/state':
        this.#setState(message.state, message.tab);
        break;
      case 'answer/content':
        this.#setContent(message.content);
        break;
      case 'answer/streamed':
        this.#addToStream(message);
        break;
      default:
        this.renderRoot.querySelector<TreeElement>('modal-tree')?.receive(message);
    }
    return true;
  }

  override disconnectedCallback(): void {
    clearInterval(this.#clock);
    super.disconnectedCallback();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('stream') || this.stream?.isLive !== true) return;
    const joined = this.renderRoot.querySelector('.joined');
    joined?.scrollTo(0, joined.scrollHeight);
    const number = this.#undrawn;
    if (number !== undefined) requestAnimationFrame(() => this.post({ type: 'answer/painted', number }));
    this.#undrawn = undefined;
  }

  protected override render(): TemplateResult {
    const { state } = this;
    const streams = state.kind === 'sending' && state.head !== undefined;
    return html`<p class="spoken" role="status">${spokenState(state)}</p>
      ${state.kind === 'done' ? this.#done(state) : nothing}
      ${streams ? html`${streamHead(state, this.now, this.tokens)} ${this.#streamPane()}` : nothing}
      ${state.kind === 'failed' ? notice(state.explanation, this.#act) : nothing}
      ${state.kind === 'done' || state.kind === 'failed' || streams ? nothing : waitingView(state, this.now)}`;
  }

  #done(state: DoneState): TemplateResult {
    const full = fullTabs.includes(this.tab) ? 'full' : '';
    return html`${doneHead(state, this.post, this.#act)} ${this.#tabs(state.tabs)}
      <div
        class="pane ${full}"
        id="panel"
        role="tabpanel"
        aria-label=${tabNames[this.tab]}
        tabindex=${full ? nothing : 0}
      >
        ${this.#content(state)}
      </div>`;
  }

  #content(state: DoneState): TemplateResult | typeof nothing {
    const { content, post } = this;
    if (this.tab === 'headers') return headersView(state);
    if (content?.tab !== this.tab) return nothing;
    switch (content.tab) {
      case 'summary':
        return summaryView(content.blocks);
      case 'stream':
        return this.#streamPane();
      case 'json':
        return html`<modal-tree .post=${post} .content=${content}></modal-tree>`;
      case 'table':
        return tableView(content, post);
      case 'markdown':
        return markdownView(content, post);
      case 'images':
        return imagesView(content, post);
      case 'vectors':
        return vectorsView(content, post);
      case 'raw':
        return rawView(content, post);
      case 'hex':
        return hexView(content, post);
    }
  }

  #streamPane(): TemplateResult | typeof nothing {
    const { stream } = this;
    if (!stream) return nothing;
    return streamView(stream, this.post, (selected) => (this.stream = { ...stream, selected }));
  }

  #tabs(tabs: readonly AnswerTab[]): TemplateResult {
    return html`<div
      class="tabs"
      role="tablist"
      aria-label="Response views"
      @keydown=${(event: KeyboardEvent) => this.#moveTab(event, tabs)}
    >
      ${tabs.map(
        (tab) =>
          html`<button
            role="tab"
            aria-selected=${tab === this.tab}
            aria-controls="panel"
            tabindex=${tab === this.tab ? 0 : -1}
            @click=${() => this.#select(tab)}
          >
            ${tabNames[tab]}
          </button>`,
      )}
    </div>`;
  }

  #moveTab(event: KeyboardEvent, tabs: readonly AnswerTab[]): void {
    const at = tabs.indexOf(this.tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[
      event.key
    ];
    const next = to === undefined ? undefined : tabs[to % tabs.length];
    if (!next) return;
    event.preventDefault();
    this.#select(next);
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus(),
    );
  }

  #select(tab: AnswerTab): void {
    this.tab = tab;
    this.post({ type: 'answer/select', tab });
  }

  readonly #act = (action: NonNullable<NonNullable<DoneState['explanation']>['action']>) => {
    if (action === 'retry') this.retry();
    else this.post({ type: 'answer/act', action });
  };

  #setState(state: AnswerState, tab: AnswerTab): void {
    const isNew = state.kind !== this.state.kind;
    this.state = state;
    this.now = Date.now();
    if (state.kind === 'done') this.tab = tab;
    clearInterval(this.#clock);
    if (state.kind === 'sending') {
      this.#clock = setInterval(() => (this.now = Date.now()), 1000);
      if (isNew) this.#forget();
    }
    this.dispatchEvent(new CustomEvent('answer-state'));
  }

  #forget(): void {
    this.content = undefined;
    this.stream = undefined;
    this.tokens = undefined;
  }

  #setContent(content: AnswerContent): void {
    this.content = content;
    if (content.tab !== 'stream') return;
    const { text, reasoning, tools, events, count } = content;
    this.stream = { text, reasoning, tools, events, count, selected: -1, isLive: this.isSending };
  }

  #addToStream(message: Extract<ToAnswerView, { type: 'answer/streamed' }>): void {
    const { stream } = this;
    if (!stream) return; // hidden until now: all of it comes anew
    this.tokens = message.tokens;
    this.#undrawn = message.number;
    this.stream = {
      ...stream,
      text: (stream.text + message.text).slice(0, mostText),
      reasoning: (stream.reasoning + message.reasoning).slice(0, mostText),
      tools: (stream.tools + message.tools).slice(0, mostText),
      events: [...stream.events, ...message.events].slice(-mostEvents),
      count: message.count,
    };
  }
}

/** What a screen reader says when the state changes; a stream is not read out while it comes. */
function spokenState(state: AnswerState): string {
  if (state.kind === 'sending') return state.head ? 'Receiving' : 'Sending';
  if (state.kind !== 'done') return '';
  const { status } = state.head;
  return `Response with status ${status} after ${formatDuration(state.totalMs)}, ${formatSize(state.size)}`;
}

customElements.define('modal-answer', AnswerElement);
