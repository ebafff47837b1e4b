import { ancestorsOf, collapseToDepth, indexOfRow } from "../../src/model/rows.ts";
import { Status } from "../../src/model/trace.ts";
import type { PageStore } from "./pageState.ts";
import { panWindow, type TimeWindow, windowAround, windowShowing, zoomWindow } from "./timeWindow.ts";

/** What a person does with a trace, as changes of the page's state. */
export interface Browse {
  /** Selects a row; opens what hides it, drops the filter that does, and brings its bar into the window. */
  select(row: number): void;
  /** Selects the row `by` rows below (above when negative) the selected one. */
  step(by: number): void;
  first(): void;
  last(): void;
  /** Left of a treegrid: closes the row, or goes to its parent. */
  closeOrParent(): void;
  /** Right of a treegrid: opens the row, or goes to its first child. */
  openOrChild(): void;
  toggle(row: number): void;
  collapseAll(): void;
  expandAll(): void;
  /** Shows one level less, or more, of what is open now. */
  changeDepth(by: number): void;
  zoom(factor: number, around?: number): void;
  pan(share: number): void;
  showWindow(window: TimeWindow): void;
  showAll(): void;
  showSelected(): void;
  /** The next (1) or previous (-1) row that failed, round the end. */
  stepError(by: 1 | -1): void;
  stepMatch(by: 1 | -1): void;
  stepSlow(by: 1 | -1): void;
  slowest(): void;
}

export function createBrowse(store: PageStore, announce: (text: string) => void): Browse {
  const selectedIndex = () => {
    const { rows, selected, outline } = store.get();
    return selected < 0 ? -1 : indexOfRow(rows, selected, outline);
  };
  const selectIndex = (index: number) => {
    const { rows } = store.get();
    if (rows.length > 0) store.set({ selected: rows[Math.min(Math.max(index, 0), rows.length - 1)] });
  };
  const setCollapsed = (change: (collapsed: Uint8Array) => void) => {
    const collapsed = store.get().collapsed.slice();
    change(collapsed);
    store.set({ collapsed });
  };
  const select = (row: number) => {
    const { outline, shown, kept, collapsed, window, whole } = store.get();
    if (row < 0 || row >= outline.length) return;
    const hiding = ancestorsOf(outline, row).filter((ancestor) => collapsed[ancestor] === 1);
    if (hiding.length > 0) {
      setCollapsed((open) => {
        for (const ancestor of hiding) open[ancestor] = 0;
      });
    }
    if (kept !== undefined && indexOfRow(store.get().rows, row) >= 0) {
      const { rows } = store.get();
      if (rows[indexOfRow(rows, row)] !== row) {
        store.set({ services: undefined, errorsOnly: false, minDuration: 0, onlyMatches: false });
        announce("The filter was cleared to show this span.");
      }
    }
    store.set({
      selected: row,
      window: windowShowing(window, shown.start[row], shown.duration[row], whole),
    });
  };
  let isWalking = false;
  const stepSlow = (by: 1 | -1) => {
    const { figures, selected } = store.get();
    if (figures === undefined || figures.slow.length === 0) return;
    // The first row is selected when a trace opens: a walk does not begin there, but at the slowest span.
    const at = isWalking || selected > 0 ? figures.slow.indexOf(selected) : -1;
    isWalking = true;
    const count = figures.slow.length;
    const next = at < 0 ? 0 : (at + by + count) % count;
    select(figures.slow[next]);
    announce(`Slow span ${next + 1} of ${count}`);
  };

  return {
    select,
    step: (by) => {
      const at = selectedIndex();
      selectIndex(at < 0 ? 0 : at + by);
    },
    first: () => selectIndex(0),
    last: () => selectIndex(store.get().rows.length - 1),
    closeOrParent() {
      const { outline, selected, collapsed } = store.get();
      if (selected < 0) return;
      if (outline.size[selected] > 1 && collapsed[selected] === 0) {
        setCollapsed((closed) => {
          closed[selected] = 1;
        });
      } else if (outline.parent[selected] >= 0) store.set({ selected: outline.parent[selected] });
    },
    openOrChild() {
      const { outline, selected, collapsed } = store.get();
      if (selected < 0 || outline.size[selected] === 1) return;
      if (collapsed[selected] === 1) {
        setCollapsed((opened) => {
          opened[selected] = 0;
        });
      } else selectIndex(selectedIndex() + 1);
    },
    toggle(row) {
      if (store.get().outline.size[row] > 1) {
        setCollapsed((collapsed) => {
          collapsed[row] = collapsed[row] === 1 ? 0 : 1;
        });
      }
    },
    collapseAll() {
      store.set({ collapsed: collapseToDepth(store.get().outline, 0) });
      keepSelectionVisible(store);
    },
    expandAll: () => store.set({ collapsed: new Uint8Array(store.get().outline.length) }),
    changeDepth(by) {
      const { outline, rows } = store.get();
      let deepest = 0;
      for (const row of rows) if (outline.depth[row] > deepest) deepest = outline.depth[row];
      store.set({ collapsed: collapseToDepth(outline, Math.max(0, deepest + by)) });
      keepSelectionVisible(store);
      announce(`${Math.max(0, deepest + by) + 1} levels`);
    },
    zoom(factor, around) {
      const { window, whole, selected, shown } = store.get();
      const middle = (window.from + window.to) / 2;
      const bar = selected < 0 ? middle : shown.start[selected] + shown.duration[selected] / 2;
      const at = around ?? (bar >= window.from && bar <= window.to ? bar : middle);
      store.set({ window: zoomWindow(window, factor, at, whole) });
    },
    pan(share) {
      const { window, whole } = store.get();
      store.set({ window: panWindow(window, share, whole) });
    },
    showWindow: (window) => store.set({ window }),
    showAll: () => store.set({ window: store.get().whole }),
    showSelected() {
      const { selected, shown, whole } = store.get();
      if (selected >= 0) {
        store.set({ window: windowAround(shown.start[selected], shown.duration[selected], whole) });
      }
    },
    stepError(by) {
      const { outline, selected } = store.get();
      const count = outline.length;
      const from = selected < 0 ? (by > 0 ? -1 : count) : selected;
      for (let i = 1; i <= count; i++) {
        const row = (from + by * i + count * 2) % count;
        if (outline.status[row] === Status.error) return select(row);
      }
      announce("No span of this trace has failed.");
    },
    stepMatch(by) {
      const { matches, selected } = store.get();
      if (matches === undefined || matches.length === 0) return;
      let next = by > 0 ? 0 : matches.length - 1;
      if (by > 0) {
        const after = firstAfter(matches, selected);
        next = after === matches.length ? 0 : after;
      } else {
        const before = firstAfter(matches, selected - 1) - 1;
        next = before < 0 ? matches.length - 1 : before;
      }
      select(matches[next]);
      announce(`Match ${next + 1} of ${matches.length}`);
    },
    stepSlow,
    slowest() {
      const { figures } = store.get();
      if (figures !== undefined && figures.slow.length > 0) select(figures.slow[0]);
    },
  };
}

/** A selection that is hidden now goes to what hides it. */
function keepSelectionVisible(store: PageStore): void {
  const { rows, selected, outline } = store.get();
  if (selected < 0) return;
  const index = indexOfRow(rows, selected, outline);
  if (index >= 0) store.set({ selected: rows[index] });
}

/** Index of the first of ascending `rows` that is greater than `row`. */
export function firstAfter(rows: Int32Array, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}
