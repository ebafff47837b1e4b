/** "1 span", "1,234 spans"; without a noun the number alone. Digits are grouped by commas whatever the locale. */
export function countText(count: number, noun = "", plural = `${noun}s`): string {
  const digits = String(Math.trunc(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  if (noun === "") return digits;
  return `${digits} ${count === 1 ? noun : plural}`;
}
