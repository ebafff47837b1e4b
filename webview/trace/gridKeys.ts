import type { Browse } from "./browse.ts";
import type { PageStore } from "./pageState.ts";

/** The keys of the treegrid itself, for the list of keys. */
export const gridKeyTexts: readonly (readonly [string, string])[] = [
  ["↑ ↓", "Previous, next row"],
  ["← →", "Collapse or go to parent; expand or go to first child"],
  ["Space", "Collapse or expand"],
  ["Page Up, Page Down", "A page up, down"],
  ["Home, End", "First, last row"],
];

/** What arrow keys and their like do while the rows have the focus; true when the key was one of them. */
export function handleGridKey(
  event: KeyboardEvent,
  store: PageStore,
  browse: Browse,
  page: () => number,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  const moves = new Map<string, () => void>([
    ["ArrowDown", () => browse.step(1)],
    ["ArrowUp", () => browse.step(-1)],
    ["ArrowLeft", browse.closeOrParent],
    ["ArrowRight", browse.openOrChild],
    ["PageDown", () => browse.step(page())],
    ["PageUp", () => browse.step(-page())],
    ["Home", browse.first],
    ["End", browse.last],
    [" ", () => store.get().selected >= 0 && browse.toggle(store.get().selected)],
  ]);
  const move = moves.get(event.key);
  if (move === undefined) return false;
  move();
  return true;
}
