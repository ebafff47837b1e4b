import { button, iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { icon } from "../kit/icon.ts";
import { visibleText } from "../kit/visibleText.ts";

const SAID_MS = 2500;

/** Lines above the rows that can be closed, and words that pass: what was copied, where a key led. */
export function createNotices() {
  const lines = element("div", { class: "notices" });
  const live = element("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  const toast = element("div", { class: "toast", "aria-hidden": "true" });
  toast.hidden = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const announce = (text: string) => {
    live.textContent = text;
  };
  return {
    elements: [lines, live, toast],
    /** For screen readers alone. */
    announce,
    /** For all, for a moment. */
    say(text: string) {
      announce(text);
      toast.textContent = visibleText(text.slice(0, 300));
      toast.hidden = false;
      clearTimeout(timer);
      timer = setTimeout(() => {
        toast.hidden = true;
      }, SAID_MS);
    },
    /** What stands above the rows from now on; `retry` gives the line a button. */
    set(notes: readonly string[], retry?: () => void) {
      lines.replaceChildren(
        ...notes.slice(0, 20).map((note) => {
          const line = element(
            "div",
            { class: "notice", role: "note" },
            icon("warning"),
            element("bdi", { class: "notice-text" }, visibleText(note.slice(0, 1000))),
            retry && button("Retry", retry, { secondary: true }),
            iconButton("close", "Dismiss", () => line.remove()),
          );
          return line;
        }),
      );
    },
  };
}
