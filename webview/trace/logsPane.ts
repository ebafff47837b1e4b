import { countText, offsetText } from "../../src/model/durationText.ts";
import type { PageLog, TraceHost } from "../../src/wire/protocol.ts";
import { checkbox, iconButton, textField } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { oncePerFrame } from "../kit/frame.ts";
import type { Browse } from "./browse.ts";
import { logElement } from "./logElement.ts";
import { pagedList } from "./pagedList.ts";
import type { PageStore } from "./pageState.ts";

export interface LogsPane {
  readonly element: HTMLElement;
}

/** WARN and above, as OTLP counts severities. */
const WARN = 13;

/** The log records of the whole trace by time; choosing one selects its span. */
export function createLogsPane(
  store: PageStore,
  browse: Browse,
  host: TraceHost,
  openSource: (log: number) => void,
): LogsPane {
  let filter = "";
  let warningsOnly = false;
  const field = textField("Filter logs", "Filter by text, service or attribute", (text) => {
    filter = text.trim().toLowerCase();
    redraw();
  });
  field.element.classList.add("logs-filter");
  const severe = checkbox("Warnings and errors only", "Warnings and errors only", (checked) => {
    warningsOnly = checked;
    redraw();
  });
  const count = element("span", { class: "count", role: "status" });
  const list = element("div", { class: "logs", role: "list" });
  const head = element("div", { class: "logs-head" }, field.element, severe.element, count);
  const box = element("div", { class: "details-body", tabindex: -1 }, head, list);

  /** What the list was drawn of: it stays, with what is open in it and where it is scrolled to, until that is another. */
  let drawn: readonly unknown[] = [];
  const draw = () => {
    const { layout, logs, opened } = store.get();
    if (!layout.detailsOpen || layout.pane !== "logs") return;
    const now = [opened.logs, logs, filter, warningsOnly];
    if (now.every((part, i) => part === drawn[i])) return;
    drawn = now;
    if (logs === undefined) {
      list.replaceChildren(element("p", { class: "details-empty" }, "Log records are still being read…"));
      return;
    }
    const shown: number[] = [];
    logs.forEach((log, index) => {
      if ((!warningsOnly || log.severity >= WARN) && (filter === "" || matches(log, filter)))
        shown.push(index);
    });
    const all = countText(opened.logs, "record");
    count.textContent = shown.length === logs.length ? all : `${countText(shown.length)} of ${all}`;
    list.replaceChildren();
    if (shown.length === 0) {
      const why = logs.length === 0 ? "The log records could not be read." : "No record matches the filter.";
      list.append(element("p", { class: "details-empty" }, why));
    }
    pagedList(list, shown.length, "record", (at) => {
      const log = logs[shown[at]];
      const item = logElement(log, host, log.place ? () => openSource(shown[at]) : undefined);
      item.querySelector(".log-time")?.replaceChildren(offsetText(log.time));
      if (log.row >= 0) {
        const select = () => browse.select(log.row);
        item.querySelector(".log-head")?.append(iconButton("details", "Select its span", select));
        item.addEventListener("dblclick", select);
      }
      return item;
    });
  };
  const redraw = oncePerFrame(draw);
  store.watch(["logs", "layout", "opened"], redraw);
  redraw();
  return { element: box };
}

function matches(log: PageLog, text: string): boolean {
  return (
    log.body.toLowerCase().includes(text) ||
    log.service.toLowerCase().includes(text) ||
    log.severityText.toLowerCase().includes(text) ||
    log.attributes.some(
      ([key, value]) => key.toLowerCase().includes(text) || value.toLowerCase().includes(text),
    )
  );
}
