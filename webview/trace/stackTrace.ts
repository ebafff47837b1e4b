import type { StackFrame, TraceHost } from "../../src/wire/protocol.ts";
import { iconButton } from "../kit/controls.ts";
import { element } from "../kit/dom.ts";
import { visibleText } from "../kit/visibleText.ts";
import { cutNote, LONGEST_STACK, LONGEST_VALUE } from "./longText.ts";
import { isJson } from "./prettyJson.ts";

/** The attribute that holds a stack trace: its number among those of event `event` of a row, or with -1 of the row itself. */
export interface StackAt {
  readonly row: number;
  readonly event: number;
  readonly attribute: number;
}

export interface StackTraces {
  /** A stack trace in a box of its own, its frames as links once the editor has said where they are. */
  element(at: StackAt, stack: string): HTMLElement;
  /** The value of an attribute, its frames as links should it turn out to be a stack trace; undefined for what cannot be one. */
  value(at: StackAt, value: string): HTMLElement | undefined;
  /** Rows are of another trace now. */
  forget(): void;
}

/** Stack traces of attributes; `open` is told of the frame that was chosen. */
export function createStackTraces(
  host: TraceHost,
  open: (row: number, event: number, attribute: number, frame: number) => void,
): StackTraces {
  const known = new Map<string, readonly StackFrame[]>();
  let generation = 0;

  /** Draws a text without frames and, once they are known, with them. */
  const follow = (at: StackAt, draw: (frames: readonly StackFrame[]) => void): void => {
    const { row, event, attribute } = at;
    const key = `${row} ${event} ${attribute}`;
    const frames = known.get(key);
    draw(frames ?? []);
    if (frames !== undefined) return;
    const asked = generation;
    // Text is what a stack trace is without them.
    host.stackFrames(row, event, attribute).then(
      (found) => {
        if (asked !== generation) return;
        known.set(key, found);
        if (found.length > 0) draw(found);
      },
      () => {},
    );
  };
  const linked = ({ row, event, attribute }: StackAt, text: string, frames: readonly StackFrame[]) =>
    parts(text, frames, (frame) => open(row, event, attribute, frame));

  return {
    element(at, stack) {
      const text = stack.slice(0, LONGEST_STACK);
      const rest = stack.length > text.length ? "\n…" : "";
      const pre = element("pre", { tabindex: 0, "aria-label": "Stack trace" });
      follow(at, (frames) => pre.replaceChildren(...linked(at, text, frames), rest));
      const copy = iconButton("copy", "Copy stack trace", () => void host.copy(stack));
      return element("div", { class: "stack" }, pre, copy);
    },
    value(at, value) {
      if (!mayBeStack(value)) return undefined;
      const box = element("div", {});
      follow(at, (frames) => {
        const most = frames.length > 0 ? LONGEST_STACK : LONGEST_VALUE;
        const text = element(
          "bdi",
          { class: "value value-string" },
          ...linked(at, value.slice(0, most), frames),
        );
        box.replaceChildren(text, cutNote(value, most) ?? "");
      });
      return box;
    },
    forget() {
      generation++;
      known.clear();
    },
  };
}

/** Several lines and a number as those of frames are written, in what is no JSON: the editor is not asked about anything else. */
function mayBeStack(value: string): boolean {
  const start = value.slice(0, LONGEST_STACK);
  return start.includes("\n") && /(?:[:(]|line )\d/.test(start) && !isJson(start);
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
