const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Bytes `from` to `to` as base64, with padding. */
export function base64(bytes: Uint8Array, from: number, to: number): string {
  const parts: string[] = [];
  for (let i = from; i < to; i += 3) {
    const left = to - i;
    const bits = (bytes[i] << 16) | (left > 1 ? bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
    parts.push(
      alphabet[bits >>> 18] +
        alphabet[(bits >>> 12) & 63] +
        (left > 1 ? alphabet[(bits >>> 6) & 63] : "=") +
        (left > 2 ? alphabet[bits & 63] : "="),
    );
  }
  return parts.join("");
}
