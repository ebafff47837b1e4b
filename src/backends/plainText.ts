const shown = 500;

/**
 * What a server said, fit to be shown: at most 500 characters, no control or direction characters, and `***` where it
 * repeats one of `secrets`.
 */
export function plainText(text: string, secrets: readonly string[]): string {
  let plain = text;
  for (const secret of secrets) {
    if (secret !== "") plain = plain.replaceAll(secret, "***");
  }
  plain = plain
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
  if (plain.length <= shown) return plain;
  return `${plain.slice(0, shown - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
