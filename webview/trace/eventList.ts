import { AttributeType, attributesOf } from "../../src/model/attributes.ts";
import { offsetText } from "../../src/model/durationText.ts";
import type { Trace } from "../../src/model/trace.ts";
import type { TraceHost } from "../../src/wire/protocol.ts";
import { element } from "../kit/dom.ts";
import { icon } from "../kit/icon.ts";
import { visibleText } from "../kit/visibleText.ts";
import { attributeRow, type Wanted } from "./attributeTable.ts";
import { LONGEST_STACK } from "./longText.ts";
import { pagedList } from "./pagedList.ts";
import type { StackTraces } from "./stackTrace.ts";

const exceptionKeys = ["exception.type", "exception.message", "exception.stacktrace"];

/** The events of a row that are wanted, each with its time after the span's start; exceptions as a runtime prints them. */
export function eventList(
  trace: Trace,
  row: number,
  host: TraceHost,
  stacks: StackTraces,
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
  pagedList(list, shown.length, "event", (index) => eventElement(trace, row, shown[index], host, stacks));
  return { element: list, shown: shown.length, all };
}

function eventElement(
  trace: Trace,
  row: number,
  event: number,
  host: TraceHost,
  stacks: StackTraces,
): HTMLElement {
  const { events, labels, texts } = trace;
  const attributes = attributesOf(events.attributes, event, labels, texts);
  const name = labels.at(events.name[event]);
  const after = offsetText(events.time[event] - trace.start[row]);
  const textUnder = (key: string) => attributes.find((attribute) => attribute.key === key)?.value ?? "";
  const isException = name === "exception" || textUnder("exception.type") !== "";
  const numbered = attributes.map((attribute, number) => ({ ...attribute, number }));
  const rest = isException ? numbered.filter(({ key }) => !exceptionKeys.includes(key)) : numbered;
  const at = (attribute: number) => ({ row, event: event - events.offset[row], attribute });
  const item = element(
    "div",
    { class: isException ? "event exception" : "event", role: "listitem" },
    element(
      "div",
      { class: "event-head" },
      isException && icon("error"),
      element("bdi", { class: "event-name" }, visibleText(name.slice(0, 400)) || "(no name)"),
      element("span", { class: "event-time", title: "After the start of the span" }, after),
    ),
  );
  if (isException) {
    const traceAt = at(attributes.findIndex(({ key }) => key === "exception.stacktrace"));
    const traceOf = (stack: string) => stacks.element(traceAt, stack);
    item.append(...exceptionElements(textUnder, traceOf));
  }
  if (rest.length > 0) {
    const table = element("div", { class: "attributes", role: "table" });
    pagedList(table, rest.length, "attribute", (index) => {
      const { key, value, type, number } = rest[index];
      const stack = type === AttributeType.string ? stacks.value(at(number), value) : undefined;
      return attributeRow(key, value, type, host, { stack });
    });
    item.append(table);
  }
  return item;
}

function exceptionElements(
  textUnder: (key: string) => string,
  traceOf: (stack: string) => HTMLElement,
): HTMLElement[] {
  const [type, message, stack] = exceptionKeys.map(textUnder);
  const made: HTMLElement[] = [];
  const title = [type, message].filter((part) => part !== "").join(": ");
  if (title !== "") {
    made.push(element("bdi", { class: "exception-title" }, visibleText(title.slice(0, LONGEST_STACK), true)));
  }
  if (stack !== "") made.push(traceOf(stack));
  return made;
}
