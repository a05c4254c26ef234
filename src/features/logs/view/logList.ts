import { render } from 'lit';
import type { TemplateResult } from 'lit';
import { Emitter } from '../../../shared/emitter.ts';
import type { LogRows } from './logRows.ts';
import { RowHeights } from './rowHeights.ts';

const rowHeight = 18;
/** Rows painted, and rows asked for, beyond those that can be seen. */
const painted = 10;
const askedFor = 100;
/** In pixels: this close to an end counts as being there. */
const near = 4;

export interface RowLook {
  readonly className: string;
  readonly content: TemplateResult;
  /** It may be higher than one line. */
  readonly isTall: boolean;
}

/** What the list paints at a place. */
export interface DrawnRow {
  readonly isSelected: boolean;
  readonly isActive: boolean;
  /** Undefined = the row has not arrived yet. */
  readonly look: RowLook | undefined;
}

interface Anchor {
  readonly place: number;
  /** Pixels of that row above the edge. */
  readonly offset: number;
}

/**
 * Virtual rows: paints what is visible. While the log is followed it stays at the end; otherwise what is being read
 * stays in place, whatever is added, dropped or resized around it.
 */
export class LogList {
  readonly #scroller: HTMLElement;
  readonly #body: HTMLElement;
  readonly #rows: LogRows;
  readonly #draw: (place: number) => DrawnRow;
  readonly #heights = new RowHeights(rowHeight);
  readonly #elements = new Map<number, HTMLElement>();
  readonly #resize: ResizeObserver;
  #following = true;
  #anchor: Anchor | undefined;
  #frame: number | undefined;
  /** Where we scrolled to ourselves; a scroll event at this place says nothing about the user. */
  #ownTop = -1;
  #wasAtTop = false;
  readonly #needed = new Emitter<readonly [from: number, to: number]>();
  readonly #followed = new Emitter<boolean>();
  readonly #painted = new Emitter<undefined>();

  /** Fires with the places that are needed to paint, whether their rows are there or not. */
  readonly onDidNeed = this.#needed.event;
  /** Fires when the log is followed, or no longer. */
  readonly onDidFollow = this.#followed.event;
  readonly onDidPaint = this.#painted.event;

  constructor(scroller: HTMLElement, body: HTMLElement, rows: LogRows, draw: (place: number) => DrawnRow) {
    this.#scroller = scroller;
    this.#body = body;
    this.#rows = rows;
    this.#draw = draw;
    scroller.addEventListener('scroll', this.#scrolled, { passive: true });
    this.#resize = new ResizeObserver(() => this.repaint());
    this.#resize.observe(scroller);
  }

  get following(): boolean {
    return this.#following;
  }

  /** Rows that fit on the screen. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.#scroller.clientHeight / rowHeight) - 1);
  }

  get isAtTop(): boolean {
    return this.#scroller.scrollTop <= near;
  }

  focus(): void {
    this.#scroller.focus();
  }

  /** Tells screen readers which of the rows is active. */
  markActive(place: number | undefined): void {
    if (place !== undefined && this.#elements.has(place))
      this.#scroller.setAttribute('aria-activedescendant', `row-${place}`);
    else this.#scroller.removeAttribute('aria-activedescendant');
  }

  /** Runs a job that changes the rows, then repaints. What is being read stays where it is. */
  change(job: () => void): void {
    this.repaintInPlace();
    job();
  }

  /** Repaints rows whose height may have changed. What is being read stays where it is. */
  repaintInPlace(): void {
    if (!this.#following) this.#anchor ??= this.#readingPlace();
    this.repaint();
  }

  /** Every row may have another height. What is being read stays where it is. */
  forgetHeights(): void {
    this.change(() => this.forgetFrom(this.#rows.first));
  }

  /** Forgets the heights from that place on; undefined = all of them, because the places now mean other rows. */
  forgetFrom(place: number | undefined): void {
    const { first } = this.#rows;
    this.#heights.keep(first, place ?? first);
    if (place === undefined) this.#anchor = undefined;
  }

  repaint(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#layOut();
    });
  }

  follow(on: boolean): void {
    if (on === this.#following) return;
    this.#following = on;
    if (on) this.#anchor = undefined;
    this.#followed.fire(on);
    this.repaint();
  }

  /** Scrolls just as far as needed. */
  reveal(place: number): void {
    const { first, end } = this.#rows;
    if (place < end - 1) this.follow(false);
    const top = this.#heights.between(first, place);
    const { scrollTop, clientHeight } = this.#scroller;
    const below = top + this.#heights.height(place) - clientHeight;
    if (top < scrollTop) this.#scrollTo(top);
    else if (below > scrollTop) this.#scrollTo(below);
    this.repaint();
  }

  revealInMiddle(place: number): void {
    this.follow(false);
    const { first } = this.#rows;
    this.#anchor = undefined;
    this.#fit();
    this.#scrollTo(this.#heights.between(first, place) - this.#scroller.clientHeight / 2);
    this.repaint();
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#scroller.removeEventListener('scroll', this.#scrolled);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  #layOut(): void {
    const anchor = this.#anchor;
    this.#anchor = undefined;
    this.#fit();
    this.#restore(anchor);
    // Rows that turn out higher than expected move the others; what is being read must not move with them.
    for (let round = 0; round < 3; round++) {
      const reading = this.#readingPlace();
      if (!this.#paint(true)) break;
      this.#fit();
      this.#restore(reading);
    }
    this.#painted.fire(undefined);
  }

  #restore(anchor: Anchor | undefined): void {
    const { first, end } = this.#rows;
    if (this.#following) this.#scrollTo(this.#heights.between(first, end) - this.#scroller.clientHeight);
    else if (anchor) this.#scrollTo(this.#heights.between(first, anchor.place) + anchor.offset);
  }

  #fit(): void {
    const { first, end } = this.#rows;
    const before = this.#scroller.scrollTop;
    this.#body.style.height = `${this.#heights.between(first, end)}px`;
    // When rows disappear, the browser scrolls by itself; that says nothing about the user either.
    const { scrollTop } = this.#scroller;
    if (scrollTop !== before) this.#ownTop = scrollTop;
  }

  #readingPlace(): Anchor | undefined {
    const { first, end } = this.#rows;
    if (end <= first) return undefined;
    const { scrollTop } = this.#scroller;
    const place = this.#heights.placeAt(scrollTop, first, end);
    return { place, offset: scrollTop - this.#heights.between(first, place) };
  }

  /**
   * @param all also repaints rows that are painted already; otherwise only those that came into view
   * @returns whether a row has another height than expected
   */
  #paint(all: boolean): boolean {
    const { first, end } = this.#rows;
    const { scrollTop, clientHeight } = this.#scroller;
    const top = this.#heights.placeAt(scrollTop, first, end);
    const bottom = this.#heights.placeAt(scrollTop + clientHeight, first, end) + 1;
    const from = Math.max(first, top - painted);
    const to = Math.min(end, bottom + painted);
    this.#needed.fire([top - askedFor, bottom + askedFor]);
    this.#recycle(from, to);
    const tall: [number, HTMLElement][] = [];
    let changed = false;
    for (let place = from; place < to; place++) {
      const known = this.#elements.get(place);
      if (known && !all) continue;
      const element = known ?? this.#add(place);
      element.style.transform = `translateY(${this.#heights.between(first, place)}px)`;
      const isTall = this.#paintRow(place, element);
      if (isTall) tall.push([place, element]);
      else if (isTall === false) changed = this.#heights.set(place, rowHeight) || changed;
    }
    for (const [place, element] of tall)
      changed = this.#heights.set(place, Math.max(rowHeight, element.offsetHeight)) || changed;
    return changed;
  }

  /** @returns whether it may be higher than one line; undefined = it has not arrived yet */
  #paintRow(place: number, element: HTMLElement): boolean | undefined {
    const { isSelected, isActive, look } = this.#draw(place);
    element.setAttribute('aria-rowindex', String(place - this.#rows.first + 1));
    element.setAttribute('aria-selected', String(isSelected));
    element.toggleAttribute('data-active', isActive);
    if (!look) {
      element.className = 'row waiting';
      render(undefined, element);
      return undefined;
    }
    element.className = look.className;
    render(look.content, element);
    return look.isTall;
  }

  #recycle(from: number, to: number): void {
    for (const [place, element] of this.#elements) {
      if (place >= from && place < to) continue;
      this.#elements.delete(place);
      element.remove();
    }
  }

  #add(place: number): HTMLElement {
    const element = document.createElement('div');
    element.setAttribute('role', 'row');
    element.id = `row-${place}`;
    element.dataset['place'] = String(place);
    this.#elements.set(place, element);
    // Screen readers and text selections go by the order of the document.
    let after = place + 1;
    while (after < place + 200 && !this.#elements.has(after)) after++;
    this.#body.insertBefore(element, this.#elements.get(after) ?? null);
    return element;
  }

  #scrollTo(top: number): void {
    const most = this.#body.offsetHeight - this.#scroller.clientHeight;
    const wanted = Math.max(0, Math.min(Math.round(top), most));
    if (Math.abs(this.#scroller.scrollTop - wanted) < 1) return;
    this.#scroller.scrollTop = wanted;
    this.#ownTop = this.#scroller.scrollTop;
  }

  readonly #scrolled = (): void => {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    if (clientHeight === 0) return; // hidden while nothing matches
    if (Math.abs(scrollTop - this.#ownTop) >= 1) {
      this.#ownTop = -1;
      this.#anchor = undefined;
      this.follow(scrollHeight - scrollTop - clientHeight <= near);
      this.#tellTop(scrollTop <= near);
    } else this.#wasAtTop = scrollTop <= near;
    this.#paintNow();
  };

  /** Within the scroll event, so that no empty frame is seen. */
  #paintNow(): void {
    if (this.#paint(false)) this.repaint();
    this.#painted.fire(undefined);
  }

  #tellTop(isAtTop: boolean): void {
    if (isAtTop && !this.#wasAtTop)
      this.#scroller.dispatchEvent(new CustomEvent('modal-logs-top', { bubbles: true, composed: true }));
    this.#wasAtTop = isAtTop;
  }
}
