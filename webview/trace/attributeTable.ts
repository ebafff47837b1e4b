import { type Attributes, AttributeType, attributeTypeNames } from "../../src/model/attributes.ts";
import type { Trace } from "../../src/model/trace.ts";
import type { TraceHost } from "../../src/wire/protocol.ts";
import { iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { visibleText } from "../kit/visibleText.ts";
import { cutNote, LONGEST_VALUE } from "./longText.ts";
import { pagedList } from "./pagedList.ts";
import { isJson, prettyJson } from "./prettyJson.ts";

/** What the filter of the details lets through; undefined when nothing is filtered, so that no value is read for it. */
export type Wanted = ((key: string, value: string) => boolean) | undefined;

/** What can be done with the span's own attributes, by their number. */
export interface AttributeUses {
  /** Opens an http(s) value. */
  readonly open: (attribute: number) => void;
  /** The value of an attribute that may be a stack trace, as it is to be shown; undefined for any other. */
  readonly stack: (attribute: number, value: string) => HTMLElement | undefined;
}

/** The attributes of one owner that are wanted, as a table of keys and typed values. */
export function attributeTable(
  trace: Trace,
  attributes: Attributes,
  owner: number,
  host: TraceHost,
  wanted: Wanted,
  uses?: AttributeUses,
): { readonly element: HTMLElement; readonly shown: number; readonly all: number } {
  const from = attributes.offset[owner] ?? 0;
  const to = attributes.offset[owner + 1] ?? from;
  const shown: number[] = [];
  for (let i = from; i < to; i++) {
    if (
      wanted === undefined ||
      wanted(trace.labels.at(attributes.key[i]), trace.texts.at(attributes.value[i]))
    )
      shown.push(i);
  }
  const table = element("div", { class: "attributes", role: "table" });
  pagedList(table, shown.length, "attribute", (index) => {
    const i = shown[index];
    const value = trace.texts.at(attributes.value[i]);
    const type = attributes.type[i] as AttributeType;
    const key = trace.labels.at(attributes.key[i]);
    if (uses === undefined || type !== AttributeType.string) return attributeRow(key, value, type, host);
    const opens = /^https?:\/\//i.test(value);
    return attributeRow(key, value, type, host, {
      open: opens ? () => uses.open(i - from) : undefined,
      stack: uses.stack(i - from, value),
    });
  });
  return { element: table, shown: shown.length, all: to - from };
}

/** A key and its value, or the `stack` it may be, with a button that copies it, and one that opens it when it can be opened. */
export function attributeRow(
  key: string,
  value: string,
  type: AttributeType,
  host: TraceHost,
  { open, stack }: { readonly open?: () => void; readonly stack?: HTMLElement } = {},
): HTMLElement {
  const readable = visibleText(key.slice(0, 200));
  const copy = iconButton("copy", `Copy ${readable}`, () => void host.copy(value));
  const cell = element(
    "div",
    { class: "attribute-value", role: "cell" },
    ...(stack === undefined
      ? [valueElement(value, type), " ", typeTag(type), cutNote(value, LONGEST_VALUE)]
      : [stack]),
  );
  return element(
    "div",
    { class: "attribute", role: "row" },
    element(
      "div",
      { class: "attribute-key", role: "rowheader", title: readable },
      element("bdi", {}, ...breakable(readable)),
    ),
    cell,
    element(
      "div",
      { class: "attribute-buttons", role: "cell" },
      open && iconButton("external", `Open ${readable} in the browser`, open),
      copy,
    ),
  );
}

/** A key that may be broken between its words and nowhere else. */
function breakable(key: string): Node[] {
  return key
    .split(/(?<=[._/-])/)
    .flatMap((word, index) =>
      index === 0
        ? [document.createTextNode(word)]
        : [document.createElement("wbr"), document.createTextNode(word)],
    );
}

/** What a value is, when it is no plain text. */
function typeTag(type: AttributeType): HTMLElement | string {
  const plain = type === AttributeType.string || type === AttributeType.empty;
  return plain ? "" : element("span", { class: "type" }, attributeTypeNames[type]);
}

function valueElement(value: string, type: AttributeType): HTMLElement {
  if (type === AttributeType.empty || (value === "" && type === AttributeType.string)) {
    return element("span", { class: "nothing" }, type === AttributeType.empty ? "no value" : "empty");
  }
  const cut = value.slice(0, LONGEST_VALUE);
  const nested = type === AttributeType.array || type === AttributeType.map || isJson(cut);
  const text = nested ? prettyJson(cut) : cut;
  const shape = nested ? "json" : attributeTypeNames[type];
  return element("bdi", { class: `value value-${shape}` }, visibleText(text, true));
}
