import { element } from "./dom.ts";

export interface Splitter {
  readonly element: HTMLElement;
  /** Says the size to screen readers, in px. */
  set(size: number): void;
  /** "column" when the parts stand side by side. */
  turn(direction: "column" | "row"): void;
}

/**
 * A line between two parts that is dragged, or moved with the arrow keys (Shift for longer steps, Home and End to the
 * limits). `onMove` gets the wanted size in px, already within the limits.
 */
export function splitter(options: {
  readonly label: string;
  readonly direction: "column" | "row";
  /** Whether the part whose size it is comes after the line. */
  readonly after: boolean;
  size(): number;
  limits(): readonly [number, number];
  onMove(size: number): void;
}): Splitter {
  let direction = options.direction;
  const line = element("div", {
    class: "splitter",
    role: "separator",
    tabindex: 0,
    "aria-label": options.label,
  });

  const move = (size: number) => {
    const [least, most] = options.limits();
    options.onMove(Math.round(Math.min(Math.max(size, least), Math.max(least, most))));
  };
  line.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    line.setPointerCapture(event.pointerId);
    line.classList.add("dragged");
    const from = direction === "column" ? event.clientX : event.clientY;
    const size = options.size();
    const onPointerMove = (moved: PointerEvent) => {
      const by = (direction === "column" ? moved.clientX : moved.clientY) - from;
      move(options.after ? size - by : size + by);
    };
    const end = () => {
      line.classList.remove("dragged");
      line.removeEventListener("pointermove", onPointerMove);
      line.removeEventListener("pointerup", end);
      line.removeEventListener("pointercancel", end);
    };
    line.addEventListener("pointermove", onPointerMove);
    line.addEventListener("pointerup", end);
    line.addEventListener("pointercancel", end);
  });
  line.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 64 : 8;
    const [less, more] = direction === "column" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const [least, most] = options.limits();
    const sign = options.after ? -1 : 1;
    if (event.key === less) move(options.size() - sign * step);
    else if (event.key === more) move(options.size() + sign * step);
    else if (event.key === "Home") move(least);
    else if (event.key === "End") move(most);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const turn = (to: "column" | "row") => {
    direction = to;
    line.dataset.direction = to;
    line.setAttribute("aria-orientation", to === "column" ? "vertical" : "horizontal");
  };
  turn(direction);
  return {
    element: line,
    turn,
    set(size) {
      const [least, most] = options.limits();
      line.setAttribute("aria-valuenow", String(Math.round(size)));
      line.setAttribute("aria-valuemin", String(Math.round(least)));
      line.setAttribute("aria-valuemax", String(Math.round(Math.max(least, most))));
    },
  };
}
