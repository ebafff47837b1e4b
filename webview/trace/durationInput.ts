const units = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["μs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["min", 60e9],
  ["h", 3600e9],
]);

/** A typed duration in ns: "10ms", "1.5 s"; a number alone is ms, nothing is 0, and anything else undefined. */
export function durationOf(typed: string): number | undefined {
  const text = typed.trim().toLowerCase();
  if (text === "") return 0;
  const parts = /^(\d+(?:[.,]\d+)?)\s*([a-zµμ]*)$/.exec(text);
  if (parts === null) return undefined;
  const unit = units.get(parts[2] === "" ? "ms" : parts[2]);
  return unit === undefined ? undefined : Number(parts[1].replace(",", ".")) * unit;
}
