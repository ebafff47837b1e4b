import { attributesOf } from "../../src/model/attributes.ts";
import { durationText } from "../../src/model/durationText.ts";
import type { Trace } from "../../src/model/trace.ts";
import type { TraceHost } from "../../src/wire/protocol.ts";
import { iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { icon } from "../kit/icon.ts";
import { visibleText } from "../kit/visibleText.ts";
import { attributeRow, type Wanted } from "./attributeTable.ts";
import { pagedList } from "./pagedList.ts";

/** A longer stack trace is cut on screen; copying it gives all of it. */
const LONGEST_STACK = 16_384;
const exceptionKeys = ["exception.type", "exception.message", "exception.stacktrace"];

/** The events of a row that are wanted, each with its time after the span's start; exceptions as a runtime prints them. */
export function eventList(
  trace: Trace,
  row: number,
  host: TraceHost,
  wanted: Wanted,
): { readonly element: HTMLElement; readonly shown: number; readonly all: number } {
  const { events, labels, texts } = trace;
  const from = events.offset[row];
  const all = events.offset[row + 1] - from;
  const shown: number[] = [];
  for (let i = from; i < from + all; i++) {
    const found =
      wanted === undefined ||
      wanted(labels.at(events.name[i]), "") ||
      attributesOf(events.attributes, i, labels, texts).some(({ key, value }) => wanted(key, value));
    if (found) shown.push(i);
  }
  const list = element("div", { class: "events", role: "list" });
  pagedList(list, shown.length, "event", (index) => eventElement(trace, row, shown[index], host));
  return { element: list, shown: shown.length, all };
}

function eventElement(trace: Trace, row: number, event: number, host: TraceHost): HTMLElement {
  const { events, labels, texts } = trace;
  const attributes = attributesOf(events.attributes, event, labels, texts);
  const name = labels.at(events.name[event]);
  const after = durationText(events.time[event] - trace.start[row]);
  const textUnder = (key: string) => attributes.find((attribute) => attribute.key === key)?.value ?? "";
  const isException = name === "exception" || textUnder("exception.type") !== "";
  const rest = isException ? attributes.filter(({ key }) => !exceptionKeys.includes(key)) : attributes;
  const item = element(
    "div",
    { class: isException ? "event exception" : "event", role: "listitem" },
    element(
      "div",
      { class: "event-head" },
      isException && icon("error"),
      element("bdi", { class: "event-name" }, visibleText(name.slice(0, 400)) || "(no name)"),
      element("span", { class: "event-time", title: "After the start of the span" }, `+${after}`),
    ),
  );
  if (isException) item.append(...exceptionElements(textUnder, host));
  if (rest.length > 0) {
    const table = element("div", { class: "attributes", role: "table" });
    pagedList(table, rest.length, "attribute", (index) => {
      const { key, value, type } = rest[index];
      return attributeRow(key, value, type, host);
    });
    item.append(table);
  }
  return item;
}

function exceptionElements(textUnder: (key: string) => string, host: TraceHost): HTMLElement[] {
  const [type, message, stack] = exceptionKeys.map(textUnder);
  const made: HTMLElement[] = [];
  const title = [type, message].filter((part) => part !== "").join(": ");
  if (title !== "") {
    made.push(element("bdi", { class: "exception-title" }, visibleText(title.slice(0, LONGEST_STACK), true)));
  }
  if (stack !== "") {
    const cut = stack.length > LONGEST_STACK;
    made.push(
      element(
        "div",
        { class: "stack" },
        element(
          "pre",
          { tabindex: 0, "aria-label": "Stack trace" },
          visibleText(stack.slice(0, LONGEST_STACK), true) + (cut ? "\n…" : ""),
        ),
        iconButton("copy", "Copy stack trace", () => void host.copy(stack)),
      ),
    );
  }
  return made;
}
