import type { Outline } from "../../src/model/trace.ts";
import { type PageState, type PageStore, wholeOf } from "./pageState.ts";
import { clampWindow } from "./timeWindow.ts";

/** Keeps what is drawn in step with the choice of times: as repaired for clock skew, or as they were sent. */
export function followRawTimes(store: PageStore): void {
  const follow = () => {
    const state = store.get();
    const shown = shownOutline(state);
    if (shown === state.shown) return;
    const whole = wholeOf(shown);
    store.set({ shown, whole, window: clampWindow(state.window, whole) });
  };
  store.watch(["rawTimes", "trace", "outline"], follow);
}

function shownOutline({ outline, trace, rawTimes }: PageState): Outline {
  if (!rawTimes || trace === undefined || trace.skew.length === 0) return outline;
  const start = new Float64Array(outline.length);
  for (let row = 0; row < outline.length; row++) start[row] = outline.start[row] - trace.skew[row];
  return { ...outline, start };
}
