import { countText, durationText, timeText } from "../../src/model/durationText.ts";
import { dropdown } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { icon } from "../kit/icon.ts";
import { visibleText } from "../kit/visibleText.ts";
import type { PageStore } from "./pageState.ts";

/** What the trace is: its root, and its size in numbers; other traces of the same file or answer are a choice away. */
export function createHeader(store: PageStore, openSibling: (traceId: string) => void) {
  const box = element("header", { class: "header" });
  const draw = () => {
    const { opened, outline, figures } = store.get();
    const { summary } = opened;
    const stat = (value: string, label: string, kind = "") =>
      element(
        "span",
        { class: `stat ${kind}` },
        kind === "stat-error" && icon("error"),
        element("b", {}, value),
        ` ${label}`,
      );
    const count = (number: number, noun: string) => {
      const [digits, word] = countText(number, noun).split(" ");
      return stat(digits, word);
    };
    const errors = figures?.errors ?? summary.errors;
    const service = visibleText(summary.rootService.slice(0, 200));
    const name = visibleText(summary.rootName.slice(0, 400));
    const duration = durationText(outline.end);
    const start = timeText(outline.epoch).replace(/(\.\d{3})\d*$/, "$1");
    const from = visibleText(opened.from.slice(0, 200));
    const traceId = visibleText(outline.traceId.slice(0, 64));
    // One line is seen of the figures: they stand in the order in which they matter, and hovering says them all.
    const all = [
      `${service} ${name}`,
      `${duration}, ${countText(outline.length, "span")}, ${countText(errors, "error")}`,
      `${countText(outline.services.length, "service")}${figures ? `, ${countText(figures.depth, "level")}` : ""}`,
      `Start: ${start}`,
      from === "" ? "" : `Loaded from ${from}`,
      `Trace ID: ${traceId}`,
    ];
    const title = all.filter((line) => line !== "").join("\n");
    box.replaceChildren(
      element(
        "h1",
        { class: "trace-title", title },
        element("bdi", { class: "trace-service" }, service),
        element("bdi", { class: "trace-name" }, name),
      ),
      element(
        "div",
        { class: "stats", title },
        stat(duration, "duration"),
        errors > 0 && stat(countText(errors), errors === 1 ? "error" : "errors", "stat-error"),
        count(outline.length, "span"),
        opened.partial &&
          element(
            "span",
            { class: "stat stat-partial", title: "Spans of this trace are missing" },
            icon("warning"),
            element("b", {}, "Partial"),
          ),
        opened.growing &&
          element(
            "span",
            { class: "stat stat-growing", title: "It is fetched again while it changes" },
            icon("growing"),
            "Live",
          ),
        element("span", { class: "stat" }, start),
        count(outline.services.length, "service"),
        figures && count(figures.depth, "level"),
        from !== "" && element("span", { class: "stat" }, element("bdi", {}, from)),
        element("bdi", { class: "stat trace-id" }, traceId),
      ),
    );
    const siblings = opened.siblings;
    if (siblings.length > 1) {
      const texts = siblings.map((sibling) =>
        visibleText(
          // Of the trace that is shown the duration is the one that stands above.
          `${sibling.rootName} · ${durationText(sibling.traceId === outline.traceId ? outline.end : sibling.durationNs)} · ${countText(sibling.spans, "span")}`.slice(
            0,
            200,
          ),
        ),
      );
      const at = siblings.findIndex((sibling) => sibling.traceId === outline.traceId);
      const choice = dropdown(`Traces here, ${siblings.length}`, texts, Math.max(0, at), (index) => {
        const sibling = siblings[index];
        if (sibling !== undefined && sibling.traceId !== outline.traceId) openSibling(sibling.traceId);
      });
      choice.classList.add("siblings");
      box.append(choice);
    }
  };
  store.watch(["opened", "figures"], draw);
  draw();
  return box;
}
