import { AttributeType } from "../../src/model/attributes.ts";
import type { PageLog, TraceHost } from "../../src/wire/protocol.ts";
import { iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { visibleText } from "../kit/visibleText.ts";
import { attributeRow } from "./attributeTable.ts";

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** One log record: time, severity, what it says, and its attributes, closed until they are asked for. */
export function logElement(log: PageLog, host: TraceHost, openSource: (() => void) | undefined): HTMLElement {
  const level = levels[Math.floor((log.severity - 1) / 4)] ?? "";
  const item = element(
    "div",
    { class: `log log-${level.toLowerCase() || "unknown"}`, role: "listitem" },
    element(
      "div",
      { class: "log-head" },
      element("span", { class: "log-time", title: "After the start of the trace" }),
      element("span", { class: "log-level" }, visibleText((log.severityText || level).slice(0, 20))),
      element("bdi", { class: "log-service" }, visibleText(log.service.slice(0, 200))),
      openSource && iconButton("source", "Open its source line", openSource),
    ),
    element("bdi", { class: "log-body" }, visibleText(log.body, true) || "(empty)"),
  );
  if (log.attributes.length > 0) item.append(attributesOf(log, host));
  return item;
}

/** Made when it is opened for the first time: most are never looked at. */
function attributesOf(log: PageLog, host: TraceHost): HTMLElement {
  const box = element(
    "details",
    { class: "log-attributes" },
    element("summary", {}, `${log.attributes.length} attribute${log.attributes.length === 1 ? "" : "s"}`),
  );
  box.addEventListener(
    "toggle",
    () => {
      const table = element("div", { class: "attributes", role: "table" });
      for (const [key, value] of log.attributes)
        table.append(attributeRow(key, value, AttributeType.string, host));
      box.append(table);
    },
    { once: true },
  );
  return box;
}
