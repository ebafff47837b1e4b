import { attributesOf } from "../../src/model/attributes.ts";
import { rowOfSpan } from "../../src/model/spanId.ts";
import type { Trace } from "../../src/model/trace.ts";
import type { TraceHost } from "../../src/wire/protocol.ts";
import { button } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { visibleText } from "../kit/visibleText.ts";
import { attributeRow } from "./attributeTable.ts";
import { pagedList } from "./pagedList.ts";

/** The links of a row: one to a span of this trace selects it, one to another trace opens that. */
export function linkList(
  trace: Trace,
  row: number,
  host: TraceHost,
  select: (row: number) => void,
): HTMLElement {
  const { links, labels, texts } = trace;
  const from = links.offset[row];
  const list = element("div", { class: "links", role: "list" });
  pagedList(list, links.offset[row + 1] - from, "link", (index) => {
    const link = from + index;
    const traceId = texts.at(links.traceId[link]);
    const spanId = texts.at(links.spanId[link]);
    const target = traceId === trace.traceId ? rowOfSpan(trace, spanId) : -1;
    const go =
      target >= 0
        ? button("Go to span", () => select(target), { secondary: true })
        : button("Open trace", () => void host.followLink(row, index), { secondary: true, icon: "link" });
    const name = target >= 0 ? labels.at(trace.name[target]).slice(0, 200) : "";
    const item = element(
      "div",
      { class: "link", role: "listitem" },
      element(
        "div",
        { class: "link-head" },
        element(
          "div",
          { class: "link-ids" },
          name !== "" && element("bdi", { class: "link-name" }, visibleText(name)),
          element(
            "bdi",
            { class: "id" },
            target >= 0 ? "This trace" : `Trace ${visibleText(traceId.slice(0, 64))}`,
          ),
          element("bdi", { class: "id" }, `Span ${visibleText(spanId.slice(0, 64))}`),
        ),
        go,
      ),
    );
    const attributes = attributesOf(links.attributes, link, labels, texts);
    if (attributes.length > 0) {
      const table = element("div", { class: "attributes", role: "table" });
      pagedList(table, attributes.length, "attribute", (i) => {
        const { key, value, type } = attributes[i];
        return attributeRow(key, value, type, host);
      });
      item.append(table);
    }
    return item;
  });
  return list;
}
