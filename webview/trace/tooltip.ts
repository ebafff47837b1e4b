import { durationText, offsetText, shareText } from "../../src/model/durationText.ts";
import { kindNames, Mark, Status } from "../../src/model/trace.ts";
import { element } from "../kit/dom.ts";
import { visibleText } from "../kit/visibleText.ts";
import type { PageStore } from "./pageState.ts";

const WAIT_MS = 450;

/** What a row says when the pointer rests on it; screen readers have the same from its row. */
export function createTooltip(store: PageStore) {
  const box = element("div", { class: "floating tooltip", "aria-hidden": "true" });
  box.hidden = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = -1;
  /** Whether the row has had its tooltip taken away: it comes again when the pointer has been elsewhere. */
  let dismissed = false;

  const show = (row: number, x: number, y: number) => {
    const state = store.get();
    const { outline, figures } = state;
    if (row >= outline.length) return;
    const line = (label: string, value: string) =>
      element("div", { class: "tooltip-line" }, element("span", {}, label), element("span", {}, value));
    box.replaceChildren(
      element(
        "div",
        { class: "tooltip-title" },
        visibleText(outline.labels.at(outline.name[row]).slice(0, 300)) || "(no name)",
      ),
      element(
        "div",
        { class: "tooltip-service" },
        visibleText(outline.labels.at(outline.services[outline.service[row]]).slice(0, 200)),
      ),
      line(
        "Duration",
        `${durationText(outline.duration[row])} (${shareText(outline.duration[row], outline.end)} of the trace)`,
      ),
      line("Start", offsetText(state.shown.start[row])),
    );
    if (figures !== undefined) {
      box.append(line("Self time", durationText(figures.self[row])));
      if (figures.critical[row] > 0) {
        box.append(
          line(
            "On critical path",
            `${durationText(figures.critical[row])} (${shareText(figures.critical[row], figures.criticalTotal)})`,
          ),
        );
      }
    }
    if (outline.kind[row] > 0) box.append(line("Kind", kindNames[outline.kind[row]]));
    if ((outline.mark[row] & Mark.orphan) !== 0)
      box.append(element("div", { class: "tooltip-warning" }, "Its parent is not in the trace"));
    if (outline.status[row] === Status.error)
      box.append(element("div", { class: "tooltip-error" }, "Failed"));
    box.hidden = false;
    const { offsetWidth, offsetHeight } = box;
    const left = Math.min(x + 12, document.documentElement.clientWidth - offsetWidth - 8);
    const below = y + 18;
    const top =
      below + offsetHeight > document.documentElement.clientHeight - 8 ? y - offsetHeight - 10 : below;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${Math.max(8, top)}px`;
  };

  const over = (row: number, event?: PointerEvent) => {
    if (row === shown && row >= 0 && (dismissed || !box.hidden)) return;
    clearTimeout(timer);
    box.hidden = true;
    dismissed = false;
    shown = row;
    if (row < 0 || event === undefined) return;
    const { clientX, clientY } = event;
    timer = setTimeout(() => show(row, clientX, clientY), WAIT_MS);
  };
  const dismiss = () => {
    clearTimeout(timer);
    box.hidden = true;
    dismissed = true;
  };
  // In a trace that has grown another row is under the pointer.
  store.watch(["outline"], () => over(-1));
  store.watch(["selected"], dismiss);
  document.addEventListener("keydown", dismiss, { capture: true });
  return {
    element: box,
    /** The pointer is over `row` now; -1 for none. */
    over,
  };
}
