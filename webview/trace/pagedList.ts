import { countText } from "../../src/model/durationText.ts";
import { button } from "../kit/controls.ts";

const PAGE = 100;

/** Appends what `make` gives for 0 … `length` - 1 to `list`, a hundred at a time, with a button for the next. */
export function pagedList(
  list: HTMLElement,
  length: number,
  noun: string,
  make: (index: number) => Node,
): void {
  let next = 0;
  const more = button("", () => show(), { secondary: true });
  more.classList.add("show-more");
  const show = () => {
    const stop = Math.min(length, next + PAGE);
    more.remove();
    for (; next < stop; next++) list.append(make(next));
    if (next < length) {
      const left = length - next;
      more.textContent =
        left > PAGE
          ? `Show ${PAGE} of ${countText(left, `more ${noun}`)}`
          : `Show ${countText(left, `more ${noun}`)}`;
      list.append(more);
    }
  };
  show();
}
