import { type FunctionLines, functionAround } from "./functionLines.ts";
import type { AnchoredHint } from "./hintAnchors.ts";

/** The first hint of a function stands above the function, the others above their own lines. */
export function placedHints(
  hints: readonly AnchoredHint[],
  functions: readonly FunctionLines[],
): AnchoredHint[] {
  const first = new Map<FunctionLines, number>();
  for (const { line } of hints) {
    const around = functionAround(functions, line);
    if (around !== undefined) first.set(around, Math.min(first.get(around) ?? line, line));
  }
  return hints.map((anchored) => {
    const around = functionAround(functions, anchored.line);
    if (around === undefined || first.get(around) !== anchored.line) return anchored;
    return { ...anchored, line: around.first };
  });
}
