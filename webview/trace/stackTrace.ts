import type { StackFrame, TraceHost } from "../../src/wire/protocol.ts";
import { iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { visibleText } from "../kit/visibleText.ts";

/** A longer stack trace is cut on screen; copying it gives all of it. */
export const LONGEST_STACK = 16_384;

export interface StackTraces {
  /** The stack trace of an event of a row, its frames as links once the editor has said where they are. */
  element(row: number, event: number, stack: string): HTMLElement;
  /** Rows are of another trace now. */
  forget(): void;
}

/** Stack traces of events; `open` is told of the frame that was chosen. */
export function createStackTraces(
  host: TraceHost,
  open: (row: number, event: number, frame: number) => void,
): StackTraces {
  const known = new Map<string, readonly StackFrame[]>();
  let generation = 0;
  return {
    element(row, event, stack) {
      const text = stack.slice(0, LONGEST_STACK);
      const rest = stack.length > text.length ? "\n…" : "";
      const pre = element("pre", { tabindex: 0, "aria-label": "Stack trace" });
      const draw = (frames: readonly StackFrame[]) =>
        pre.replaceChildren(...parts(text, frames, (frame) => open(row, event, frame)), rest);
      const key = `${row} ${event}`;
      const frames = known.get(key);
      draw(frames ?? []);
      if (frames === undefined) {
        const asked = generation;
        // Text is what a stack trace is without them.
        host.stackFrames(row, event).then(
          (found) => {
            if (asked !== generation) return;
            known.set(key, found);
            draw(found);
          },
          () => {},
        );
      }
      const copy = iconButton("copy", "Copy stack trace", () => void host.copy(stack));
      return element("div", { class: "stack" }, pre, copy);
    },
    forget() {
      generation++;
      known.clear();
    },
  };
}

/** The text with its frames as links: ranges that do not ascend within it are none. */
function parts(
  text: string,
  frames: readonly StackFrame[],
  open: (frame: number) => void,
): (string | HTMLElement)[] {
  const made: (string | HTMLElement)[] = [];
  let at = 0;
  frames.forEach(({ from, to, isLibrary }, index) => {
    if (!(from >= at && to > from && to <= text.length)) return;
    made.push(visibleText(text.slice(at, from), true));
    made.push(frameLink(visibleText(text.slice(from, to), true), isLibrary, () => open(index)));
    at = to;
  });
  made.push(visibleText(text.slice(at), true));
  return made;
}

/** Not a button, for its text is selected and copied with what is around it. */
function frameLink(text: string, isLibrary: boolean, open: () => void): HTMLElement {
  return element(
    "span",
    {
      class: isLibrary ? "frame-link library" : "frame-link",
      role: "link",
      tabindex: 0,
      title: "Open this line (Enter)",
      on: {
        click: () => {
          if (window.getSelection()?.isCollapsed !== false) open();
        },
        keydown: (event) => {
          if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          event.stopPropagation();
          open();
        },
      },
    },
    text,
  );
}
