import type { ErrorAction } from "../../src/base/userError.ts";
import { UserError } from "../../src/base/userError.ts";
import { sizeText } from "../../src/model/sizeText.ts";
import { button, progressRing } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { icon } from "../kit/icon.ts";
import { visibleText } from "../kit/visibleText.ts";

const WAIT_MS = 200;

const actionTexts: Readonly<Record<Exclude<ErrorAction, "retry">, string>> = {
  openSettings: "Open Settings",
  editConnection: "Edit Connection",
  enterSecret: "Enter Token",
  openLog: "Open Log",
  openAsText: "Open as Text",
};

/** What the page shows while it has no trace: that it is being read, or why it cannot be. */
export function createPlacard(retry: () => void, act: (action: string) => void) {
  const box = element("div", { class: "placard", role: "status" });
  const waiting = element("p", {}, "Reading the trace…");
  let timer: ReturnType<typeof setTimeout> | undefined;
  box.hidden = true;
  const show = (...children: Node[]) => {
    clearTimeout(timer);
    box.replaceChildren(...children);
    box.hidden = false;
  };
  return {
    element: box,
    /** A trace that opens at once shows nothing of this. */
    loading() {
      clearTimeout(timer);
      timer = setTimeout(() => show(progressRing("Reading the trace"), waiting), WAIT_MS);
    },
    /** How much of it has been read. */
    progress(bytes: number) {
      if (bytes >= 2 ** 20) waiting.textContent = `Reading the trace… ${sizeText(bytes)}`;
    },
    refused(error: unknown) {
      const message = error instanceof Error ? error.message : String(error);
      const action = error instanceof UserError ? error.action : undefined;
      const buttons = element("div", { class: "placard-buttons" }, button("Retry", retry));
      if (action !== undefined && action !== "retry") {
        buttons.append(button(actionTexts[action], () => act(action), { secondary: true }));
      }
      show(
        icon("error"),
        element("h1", {}, "The trace could not be opened"),
        element("p", { role: "alert" }, visibleText(message, true)),
        buttons,
      );
    },
    empty(notes: readonly string[]) {
      show(
        element("h1", {}, "This trace has no spans"),
        ...notes.map((note) => element("p", {}, visibleText(note))),
        element("div", { class: "placard-buttons" }, button("Retry", retry)),
      );
    },
    hide() {
      clearTimeout(timer);
      box.hidden = true;
      box.replaceChildren();
    },
  };
}
