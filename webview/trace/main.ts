import { visibleRows } from "../../src/model/rows.ts";
import type { Outline, Trace } from "../../src/model/trace.ts";
import { joinParts, unpackDetails, unpackOutline } from "../../src/wire/pack.ts";
import type { Opened, PageAction, PageLog } from "../../src/wire/protocol.ts";
import { afterPaint, debounced } from "../kit/frame.ts";
import { type Browse, createBrowse } from "./browse.ts";
import { computeFigures } from "./figures.ts";
import { createNotices } from "./notices.ts";
import { createPageStore, firstState, type PageState, type PageStore } from "./pageState.ts";
import { createPlacard } from "./placard.ts";
import { followRawTimes } from "./rawTimes.ts";
import { followState } from "./rowsShown.ts";
import { carryOver, restoreState, saveState } from "./savedState.ts";
import { connectTraceHost } from "./traceHost.ts";
import { createTraceView, type TraceView } from "./tracePage.ts";

const SAVE_MS = 300;

let shown: { readonly store: PageStore; readonly browse: Browse; readonly view: TraceView } | undefined;
let load = 0;
/** Whether the trace still grows, where that was told after the answer of `open()`. */
let stillGrowing: boolean | undefined;

const notices = createNotices();
const { host, saved, save } = connectTraceHost(
  {
    reveal(row) {
      shown?.browse.select(row);
      focusRows();
    },
    progress: (bytes) => placard.progress(Number(bytes)),
    reload: () => void open(true),
    grown: () => void open(),
    growing(isGrowing) {
      stillGrowing = isGrowing;
      const opened = shown?.store.get().opened;
      if (opened === undefined || opened.growing === isGrowing) return;
      shown?.store.set({ opened: { ...opened, growing: isGrowing } });
    },
    perform: (action: PageAction) =>
      shown?.view.perform(action === "toggleCriticalPath" ? "criticalPath" : action),
  },
  notices.say,
);
const placard = createPlacard(() => void open(true), host.act);
const page = document.getElementById("page")!;
page.append(placard.element, ...notices.elements);
if (saved() === undefined) save({ address: addressOfPage() });
// Whoever opened a list meanwhile keeps the focus; the rows have it once the page gets it.
window.addEventListener("focus", () => {
  if (document.activeElement === document.body) shown?.view.focus();
});
// Not from here: a message carries the place it was sent from, and to know that of the script's own top the engine reads
// the whole script once more, which takes 20 to 30 ms.
queueMicrotask(() => void open());

/**
 * Asks for the trace and draws it, `again` for one that is fetched anew; a later call makes what an earlier one brings void.
 */
async function open(again = false): Promise<void> {
  const mine = ++load;
  if (shown === undefined) placard.loading();
  try {
    const opened = await host.open(again);
    if (mine !== load) return;
    stillGrowing = undefined;
    const outline = unpackOutline(opened.outline);
    if (outline.length === 0) {
      placard.empty(outline.notes);
      return;
    }
    const wanted = () => mine === load;
    if (shown?.store.get().outline.traceId === outline.traceId) {
      // What is on screen stays until all of the new is there: nothing flickers while a trace grows.
      const all = await readDetails(opened, outline, wanted);
      if (all !== undefined && wanted()) show(opened, outline, { ...all, figures: computeFigures(outline) });
      return;
    }
    show(opened, outline);
    afterPaint(() => {
      if (wanted()) shown?.store.set({ figures: computeFigures(outline) });
    });
    const all = await readDetails(opened, outline, wanted, (trace) => shown?.store.set({ trace }));
    if (all === undefined || !wanted()) return;
    shown?.store.set(all);
    document.body.dataset.traceSettled = "";
  } catch (error) {
    if (mine !== load) return;
    if (shown === undefined) placard.refused(error);
    else notices.failed(`The trace could not be loaded again. ${messageOf(error)}`, () => void open(true));
  }
}

function show(answer: Opened, outline: Outline, all: Partial<PageState> = {}): void {
  const opened = { ...answer, growing: stillGrowing ?? answer.growing };
  placard.hide();
  const told = opened.notes.map((text) => ({ text, icon: opened.partial ? "warning" : "info" }) as const);
  const found = outline.notes.map((text) => ({ text, icon: "warning" }) as const);
  notices.set([...told, ...found], shown?.store.get().outline.traceId === outline.traceId);
  document.title = opened.summary.rootName.slice(0, 200);
  if (shown === undefined) {
    const first = firstState(opened, outline);
    const own = saved();
    const restored = { selected: 0, ...restoreState(hasView(own) ? own : opened.state, first) };
    if (restored.selected < 0) restored.selected = 0;
    const store = createPageStore({ ...first, ...restored });
    followRawTimes(store);
    followState(store);
    const browse = createBrowse(store, notices.announce);
    const view = createTraceView(store, browse, host, notices.say, () => void open(true));
    page.prepend(...view.elements.slice(0, 3));
    page.append(...view.elements.slice(3));
    shown = { store, browse, view };
    if (opened.select >= 0) browse.select(opened.select);
    requestAnimationFrame(view.revealSelected);
    const keepNow = () => {
      const state = saveState(store.get());
      save(state);
      host.keep(state);
    };
    // At once as well: without it a tab that nobody has touched would not come back with its window.
    keepNow();
    const keep = debounced(SAVE_MS, keepNow);
    store.watch(
      [
        "window",
        "collapsed",
        "selected",
        "query",
        "onlyMatches",
        "services",
        "errorsOnly",
        "minDuration",
        "criticalPath",
        "rawTimes",
        "filterOpen",
        "layout",
      ],
      keep,
    );
    focusRows();
    return;
  }
  const before = shown.store.get();
  const fresh = firstState(opened, outline);
  const carried: Partial<PageState> =
    before.outline.traceId === outline.traceId ? carryOver(before, outline) : { selected: 0 };
  const next = { ...fresh, ...carried };
  shown.view.forget();
  shown.store.set({
    ...next,
    ...all,
    rows: visibleRows(outline, next.collapsed),
    query: before.query,
    criticalPath: before.criticalPath,
    rawTimes: before.rawTimes,
    filterOpen: before.filterOpen,
    layout: before.layout,
  });
  if (opened.select >= 0) shown.browse.select(opened.select);
}

/**
 * Reads the details part after part, then the log records; the rows are on screen and work meanwhile. Undefined when that
 * failed, which is told, or is not wanted any more.
 */
async function readDetails(
  opened: Opened,
  outline: Outline,
  wanted: () => boolean,
  onTrace: (trace: Trace) => void = () => {},
): Promise<Pick<PageState, "trace" | "logs"> | undefined> {
  const parts: ArrayBuffer[] = [];
  try {
    for (let part = 0; part < opened.detailParts; part++) {
      parts.push(await host.details(opened.version, part));
      if (!wanted()) return undefined;
    }
    const trace: Trace = { ...outline, ...unpackDetails(joinParts(parts)) };
    onTrace(trace);
    return { trace, logs: await readLogs(opened, wanted) };
  } catch (error) {
    if (!wanted()) return undefined;
    notices.failed(`Attributes and events could not be read. ${messageOf(error)}`, () => void open());
    return undefined;
  }
}

/** None when that failed, which is told: the details do not wait for it. */
async function readLogs(opened: Opened, wanted: () => boolean): Promise<readonly PageLog[]> {
  if (opened.logs === 0) return [];
  try {
    return await host.logs(opened.version);
  } catch (error) {
    if (wanted()) notices.failed(`The log records could not be read. ${messageOf(error)}`, () => void open());
    return [];
  }
}

function focusRows(): void {
  if (document.hasFocus()) shown?.view.focus();
}

/** Whether a saved state is more than the address that is kept before there is a trace. */
function hasView(state: unknown): boolean {
  return typeof state === "object" && state !== null && "trace" in state;
}

/** Where the trace is to be had, as the editor wrote it into the page. */
function addressOfPage(): unknown {
  const written = document.querySelector<HTMLMetaElement>("meta[name=address]")?.content;
  try {
    return JSON.parse(written ?? "null");
  } catch {
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
