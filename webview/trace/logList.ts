import { offsetText } from "../../src/model/durationText.ts";
import type { TraceHost } from "../../src/wire/protocol.ts";
import { element } from "../kit/dom.ts";
import type { Wanted } from "./attributeTable.ts";
import { logElement } from "./logElement.ts";
import { pagedList } from "./pagedList.ts";
import type { PageState } from "./pageState.ts";

/** The log records of a row that are wanted, each with its time after the span's start. */
export function logList(
  state: PageState,
  row: number,
  host: TraceHost,
  wanted: Wanted,
  openSource: (log: number) => void,
): { readonly element: HTMLElement; readonly shown: number; readonly all: number } {
  const logs = state.logs ?? [];
  const own = logs.flatMap((log, index) => (log.row === row ? [index] : []));
  const shown = own.filter((index) => {
    const { body, attributes } = logs[index];
    return wanted === undefined || wanted("", body) || attributes.some(([key, value]) => wanted(key, value));
  });
  const list = element("div", { class: "logs", role: "list" });
  pagedList(list, shown.length, "record", (at) => {
    const log = logs[shown[at]];
    const item = logElement(log, host, log.place ? () => openSource(shown[at]) : undefined);
    const time = item.querySelector<HTMLElement>(".log-time");
    time?.replaceChildren(offsetText(log.time - state.outline.start[row]));
    if (time !== null) time.title = "After the start of the span";
    return item;
  });
  return { element: list, shown: shown.length, all: own.length };
}
