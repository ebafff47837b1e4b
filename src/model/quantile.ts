/**
 * The `q` quantile (0 … 1) of ascending values, interpolated between the two nearest (type 7 of Hyndman and Fan 1996, what
 * spreadsheets and NumPy do). 0 for no values.
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return 0;
  const at = Math.min(1, Math.max(0, q)) * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}
