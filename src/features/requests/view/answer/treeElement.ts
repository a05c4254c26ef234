import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { AnswerRow, ContentOf, ToAnswerView } from '../../answerMessages.ts';
import type { Post } from './headView.ts';
import type { TreeLine, TreePath } from './treeState.ts';
import { TreeState } from './treeState.ts';
import { formatCount } from '../../../../shared/format.ts';
import './virtualRows.ts';

type Found = Extract<ToAnswerView, { type: 'answer/found' }>;

const searchAfterMs = 150;
const indent = 14;

/** The JSON tree: rows come from the host as they are opened, and only those in sight are drawn. */
class TreeElement extends LitElement {
  static override readonly properties = {
    post: { attribute: false },
    content: { attribute: false },
    selected: { state: true },
    found: { state: true },
    version: { state: true },
  };

  declare post: Post;
  declare content: ContentOf<'json'> | undefined;
  declare selected: number;
  declare found: Found | undefined;
  declare version: number;

  #tree: TreeState | undefined;
  #search = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.selected = 0;
    this.version = 0;
  }

  receive(message: ToAnswerView): void {
    if (message.type === 'answer/children') this.#tree?.add(message.path, message.from, message.rows);
    else if (message.type === 'answer/found' && message.text === this.#search)
      this.found = message.text === '' ? undefined : message;
    else if (message.type === 'answer/revealed') this.#revealed(message.path);
    this.version++;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('content') || !this.content) return;
    this.#tree = new TreeState(this.content.root, this.content.rows);
    this.selected = 0;
    this.found = undefined;
    this.#search = '';
  }

  protected override render(): TemplateResult {
    const lines = this.#lines();
    const current = lines[this.selected];
    return html`<div class="tools">
        <input
          type="search"
          aria-label="Search names and values"
          placeholder="Search names and values"
          .value=${this.#search}
          @input=${(event: Event) => this.#searchSoon((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => this.#searchKey(event)}
        />
        <span class="facts" role="status">${this.#foundWords()}</span>
        <span class="spacer"></span>
        ${current?.kind === 'row' ? this.#copyButtons(current.row) : nothing}
      </div>
      <modal-rows
        id="tree"
        class="rows tree"
        role="tree"
        aria-label="JSON"
        .count=${lines.length}
        .selected=${this.selected}
        .row=${(index: number, id: string) => this.#line(lines[index], index, id)}
        @chosen=${(event: CustomEvent<number>) => (this.selected = event.detail)}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      ></modal-rows>`;
  }

  #lines(): readonly TreeLine[] {
    if (this.found) return this.found.rows.map((row) => ({ kind: 'row', row, depth: 0, isOpen: false }));
    return this.#tree?.lines ?? [];
  }

  #copyButtons({ path }: AnswerRow): TemplateResult {
    return html`<vscode-button
        secondary
        @click=${() => this.post({ type: 'answer/copyValue', path: [...path] })}
        >Copy Value</vscode-button
      >
      <vscode-button secondary @click=${() => this.post({ type: 'answer/copyPath', path: [...path] })}
        >Copy Path</vscode-button
      >`;
  }

  #line(line: TreeLine | undefined, index: number, id: string): TemplateResult {
    if (!line) return html``;
    const select = () => {
      this.selected = index;
    };
    const pad = ref((element) => {
      if (element instanceof HTMLElement) element.style.paddingLeft = `${6 + line.depth * indent}px`;
    });
    if (line.kind === 'more')
      return html`<div
        id=${id}
        class="line more"
        role="treeitem"
        aria-level=${line.depth + 1}
        aria-selected=${index === this.selected}
        ${pad}
        @click=${() => this.#ask(line)}
      >
        Show more of ${formatCount(line.left)}…
      </div>`;
    const { row, isOpen } = line;
    const canOpen = row.count > 0 && !this.found;
    return html`<div
      id=${id}
      class="line"
      role="treeitem"
      aria-level=${line.depth + 1}
      aria-selected=${index === this.selected}
      aria-expanded=${canOpen ? (isOpen ? 'true' : 'false') : nothing}
      ${pad}
      @click=${select}
      @dblclick=${() => this.found && this.post({ type: 'answer/reveal', path: [...row.path] })}
    >
      <span class="twisty" @click=${() => canOpen && this.#toggle(line)}
        >${canOpen ? html`<vscode-icon name=${isOpen ? 'chevron-down' : 'chevron-right'}></vscode-icon>` : nothing}</span
      ><span class="name">${this.#name(row)}</span><span class="value ${row.kind}">${row.text}</span>
    </div>`;
  }

  #name({ path }: AnswerRow): string {
    if (this.found) return path.join('.');
    return path.length === 0 ? 'answer' : String(path.at(-1));
  }

  #toggle(line: Extract<TreeLine, { kind: 'row' }>): void {
    const { path } = line.row;
    if (line.isOpen) this.#tree?.close(path);
    else if (this.#tree?.open(path)) this.post({ type: 'answer/expand', path: [...path], from: 0 });
    this.version++;
  }

  #ask({ path, from }: Extract<TreeLine, { kind: 'more' }>): void {
    this.post({ type: 'answer/expand', path: [...path], from });
  }

  readonly #key = (event: KeyboardEvent) => {
    const line = this.#lines()[this.selected];
    if (!line) return;
    if (line.kind === 'more') {
      if (event.key === 'Enter') this.#ask(line);
      return;
    }
    const { row, isOpen } = line;
    if ((event.ctrlKey || event.metaKey) && event.key === 'c')
      this.post({ type: 'answer/copyValue', path: [...row.path] });
    else if (this.found) {
      if (event.key === 'Enter') this.post({ type: 'answer/reveal', path: [...row.path] });
    } else if (event.key === 'ArrowRight' && row.count > 0) {
      if (isOpen) this.selected++;
      else this.#toggle(line);
    } else if (event.key === 'ArrowLeft') {
      if (isOpen) this.#toggle(line);
      else if (row.path.length > 0) this.selected = this.#tree?.lineOf(row.path.slice(0, -1)) ?? 0;
    } else if ((event.key === 'Enter' || event.key === ' ') && row.count > 0) this.#toggle(line);
    else return;
    event.preventDefault();
  };

  #searchSoon(text: string): void {
    this.#search = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.post({ type: 'answer/search', text }), searchAfterMs);
  }

  #searchKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.#search !== '') {
      event.stopPropagation();
      (event.target as HTMLInputElement).value = '';
      this.#searchSoon('');
    } else if (event.key === 'Enter') this.querySelector<HTMLElement>('modal-rows')?.focus();
  }

  #foundWords(): string {
    if (!this.found) return '';
    const { rows, isCut } = this.found;
    if (rows.length === 0) return 'Nothing found';
    return `${isCut ? 'The first ' : ''}${rows.length} found`;
  }

  /** Shows a found row in its place. */
  #revealed(path: TreePath): void {
    this.found = undefined;
    this.#search = '';
    this.selected = Math.max(0, this.#tree?.reveal(path) ?? 0);
    this.querySelector<HTMLElement>('modal-rows')?.focus();
  }
}

customElements.define('modal-tree', TreeElement);
export type { TreeElement };
