import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from '@tanstack/virtual-core';
import { render } from 'lit';
import type { LogEntry } from '../../domain/logEntry.ts';
import { rowClass, rowView } from './rowView.ts';

const rowHeight = 18;
/** This close to the end counts as being at the end. */
const atEndWithin = 4;

/** Virtual rows of a log: paints what can be seen, and stays at the end while the user is there. */
export class LogList {
  readonly #scroller: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #onFollow: (following: boolean) => void;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #cleanup: () => void;
  #entries: readonly LogEntry[] = [];
  #wrap = false;
  /** Some rows have several lines. */
  #hasTall = false;
  #following = true;

  constructor(scroller: HTMLElement, rows: HTMLElement, onFollow: (following: boolean) => void) {
    this.#scroller = scroller;
    this.#rows = rows;
    this.#onFollow = onFollow;
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#options());
    this.#cleanup = this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
  }

  show(entries: readonly LogEntry[], wrap: boolean): void {
    const rewrapped = wrap !== this.#wrap;
    this.#entries = entries;
    this.#wrap = wrap;
    this.#hasTall = entries.some(({ kind }) => kind === 'traceback');
    this.#virtualizer.setOptions(this.#options());
    if (rewrapped) this.#virtualizer.measure();
    this.#virtualizer._willUpdate();
    this.#paint();
    if (this.#following) this.toEnd();
  }

  toEnd(): void {
    this.#follow(true);
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#paint();
  }

  /** The row at the top, and how many pixels of it are scrolled away. */
  get topRow(): { readonly index: number; readonly offset: number } | undefined {
    const { scrollTop } = this.#scroller;
    const item = this.#virtualizer.getVirtualItems().find(({ end }) => end > scrollTop);
    return item && { index: item.index, offset: scrollTop - item.start };
  }

  toRow(index: number, offset: number): void {
    const [start] = this.#virtualizer.getOffsetForIndex(index, 'start') ?? [];
    if (start === undefined) return;
    this.#follow(false);
    this.#scroller.scrollTop = start + offset;
    this.#paint();
  }

  dispose(): void {
    this.#cleanup();
  }

  #options(): ConstructorParameters<typeof Virtualizer<HTMLElement, HTMLElement>>[0] {
    return {
      count: this.#entries.length,
      getScrollElement: () => this.#scroller,
      estimateSize: () => rowHeight,
      overscan: 12,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.#paint(),
    };
  }

  #paint(): void {
    const items = this.#virtualizer.getVirtualItems();
    this.#rows.style.height = `${this.#virtualizer.getTotalSize()}px`;
    while (this.#rows.children.length < items.length) this.#rows.append(document.createElement('div'));
    while (this.#rows.children.length > items.length) this.#rows.lastElementChild?.remove();
    items.forEach((item, at) => {
      const entry = this.#entries[item.index];
      const row = this.#rows.children[at] as HTMLElement;
      if (!entry) return;
      row.className = rowClass(entry);
      row.dataset['index'] = String(item.index);
      row.style.transform = `translateY(${item.start}px)`;
      render(rowView(entry), row);
      if (this.#wrap || this.#hasTall) this.#virtualizer.measureElement(row);
    });
  }

  #scrolled(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    this.#follow(scrollHeight - scrollTop - clientHeight <= atEndWithin);
    if (scrollTop === 0 && scrollHeight > clientHeight)
      this.#scroller.dispatchEvent(new CustomEvent('modal-logs-top', { bubbles: true, composed: true }));
  }

  #follow(following: boolean): void {
    if (following === this.#following) return;
    this.#following = following;
    this.#onFollow(following);
  }
}
