import { button, iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { icon } from "../kit/icon.ts";
import { visibleText } from "../kit/visibleText.ts";

const SAID_MS = 2500;

/** A line above the rows. */
export interface Notice {
  readonly text: string;
  readonly icon: "warning" | "info";
}

/** Lines above the rows that can be closed, and words that pass: what was copied, where a key led. */
export function createNotices() {
  const lines = element("div", { class: "notices" });
  const live = element("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  const toast = element("div", { class: "toast", "aria-hidden": "true" });
  toast.hidden = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const dismissed = new Set<string>();
  const announce = (text: string) => {
    live.textContent = text;
  };
  /** Where rows are what there is no room for, one line stands for all of them until the others are asked for. */
  const more = element("button", { type: "button", class: "notices-more" });
  more.addEventListener("click", () => {
    lines.classList.toggle("all");
    drawMore();
  });
  const drawMore = () => {
    const others = lines.childElementCount - 1;
    const all = lines.classList.contains("all");
    more.remove();
    if (others < 1) return lines.classList.remove("all");
    more.textContent = all ? "Less" : `${others} more`;
    more.ariaExpanded = String(all);
    lines.firstElementChild?.querySelector(".notice-text")?.after(more);
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
    /** What stands above the rows from now on; what was dismissed stays away while it is said `again` of the same trace. */
    set(notices: readonly Notice[], again = false) {
      if (!again) dismissed.clear();
      const wanted = notices.filter(({ text }) => !dismissed.has(text));
      lines.replaceChildren(
        ...wanted.slice(0, 20).map(({ text, icon: name }) =>
          lineOf(text, name, undefined, () => {
            dismissed.add(text);
            drawMore();
          }),
        ),
      );
      drawMore();
    },
    /** Says what failed, in place of all else, with a button to try again. */
    failed(text: string, retry: () => void) {
      lines.replaceChildren(lineOf(text, "warning", retry));
    },
  };
}

function lineOf(
  text: string,
  name: Notice["icon"],
  retry: (() => void) | undefined,
  dismiss = () => {},
): HTMLElement {
  const said = visibleText(text.slice(0, 1000));
  const line = element(
    "div",
    { class: "notice", role: "note" },
    icon(name),
    element("bdi", { class: "notice-text", title: said }, said),
    retry && button("Retry", retry, { secondary: true }),
    iconButton("close", "Dismiss", () => {
      line.remove();
      dismiss();
    }),
  );
  return line;
}
