import { element } from "./dom.ts";
import { oncePerFrame } from "./frame.ts";

/** Browsers stop at 33 million px; from here on the scroll bar stands for a longer list than it is long. */
const LONGEST_PX = 8_000_000;
/** Rows are placed from an anchor near by: a compositor counts px in 32-bit floats. */
const ANCHOR_ROWS = 4096;

/** What is on screen: rows `first` up to but not with `last`, the first of them `shift` px above the upper edge. */
export interface RowsOnScreen {
  readonly first: number;
  readonly last: number;
  readonly shift: number;
}

export interface RowElement {
  readonly element: HTMLElement;
}

/**
 * A list of equally high rows of which only those on screen exist. They live in a layer that sticks to the window, so a
 * scroll never shows a gap: what is there moves when it has been drawn. Rows are kept by number, and only the ones that
 * come in are filled.
 */
export class VirtualRows<Row extends RowElement> {
  readonly scroller: HTMLElement;
  /** Sticks to the window; its owner may lay a canvas over the rows. */
  readonly layer: HTMLElement;
  readonly rowHeight: number;
  #make: () => Row;
  #fill: (row: Row, index: number) => void;
  #painted: (on: RowsOnScreen) => void;
  #rows: HTMLElement;
  #spacer: HTMLElement;
  #pool: { row: Row; index: number; place: number }[] = [];
  #length = 0;
  #height = 0;
  /** Distance from the top of the list to the top of the window, in px of the whole list. */
  #top = 0;
  #told = 0;
  #telling = false;
  #anchor = 0;
  #stale = true;
  /** A row to show once the list has a height. */
  #awaited = -1;
  #on: RowsOnScreen = { first: 0, last: 0, shift: 0 };
  readonly paintSoon: () => void;

  constructor(options: {
    readonly rowHeight: number;
    make(): Row;
    fill(row: Row, index: number): void;
    /** Called in the frame in which the rows have been placed. */
    painted(on: RowsOnScreen): void;
  }) {
    this.rowHeight = options.rowHeight;
    this.#make = options.make;
    this.#fill = options.fill;
    this.#painted = options.painted;
    this.#rows = element("div", { class: "virtual-rows", role: "rowgroup" });
    this.layer = element("div", { class: "virtual-layer" }, this.#rows);
    this.#spacer = element("div", { class: "virtual-spacer" });
    this.scroller = element("div", { class: "virtual-scroller", tabindex: -1 }, this.layer, this.#spacer);
    this.paintSoon = oncePerFrame(() => this.#paint());
    this.scroller.addEventListener("scroll", () => this.paintSoon(), { passive: true });
    this.scroller.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    new ResizeObserver((entries) => {
      const height = entries[entries.length - 1].contentRect.height;
      if (height === this.#height) return;
      this.#height = height;
      this.#size();
      if (height > 0 && this.#awaited >= 0) {
        const index = this.#awaited;
        this.#awaited = -1;
        this.reveal(index, true);
      }
      this.#paint();
    }).observe(this.scroller);
  }

  get onScreen(): RowsOnScreen {
    return this.#on;
  }

  get height(): number {
    return this.#height;
  }

  get top(): number {
    return this.#top;
  }

  /** Number of rows that fit whole, at least one. */
  get page(): number {
    return Math.max(1, Math.floor(this.#height / this.rowHeight));
  }

  /** The list has `length` rows now, all to be filled anew; row `index` goes where a row was `offset` px below the edge. */
  setLength(length: number, keep?: { readonly index: number; readonly offset: number }): void {
    this.#length = length;
    this.#stale = true;
    if (keep !== undefined) this.#top = keep.index * this.rowHeight - keep.offset;
    this.#size();
    this.paintSoon();
  }

  /** All rows on screen are filled anew in the next frame. */
  refill(): void {
    this.#stale = true;
    this.paintSoon();
  }

  /** Scrolls as little as it takes to show row `index`, or brings it to the middle when it is not on screen. */
  reveal(index: number, middle = false): void {
    if (this.#height === 0) {
      this.#awaited = index;
      return;
    }
    const upper = index * this.rowHeight;
    const lower = upper + this.rowHeight;
    if (upper >= this.#top && lower <= this.#top + this.#height) return;
    // A window that is just being laid out may be lower than a row: its upper part is what shows.
    if (this.#height < this.rowHeight) this.scrollTo(upper);
    else if (middle) this.scrollTo(upper - (this.#height - this.rowHeight) / 2);
    else this.scrollTo(upper < this.#top ? upper : lower - this.#height);
  }

  scrollTo(top: number): void {
    this.#top = Math.round(Math.min(Math.max(top, 0), this.#furthest()));
    this.#tellScroller();
    this.paintSoon();
  }

  /** How far below the upper edge row `index` is, in px. */
  offsetOf(index: number): number {
    return index * this.rowHeight - this.#top;
  }

  /** The element that shows row `index` now, or undefined. */
  rowAt(index: number): Row | undefined {
    if (this.#pool.length === 0) return undefined;
    const slot = this.#pool[index % this.#pool.length];
    return slot !== undefined && slot.index === index ? slot.row : undefined;
  }

  #furthest(): number {
    return Math.max(0, this.#length * this.rowHeight - this.#height);
  }

  #size(): void {
    const whole = Math.min(this.#length * this.rowHeight, LONGEST_PX);
    this.layer.style.height = `${this.#height}px`;
    this.#spacer.style.height = `${Math.max(0, whole - this.#height)}px`;
    this.#top = Math.min(Math.max(this.#top, 0), this.#furthest());
    this.#tellScroller();
  }

  #ratio(): number {
    const whole = Math.min(this.#length * this.rowHeight, LONGEST_PX) - this.#height;
    return whole <= 0 ? 1 : this.#furthest() / whole;
  }

  #tellScroller(): void {
    this.scroller.scrollTop = this.#top / this.#ratio();
    this.#telling = true;
  }

  /** A scroll bar that stands for more than it can tell moves many rows a notch: then the wheel is ours. */
  #wheel(event: WheelEvent): void {
    if (event.ctrlKey || event.shiftKey || event.defaultPrevented || this.#ratio() <= 1) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? this.rowHeight : event.deltaMode === 2 ? this.#height : 1;
    this.scrollTo(this.#top + event.deltaY * unit);
  }

  #paint(): void {
    if (this.#height === 0) return;
    const scrolled = this.scroller.scrollTop;
    if (this.#telling) {
      // Where the scroll bar went, rounded as it pleases, is where we are: reading it back at once would cost a layout.
      this.#telling = false;
      this.#told = scrolled;
    } else if (Math.abs(scrolled - this.#told) >= 1) {
      this.#told = scrolled;
      this.#top = Math.round(Math.min(scrolled * this.#ratio(), this.#furthest()));
    }
    const first = Math.floor(this.#top / this.rowHeight);
    const last = Math.min(this.#length, Math.ceil((this.#top + this.#height) / this.rowHeight));
    const anchor = first - (first % ANCHOR_ROWS);
    this.#grow();
    const pool = this.#pool;
    for (let index = first; index < last; index++) {
      const slot = pool[index % pool.length];
      const place = (index - anchor) * this.rowHeight;
      if (slot.index !== index || this.#stale) {
        slot.index = index;
        this.#fill(slot.row, index);
      }
      if (slot.place !== place || this.#anchor !== anchor) {
        if (slot.place === -1) slot.row.element.hidden = false;
        slot.place = place;
        slot.row.element.style.top = `${place}px`;
      }
    }
    for (const slot of pool) {
      if (slot.index >= first && slot.index < last) continue;
      if (slot.place !== -1) slot.row.element.hidden = true;
      slot.index = -1;
      slot.place = -1;
    }
    this.#anchor = anchor;
    this.#stale = false;
    this.#rows.style.transform = `translateY(${anchor * this.rowHeight - this.#top}px)`;
    this.#on = { first, last, shift: this.#top - first * this.rowHeight };
    this.#painted(this.#on);
  }

  #grow(): void {
    const wanted = Math.min(Math.ceil(this.#height / this.rowHeight) + 1, Math.max(this.#length, 1));
    if (this.#pool.length === wanted) return;
    while (this.#pool.length < wanted) {
      const row = this.#make();
      this.#rows.append(row.element);
      this.#pool.push({ row, index: -1, place: 0 });
    }
    for (const dropped of this.#pool.splice(wanted)) dropped.row.element.remove();
    this.#stale = true;
  }
}
