/**
 * Text of a trace as it is shown: control characters, bidirectional overrides, invisible characters and lone surrogates
 * become symbols, so that what is read is what is there. Line breaks and tabs stay when `lines` is true.
 */
export function visibleText(text: string, lines = false): string {
  if (!suspicious.test(text)) return text;
  return text.replace(hidden, (character) => {
    if (lines && (character === "\n" || character === "\t")) return character;
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
  });
}

const suspicious =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/;
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
