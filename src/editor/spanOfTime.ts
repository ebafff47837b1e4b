/** "15m", "6h", "7d" in ms; an hour when it is none of these. */
export function spanOfTime(text: string): number {
  const match = /^(\d{1,4})(m|h|d)$/.exec(text.trim());
  if (match === null) return 3_600_000;
  const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as "m" | "h" | "d"];
  return Number(match[1]) * unit;
}
