import type { Action, Desk } from "./action.ts";
import type { Browse } from "./browse.ts";
import type { PageState, PageStore } from "./pageState.ts";

/** Every action of the page, in the order in which the list of keys shows them. */
export function traceActions(store: PageStore, browse: Browse, desk: Desk): readonly Action[] {
  const setLayout = (change: Partial<PageState["layout"]>) =>
    store.set({ layout: { ...store.get().layout, ...change } });
  const hasSelection = (state: PageState) => state.selected >= 0;
  const hasMatches = (state: PageState) => state.matches !== undefined && state.matches.length > 0;
  const hasSlow = (state: PageState) => state.figures !== undefined && state.figures.slow.length > 0;
  const hasErrors = (state: PageState) => state.figures === undefined || state.figures.errors > 0;

  return [
    {
      id: "source",
      label: "Open source line",
      keys: ["Enter"],
      group: "Move",
      icon: "source",
      run: desk.openSource,
      enabled: hasSelection,
    },
    {
      id: "slowest",
      label: "Jump to slowest span",
      keys: ["T"],
      group: "Move",
      icon: "slowest",
      run: desk.slowest,
      enabled: hasSlow,
    },
    {
      id: "previousSlow",
      label: "Previous slow span",
      keys: ["["],
      group: "Move",
      icon: "previousSlow",
      run: () => browse.stepSlow(-1),
      enabled: hasSlow,
    },
    {
      id: "nextSlow",
      label: "Next slow span",
      keys: ["]"],
      group: "Move",
      icon: "nextSlow",
      run: () => browse.stepSlow(1),
      enabled: hasSlow,
    },
    {
      id: "previousError",
      label: "Previous error",
      keys: ["Shift+E"],
      group: "Move",
      icon: "previousError",
      run: () => browse.stepError(-1),
      enabled: hasErrors,
    },
    {
      id: "nextError",
      label: "Next error",
      keys: ["E"],
      group: "Move",
      icon: "nextError",
      run: () => browse.stepError(1),
      enabled: hasErrors,
    },
    {
      id: "part",
      label: "Go to details and back",
      keys: ["G"],
      group: "Move",
      icon: "details",
      run: desk.changePart,
    },

    {
      id: "find",
      label: "Find in trace",
      keys: ["F", "/", "Mod+F"],
      group: "Find",
      icon: "search",
      run: desk.focusFind,
    },
    {
      id: "previousMatch",
      label: "Previous match",
      keys: ["Shift+N", "Shift+F3"],
      group: "Find",
      icon: "previous",
      run: () => browse.stepMatch(-1),
      enabled: hasMatches,
    },
    {
      id: "nextMatch",
      label: "Next match",
      keys: ["N", "F3"],
      group: "Find",
      icon: "next",
      run: () => browse.stepMatch(1),
      enabled: hasMatches,
    },
    {
      id: "onlyMatches",
      label: "Show only matches",
      keys: ["M"],
      group: "Find",
      icon: "onlyMatches",
      run: () => store.set({ onlyMatches: !store.get().onlyMatches }),
      pressed: (state) => state.onlyMatches,
    },
    {
      id: "filter",
      label: "Filter spans",
      keys: ["L"],
      group: "Find",
      icon: "filter",
      run: desk.toggleFilter,
      pressed: (state) => state.filterOpen,
    },

    {
      id: "zoomIn",
      label: "Zoom in",
      keys: ["W", "+", "="],
      group: "Time",
      icon: "zoomIn",
      run: () => browse.zoom(0.6),
    },
    {
      id: "zoomOut",
      label: "Zoom out",
      keys: ["S", "-"],
      group: "Time",
      icon: "zoomOut",
      run: () => browse.zoom(1 / 0.6),
    },
    {
      id: "panLeft",
      label: "Earlier",
      keys: ["A"],
      group: "Time",
      icon: "panLeft",
      run: () => browse.pan(-0.25),
    },
    {
      id: "panRight",
      label: "Later",
      keys: ["D"],
      group: "Time",
      icon: "panRight",
      run: () => browse.pan(0.25),
    },
    {
      id: "zoomSelection",
      label: "Zoom to selected span",
      keys: ["Z"],
      group: "Time",
      icon: "zoomSelection",
      run: browse.showSelected,
      enabled: hasSelection,
    },
    {
      id: "zoomReset",
      label: "Show whole trace",
      keys: ["0"],
      group: "Time",
      icon: "zoomReset",
      run: browse.showAll,
    },

    {
      id: "collapseAll",
      label: "Collapse all",
      keys: ["Shift+ArrowLeft"],
      group: "Rows",
      icon: "collapseAll",
      run: browse.collapseAll,
    },
    {
      id: "expandAll",
      label: "Expand all",
      keys: ["Shift+ArrowRight"],
      group: "Rows",
      icon: "expandAll",
      run: browse.expandAll,
    },
    {
      id: "lessDepth",
      label: "One level less",
      keys: [","],
      group: "Rows",
      icon: "lessDepth",
      run: () => browse.changeDepth(-1),
    },
    {
      id: "moreDepth",
      label: "One level more",
      keys: ["."],
      group: "Rows",
      icon: "moreDepth",
      run: () => browse.changeDepth(1),
    },

    {
      id: "criticalPath",
      label: "Critical path",
      keys: ["C"],
      group: "Show",
      icon: "criticalPath",
      run: () => store.set({ criticalPath: !store.get().criticalPath }),
      pressed: (state) => state.criticalPath,
    },
    {
      id: "rawTimes",
      label: "Raw times",
      keys: ["R"],
      group: "Show",
      icon: "rawTimes",
      run: () => store.set({ rawTimes: !store.get().rawTimes }),
      pressed: (state) => state.rawTimes,
      enabled: (state) => state.trace !== undefined && state.trace.skew.length > 0,
    },
    {
      id: "details",
      label: "Details",
      keys: ["I"],
      group: "Show",
      icon: "details",
      run: () => setLayout({ detailsOpen: !store.get().layout.detailsOpen }),
      pressed: (state) => state.layout.detailsOpen,
    },
    {
      id: "detailsBelow",
      label: "Details below",
      keys: ["Shift+I"],
      group: "Show",
      icon: "below",
      run: () => setLayout({ detailsBelow: !store.get().layout.detailsBelow, detailsOpen: true }),
      pressed: (state) => state.layout.detailsBelow,
    },
    {
      id: "statistics",
      label: "Statistics",
      keys: ["V"],
      group: "Show",
      icon: "statistics",
      run: () => {
        const { detailsOpen, pane } = store.get().layout;
        const isShown = detailsOpen && pane === "statistics";
        setLayout({ detailsOpen: true, pane: isShown ? "span" : "statistics" });
      },
      pressed: (state) => state.layout.detailsOpen && state.layout.pane === "statistics",
    },
    {
      id: "logs",
      label: "Logs",
      keys: ["O"],
      group: "Show",
      icon: "logs",
      run: () => {
        const { detailsOpen, pane } = store.get().layout;
        setLayout({ detailsOpen: true, pane: detailsOpen && pane === "logs" ? "span" : "logs" });
      },
      pressed: (state) => state.layout.detailsOpen && state.layout.pane === "logs",
      enabled: (state) => state.opened.logs > 0,
    },

    { id: "copyLink", label: "Copy link", keys: ["Y"], group: "Trace", icon: "link", run: desk.copyLink },
    {
      id: "reload",
      label: "Load again",
      keys: ["Shift+R"],
      group: "Trace",
      icon: "reload",
      run: desk.reload,
    },
    {
      id: "merge",
      label: "Add spans from other connections",
      keys: ["Shift+M"],
      group: "Trace",
      icon: "merge",
      run: desk.merge,
      enabled: (state) => state.opened.mergeable,
    },
    {
      id: "help",
      label: "Keyboard shortcuts",
      keys: ["?"],
      group: "Trace",
      icon: "keyboard",
      run: desk.toggleHelp,
    },
  ];
}
