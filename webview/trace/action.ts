import type { IconName } from "../kit/icon.ts";
import { keyText } from "../kit/keys.ts";
import type { PageState } from "./pageState.ts";

/** Something the page can do: a key, a button and a line in the list of keys come of it. */
export interface Action {
  readonly id: string;
  /** What it does, as a button's name. */
  readonly label: string;
  /** The first is the one that is shown. */
  readonly keys: readonly string[];
  readonly group: "Move" | "Find" | "Time" | "Rows" | "Show" | "Trace";
  /** Its button in the toolbar; those without have theirs where they belong. */
  readonly icon: IconName;
  run(): void;
  /** For what switches something. */
  pressed?(state: PageState): boolean;
  enabled?(state: PageState): boolean;
  /** Why it is not enabled: a sentence. */
  whyNot?(state: PageState): string;
}

/** What hovering over an action's button says: what it does and by which keys, and when it cannot be used, why. */
export function actionTitle(action: Action, state: PageState): string {
  const why = disabledReason(action, state);
  const title = `${action.label} (${action.keys.map(keyText).join(", ")})`;
  return why === undefined ? title : `${title}\n${why}`;
}

/** Why an action cannot be used now; undefined when it can. */
export function disabledReason(action: Action, state: PageState): string | undefined {
  if (action.enabled === undefined || action.enabled(state)) return undefined;
  return action.whyNot?.(state) ?? "This cannot be used now.";
}

/** Runs an action, or has `say` tell why it cannot be used now. */
export function perform(action: Action, state: PageState, say: (text: string) => void): void {
  const why = disabledReason(action, state);
  if (why === undefined) action.run();
  else say(why);
}

/** What actions need of the page around the waterfall. */
export interface Desk {
  openSource(): void;
  focusFind(): void;
  toggleFilter(): void;
  toggleHelp(): void;
  slowest(): void;
  copyLink(): void;
  reload(): void;
  /** Asks the other connections for spans of the trace. */
  merge(): void;
  /** Moves between the rows and the details. */
  changePart(): void;
}
