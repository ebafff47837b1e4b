const form = /^(\d{1,4})(m|h|d)$/;

/** Whether it is one of "15m", "6h", "7d". */
export function isSpanOfTime(text: string): boolean {
  return form.test(text);
}

/** "15m", "6h", "7d" in ms; an hour when it is none of these. */
export function spanOfTime(text: string): number {
  const match = form.exec(text.trim());
  if (match === null) return 3_600_000;
  const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as "m" | "h" | "d"];
  return Number(match[1]) * unit;
}
