import type { LineHint } from "./hints.ts";

/**
 * Of hints that stand on one line now, in one service, those of the newest text: the same line was measured before under
 * another number.
 */
export function newestOfLine<T extends { readonly hint: LineHint; readonly line: number }>(
  placed: readonly T[],
): T[] {
  const keyOf = ({ hint, line }: T) => `${line}\n${hint.service}`;
  const newest = new Map<string, number>();
  for (const one of placed)
    newest.set(keyOf(one), Math.max(newest.get(keyOf(one)) ?? 0, one.hint.generation));
  return placed.filter((one) => one.hint.generation === newest.get(keyOf(one)));
}
