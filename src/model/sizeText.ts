import { countText } from "./countText.ts";

/**
 * "800 bytes", "64 KB", "1,024 MB": a number of bytes, rounded up, in powers of 1024 as VS Code counts. Sizes in settings are in
 * MB, so nothing is larger than that.
 */
export function sizeText(bytes: number): string {
  if (bytes >= 2 ** 20) return `${countText(Math.ceil(bytes / 2 ** 20))} MB`;
  return bytes >= 2 ** 10 ? `${Math.ceil(bytes / 2 ** 10)} KB` : countText(bytes, "byte");
}
