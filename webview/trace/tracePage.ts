import type { TraceHost } from "../../src/wire/protocol.ts";
import { watchSize } from "../kit/canvas.ts";
import { iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { isKey, isTyping } from "../kit/keys.ts";
import type { MenuItem } from "../kit/menu.ts";
import { splitter } from "../kit/splitter.ts";
import { readTheme, watchTheme } from "../kit/theme.ts";
import { type Action, perform } from "./action.ts";
import { traceActions } from "./actions.ts";
import type { BarStyle } from "./barPainter.ts";
import { barFills } from "./barTexture.ts";
import type { Browse } from "./browse.ts";
import { createDetailsPane } from "./detailsPane.ts";
import { createFilterBar } from "./filterBar.ts";
import { handleGridKey } from "./gridKeys.ts";
import { createHeader } from "./header.ts";
import { createKeyHelp } from "./keyHelp.ts";
import { createLogsPane } from "./logsPane.ts";
import { type PageStore, suggestedDetailsHeight, suggestedDetailsWidth } from "./pageState.ts";
import { serviceLooks } from "./palette.ts";
import { createSidePane } from "./sidePane.ts";
import { createSourceSection } from "./sourceSection.ts";
import { createStackTraces } from "./stackTrace.ts";
import { createStatisticsPane } from "./statisticsPane.ts";
import { actionButtons, createToolbar } from "./toolbar.ts";
import { createWaterfall } from "./waterfall.ts";

/** Below this the details have no room beside the rows. */
const NARROW = 760;
const LEAST_DETAILS = 200;
const LEAST_DETAILS_HEIGHT = 96;

export interface TraceView {
  readonly elements: readonly HTMLElement[];
  focus(): void;
  revealSelected(): void;
  perform(id: string): void;
  /** The trace has come anew: what was found out about rows is void. */
  forget(): void;
}

/** All that is seen of a trace, from its state: header, toolbar, filter, waterfall and details, and the keys. */
export function createTraceView(
  store: PageStore,
  browse: Browse,
  host: TraceHost,
  say: (text: string) => void,
  reload: () => void,
): TraceView {
  let style = currentStyle(store);
  const getStyle = () => style;

  const failed = (error: unknown) =>
    say(error instanceof Error ? error.message : "The source line could not be opened.");
  const openSource = (row: number, choice?: number) => {
    if (row < 0) return;
    host.openSource(row, choice).then((answer) => {
      source.say(row, answer);
      if (answer.label !== "") return;
      store.set({ layout: { ...store.get().layout, detailsOpen: true, pane: "span" } });
      say(answer.choices.length > 0 ? "Several places fit: choose one in the details." : answer.reason);
    }, failed);
  };
  const source = createSourceSection(host, openSource);
  const openSelected = () => openSource(store.get().selected);
  const actions: readonly Action[] = traceActions(store, browse, {
    openSource: openSelected,
    focusFind: () => toolbar.focusFind(),
    toggleFilter() {
      store.set({ filterOpen: !store.get().filterOpen });
      if (store.get().filterOpen) filterBar.focus();
    },
    toggleHelp: () => keyHelp.toggle(),
    slowest() {
      // The editor knows which spans have a line; while it cannot tell, the slowest of all is better than none.
      host.jump("slowest", store.get().selected).catch((error: unknown) => {
        browse.slowest();
        if (error instanceof Error) say(error.message);
      });
    },
    copyLink: () => void host.copyLink(store.get().selected),
    reload,
    merge: () => void host.mergeFromAll(),
    changePart() {
      const inDetails = side.contains(document.activeElement);
      if (inDetails || !store.get().layout.detailsOpen) waterfall.grid.focus();
      else details.focus();
    },
  });
  const buttonOf = actionButtons(store, actions, say);
  const group = (className: string, ...children: HTMLElement[]) =>
    element("div", { class: className }, ...children);

  const copyTraceId: MenuItem = {
    label: "Copy trace ID",
    icon: "copy",
    key: "",
    run: () => void host.copy(store.get().outline.traceId),
  };
  const toolbar = createToolbar(store, actions, buttonOf, browse.stepMatch, [copyTraceId], say);
  const filterBar = createFilterBar(store, getStyle);
  const headButtons = group(
    "head-buttons",
    ...["collapseAll", "expandAll", "lessDepth", "moreDepth"].map(buttonOf),
  );
  const waterfall = createWaterfall(store, browse, getStyle, headButtons, openSelected);
  const openLog = (log: number) => {
    host
      .openLogSource(store.get().opened.version, log)
      .then((answer) => say(answer.label === "" ? answer.advice : answer.reason), failed);
  };
  const stacks = createStackTraces(host, (row, event, attribute, frame) => {
    host
      .openStackFrame(row, event, attribute, frame)
      .then((answer) => say(answer.reason === "" ? answer.advice : answer.reason), failed);
  });
  const details = createDetailsPane(store, browse, host, source, stacks, openLog, getStyle);
  const logs = createLogsPane(store, browse, host, openLog);
  const statistics = createStatisticsPane(store, browse, getStyle);
  const closeSide = iconButton(
    "close",
    "Close details",
    () => store.set({ layout: { ...store.get().layout, detailsOpen: false } }),
    "Close details (I)",
  );
  const side = createSidePane(store, details, logs, statistics, closeSide);
  const keyHelp = createKeyHelp(actions);

  let width = 0;
  let height = 0;
  const isBelow = () => store.get().layout.detailsBelow || width < NARROW;
  const detailsWidth = () => {
    const wanted = store.get().layout.detailsWidth || suggestedDetailsWidth(width);
    return Math.min(wanted, Math.max(LEAST_DETAILS, width - LEAST_DETAILS * 1.5));
  };
  const mostHeight = () => Math.max(LEAST_DETAILS_HEIGHT, Math.floor(height * 0.45));
  const detailsHeight = () =>
    Math.min(store.get().layout.detailsHeight || suggestedDetailsHeight(height), mostHeight());
  const divider = splitter({
    label: "Size of the details",
    direction: "column",
    after: true,
    size: () => (isBelow() ? detailsHeight() : detailsWidth()),
    limits: () =>
      isBelow() ? [LEAST_DETAILS_HEIGHT, mostHeight()] : [LEAST_DETAILS, width - LEAST_DETAILS * 1.5],
    onMove: (size) =>
      store.set({ layout: { ...store.get().layout, [isBelow() ? "detailsHeight" : "detailsWidth"]: size } }),
  });
  const body = element("main", { class: "body" }, waterfall.element, divider.element, side);
  const arrange = () => {
    const { layout } = store.get();
    const below = isBelow();
    body.classList.toggle("below", below);
    body.classList.toggle("without-details", !layout.detailsOpen);
    divider.turn(below ? "row" : "column");
    body.style.setProperty("--details-width", `${detailsWidth()}px`);
    body.style.setProperty("--details-height", `${detailsHeight()}px`);
    divider.set(below ? detailsHeight() : detailsWidth());
  };
  watchSize(body, (nextWidth, nextHeight) => {
    width = nextWidth;
    height = nextHeight;
    arrange();
  });
  store.watch(["layout"], arrange);

  const restyle = () => {
    style = currentStyle(store);
    waterfall.restyle();
    details.redraw();
    statistics.redraw();
    filterBar.redraw();
  };
  watchTheme(restyle);
  store.watch(["outline"], restyle);

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
    if (!handleKey(event, store, browse, actions, waterfall, say)) return;
    event.preventDefault();
    // The editor listens further out: a key that was for the page must not run one of its commands as well.
    event.stopPropagation();
  });

  return {
    elements: [
      createHeader(store, (id) => void host.openSibling(id)),
      toolbar.element,
      filterBar.element,
      body,
      keyHelp.element,
    ],
    focus: () => waterfall.grid.focus({ preventScroll: true }),
    revealSelected: waterfall.revealSelected,
    perform: (id) => actions.find((action) => action.id === id)?.run(),
    forget() {
      source.forget();
      stacks.forget();
    },
  };
}

function currentStyle(store: PageStore): BarStyle {
  const theme = readTheme();
  const { outline } = store.get();
  const names = Array.from(outline.services, (label) => outline.labels.at(label));
  const looks = serviceLooks(names, theme.kind);
  return { theme, looks, fills: barFills(looks, theme.background) };
}

/** Keys that work in a field as well. */
const everywhere = ["F3", "Shift+F3", "Mod+F"];

function handleKey(
  event: KeyboardEvent,
  store: PageStore,
  browse: Browse,
  actions: readonly Action[],
  waterfall: { readonly grid: HTMLElement; page(): number; revealSelected(): void },
  say: (text: string) => void,
): boolean {
  const typing = isTyping(event);
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Escape") {
    if (typing || !waterfall.grid.contains(target)) waterfall.grid.focus();
    else if (store.get().query !== "") store.set({ query: "", onlyMatches: false });
    else if (store.get().filterOpen) store.set({ filterOpen: false });
    else return false;
    return true;
  }
  if (target.closest("vscode-dropdown") !== null) return false;
  const inRows = waterfall.grid.contains(target) || target === document.body;
  if (!typing && inRows && handleGridKey(event, store, browse, waterfall.page)) {
    // Home on the first row, scrolled away, changes no selection and still brings it back.
    waterfall.revealSelected();
    return true;
  }
  for (const action of actions) {
    const key = action.keys.find((each) => isKey(event, each));
    if (key === undefined || (typing && !everywhere.includes(key))) continue;
    // Enter on a button, a heading that folds or a line that is moved is theirs.
    if (key === "Enter" && !inRows) continue;
    perform(action, store.get(), say);
    return true;
  }
  return false;
}
