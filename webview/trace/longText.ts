import { countText } from "../../src/model/durationText.ts";
import { element } from "../kit/dom.ts";

/** A longer value is cut here on screen; copying it gives all of it. */
export const LONGEST_VALUE = 4096;
/** A longer stack trace is. */
export const LONGEST_STACK = 16_384;

/** Says that only the first `most` characters of a value are shown; undefined when all are. */
export function cutNote(value: string, most: number): HTMLElement | undefined {
  if (value.length <= most) return undefined;
  return element(
    "div",
    { class: "cut" },
    `The first ${countText(most)} of ${countText(value.length)} characters. Copy gives the full value.`,
  );
}
