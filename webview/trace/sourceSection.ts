import type { SourceAnswer, TraceHost } from "../../src/wire/protocol.ts";
import { button } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { visibleText } from "../kit/visibleText.ts";

const WAIT_MS = 120;
const confidenceText = { sure: "", likely: "Likely", guess: "A guess", none: "" } as const;

export interface SourceSection {
  readonly element: HTMLElement;
  /** Looks for the line of `row`, once the person has stayed on it. */
  show(row: number): void;
  /** Says what an attempt to open the line came to. */
  say(row: number, answer: SourceAnswer): void;
  /** Answers are of another trace now. */
  forget(): void;
}

/** The source line of the selected span: where it is and why, or what would make it known. */
export function createSourceSection(
  host: TraceHost,
  open: (row: number, choice?: number) => void,
): SourceSection {
  const box = element("section", { class: "source", "aria-label": "Source line", "aria-live": "polite" });
  const known = new Map<number, SourceAnswer>();
  let wanted = -1;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const draw = (row: number, answer: SourceAnswer) => {
    if (answer.choices.length > 0) {
      box.replaceChildren(
        element(
          "div",
          { class: "source-reason" },
          visibleText(answer.reason) || "Several places fit equally well.",
        ),
        element(
          "div",
          { class: "source-choices" },
          ...answer.choices.map((choice, index) =>
            button(visibleText(choice.label), () => open(row, index), {
              secondary: true,
              title: visibleText(choice.reason),
            }),
          ),
        ),
      );
    } else if (answer.label !== "") {
      const certainty = confidenceText[answer.confidence];
      const go = button(visibleText(answer.label), () => open(row), {
        icon: "source",
        title: "Open the source line (Enter)",
      });
      go.classList.add("source-open");
      box.replaceChildren(
        go,
        element(
          "div",
          { class: "source-reason" },
          certainty !== "" && element("span", { class: "tag" }, certainty),
          element("bdi", {}, answer.reason === "" ? "" : `From ${visibleText(answer.reason)}`),
        ),
      );
    } else {
      box.replaceChildren(
        element(
          "div",
          { class: "source-none" },
          visibleText(answer.reason) || "The span does not say which line made it.",
        ),
        (answer.advice !== "" && element("div", { class: "source-advice" }, visibleText(answer.advice))) ||
          "",
      );
    }
  };

  return {
    element: box,
    show(row) {
      wanted = row;
      clearTimeout(timer);
      const answer = known.get(row);
      if (answer !== undefined) return draw(row, answer);
      box.replaceChildren(element("div", { class: "source-reason" }, "Looking for the source line…"));
      timer = setTimeout(() => {
        host.locate(row).then(
          (found) => {
            known.set(row, found);
            if (wanted === row) draw(row, found);
          },
          (error: unknown) => {
            if (wanted !== row) return;
            const text = error instanceof Error ? error.message : "";
            box.replaceChildren(
              element(
                "div",
                { class: "source-none" },
                visibleText(text) || "The source line could not be looked for.",
              ),
            );
          },
        );
      }, WAIT_MS);
    },
    say(row, answer) {
      known.set(row, answer);
      if (wanted === row) draw(row, answer);
    },
    forget() {
      known.clear();
      wanted = -1;
    },
  };
}
