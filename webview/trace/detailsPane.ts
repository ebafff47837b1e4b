import { AttributeType } from "../../src/model/attributes.ts";
import { countText, durationText, offsetText, shareText, timeText } from "../../src/model/durationText.ts";
import { hexId, spanIdOf } from "../../src/model/spanId.ts";
import { kindNames, Mark, Status, type Trace } from "../../src/model/trace.ts";
import { type Warning, warningText } from "../../src/model/warning.ts";
import type { TraceHost } from "../../src/wire/protocol.ts";
import { iconButton, textField } from "../kit/controls.ts";
import { type Child, element, setText } from "../kit/dom.ts";
import { debounced, oncePerFrame } from "../kit/frame.ts";
import { icon } from "../kit/icon.ts";
import { visibleText } from "../kit/visibleText.ts";
import { attributeRow, attributeTable, type Wanted } from "./attributeTable.ts";
import type { BarStyle } from "./barPainter.ts";
import type { Browse } from "./browse.ts";
import { eventList } from "./eventList.ts";
import { linkList } from "./linkList.ts";
import { logList } from "./logList.ts";
import type { PageState, PageStore } from "./pageState.ts";
import type { SourceSection } from "./sourceSection.ts";
import type { StackTraces } from "./stackTrace.ts";

export interface DetailsPane {
  readonly element: HTMLElement;
  readonly redraw: () => void;
  focus(): void;
}

/** All that is known of the selected span. */
export function createDetailsPane(
  store: PageStore,
  browse: Browse,
  host: TraceHost,
  source: SourceSection,
  stacks: StackTraces,
  openLog: (log: number) => void,
  style: () => BarStyle,
): DetailsPane {
  const closed = new Set<string>();
  let filter = "";
  const letters = element("span", { class: "letters" });
  const title = element("h2", { class: "details-title" }, "");
  const body = element("div", { class: "details-body", tabindex: -1 });
  const facts = element("div", { class: "facts" });
  const rest = element("div", { class: "details-rest" });
  const filterField = textField("Filter attributes and events", "Filter attributes and events", (text) => {
    filter = text.trim().toLowerCase();
    redrawSoon();
  });
  filterField.element.classList.add("details-filter");
  const nothing = element("p", { class: "details-empty" }, "Select a span to see its details.");
  const head = element("div", { class: "details-head" }, letters, title);
  const pane = element("div", { class: "span-details" }, head, body);

  const section = (name: string, note: string, ...children: Child[]): HTMLElement => {
    const box = element(
      "details",
      { class: "section" },
      element(
        "summary",
        {},
        element("span", { class: "section-title" }, name),
        element("span", { class: "count" }, note),
      ),
      ...children,
    );
    box.open = !closed.has(name);
    box.addEventListener("toggle", () => {
      if (box.open) closed.delete(name);
      else closed.add(name);
    });
    return box;
  };

  const drawRest = (state: PageState) => {
    const { trace, opened, selected: row } = state;
    if (trace === undefined) {
      rest.replaceChildren(
        element("p", { class: "details-empty" }, "Attributes and events are still being read…"),
      );
      return;
    }
    const wanted: Wanted =
      filter === ""
        ? undefined
        : (key, value) => key.toLowerCase().includes(filter) || value.toLowerCase().includes(filter);
    const counted = (shown: number, all: number) =>
      shown === all ? countText(all) : `${countText(shown)} of ${countText(all)}`;
    const parts: HTMLElement[] = [];
    const warnings = warningsOf(trace, row);
    if (warnings.length > 0) {
      parts.push(
        element(
          "div",
          { class: "warnings", role: "list" },
          ...warnings.map((text) =>
            element(
              "div",
              { class: "warning", role: "listitem" },
              icon("warning"),
              element("bdi", {}, visibleText(text.slice(0, 4096))),
            ),
          ),
        ),
      );
    }
    const events = eventList(trace, row, host, stacks, wanted);
    const attributes = attributeTable(trace, trace.attributes, row, host, wanted, {
      open: (attribute) => void host.openUrl(row, attribute),
      stack: (attribute, value) => stacks.value({ row, event: -1, attribute }, value),
    });
    const resource = attributeTable(trace, trace.resourceAttributes, trace.resource[row], host, wanted);
    const scope = scopeTable(trace, trace.scope[row], host, wanted);
    const sections = [section("Attributes", counted(attributes.shown, attributes.all), attributes.element)];
    if (events.all > 0) sections.push(section("Events", counted(events.shown, events.all), events.element));
    // What went wrong is what one looks for in a span that threw.
    if ((trace.mark[row] & Mark.exception) !== 0) sections.reverse();
    const records = logList(state, row, host, wanted, openLog);
    if (records.all > 0) sections.push(section("Logs", counted(records.shown, records.all), records.element));
    parts.push(...sections);
    const links = trace.links.offset[row + 1] - trace.links.offset[row];
    if (links > 0) parts.push(section("Links", countText(links), linkList(trace, row, host, browse.select)));
    parts.push(section("Resource", counted(resource.shown, resource.all), resource.element));
    if (scope.all > 0) parts.push(section("Scope", counted(scope.shown, scope.all), scope.element));
    parts.push(section("IDs", "", idTable(trace, row, opened.from, host, browse)));
    rest.replaceChildren(...parts);
  };

  const redraw = () => {
    const state = store.get();
    if (!state.layout.detailsOpen) return;
    const { outline, selected: row } = state;
    if (row < 0 || row >= outline.length) {
      letters.hidden = true;
      setText(title, "Details");
      body.replaceChildren(nothing);
      return;
    }
    const look = style().looks[outline.service[row]];
    letters.hidden = false;
    letters.style.backgroundColor = look.color;
    letters.style.color = look.ink;
    setText(letters, look.letters);
    const name = visibleText(outline.labels.at(outline.name[row]).slice(0, 1000)) || "(no name)";
    setText(title, name);
    title.title = name;
    if (facts.parentElement !== body) body.replaceChildren(source.element, facts, filterField.element, rest);
    facts.replaceChildren(...factElements(state));
    drawRest(state);
  };
  let drawn = -1;
  const redrawSoon = oncePerFrame(redraw);
  const locate = debounced(0, () => {
    const { selected, layout } = store.get();
    if (selected >= 0 && layout.detailsOpen) source.show(selected);
  });
  const onSelect = () => {
    const { selected } = store.get();
    if (selected !== drawn) body.scrollTop = 0;
    drawn = selected;
    redrawSoon();
    locate();
  };
  store.watch(["selected", "layout"], onSelect);
  store.watch(["trace", "logs", "figures", "shown"], redrawSoon);
  redraw();
  locate();
  return { element: pane, redraw: redrawSoon, focus: () => filterField.element.focus() };
}

function factElements(state: PageState): HTMLElement[] {
  const { outline, shown, figures, trace, selected: row } = state;
  const fact = (label: string, value: Child, note = "") =>
    element(
      "div",
      { class: "fact" },
      element("span", { class: "fact-label" }, label),
      element(
        "span",
        { class: "fact-value" },
        value,
        note !== "" && " ",
        note !== "" && element("span", { class: "fact-note" }, note),
      ),
    );
  const total = outline.end;
  const duration = outline.duration[row];
  const made: HTMLElement[] = [
    fact(
      "Service",
      element(
        "bdi",
        {},
        visibleText(outline.labels.at(outline.services[outline.service[row]]).slice(0, 400)),
      ),
    ),
    fact("Duration", durationText(duration), `${shareText(duration, total)} of the trace`),
  ];
  if (figures !== undefined) {
    made.push(
      fact(
        "Self time",
        durationText(figures.self[row]),
        `${shareText(figures.self[row], duration)} of the span`,
      ),
      fact(
        "Critical path",
        figures.critical[row] > 0 ? durationText(figures.critical[row]) : "Not on it",
        figures.critical[row] > 0
          ? `${shareText(figures.critical[row], figures.criticalTotal)} of the path`
          : "",
      ),
    );
  }
  made.push(
    fact("Start", capital(offsetText(shown.start[row])), timeText(outline.epoch, shown.start[row])),
    fact("Kind", kindNames[outline.kind[row]]),
  );
  const status = outline.status[row];
  const message = trace !== undefined && trace.message[row] > 0 ? trace.texts.at(trace.message[row] - 1) : "";
  const statusText = status === Status.error ? "Failed" : status === Status.ok ? "OK" : "Not set";
  const line = fact("Status", statusText);
  if (status === Status.error) line.classList.add("failed");
  made.push(line);
  if (message !== "") {
    made.push(
      element(
        "bdi",
        { class: status === Status.error ? "status-message failed" : "status-message" },
        visibleText(message.slice(0, 4096), true),
      ),
    );
  }
  return made;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function warningsOf(trace: Trace, row: number): string[] {
  const { row: rows, code, detail } = trace.warnings;
  const texts: string[] = [];
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle] < row) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < rows.length && rows[i] === row && texts.length < 100; i++) {
    texts.push(warningText(code[i] as Warning, detail[i] > 0 ? trace.texts.at(detail[i] - 1) : ""));
  }
  return texts;
}

function scopeTable(
  trace: Trace,
  scope: number,
  host: TraceHost,
  wanted: Wanted,
): { readonly element: HTMLElement; readonly shown: number; readonly all: number } {
  const name = trace.labels.at(trace.scopes.name[scope]);
  const version = trace.labels.at(trace.scopes.version[scope]);
  const own = [
    ["name", name],
    ["version", version],
  ].filter(([, value]) => value !== "");
  const shown = wanted === undefined ? own : own.filter(([key, value]) => wanted(key, value));
  const table = attributeTable(trace, trace.scopes.attributes, scope, host, wanted);
  const rows = shown.map(([key, value]) => attributeRow(key, value, AttributeType.string, host));
  table.element.prepend(...rows);
  return { element: table.element, shown: table.shown + shown.length, all: table.all + own.length };
}

function idTable(trace: Trace, row: number, from: string, host: TraceHost, browse: Browse): HTMLElement {
  const table = element("div", { class: "attributes", role: "table" });
  const add = (key: string, value: string) =>
    table.append(attributeRow(key, value, AttributeType.string, host));
  add("Trace ID", trace.traceId);
  add("Span ID", spanIdOf(trace, row));
  const high = trace.parentId[2 * row];
  const low = trace.parentId[2 * row + 1];
  if ((high | low) !== 0) {
    add("Parent span ID", hexId(high, low));
    const parent = trace.parent[row];
    if (parent >= 0) {
      const go = iconButton("previous", "Go to parent span", () => browse.select(parent));
      table.lastElementChild?.querySelector(".attribute-buttons")?.prepend(go);
    }
  }
  if (trace.flags[row] !== 0) add("Flags", `0x${trace.flags[row].toString(16)}`);
  if (from !== "") add("Loaded from", from);
  return table;
}
