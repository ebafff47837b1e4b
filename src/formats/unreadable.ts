import type { Head } from "./format.ts";
import { isUtf16 } from "./head.ts";

/** What bytes look like that no format accepts, as the end of "This is …": for the person who opened them. */
export function looksLike(head: Head): string {
  const { bytes } = head;
  if (isUtf16(bytes)) return "text in UTF-16; save it as UTF-8";
  for (const [magic, name] of magics) if (magic.every((byte, i) => bytes[i] === byte)) return name;
  if (head.json !== undefined) return jsonLooksLike(head.json.keys, head.json.root);
  const text = decoder.decode(bytes.subarray(0, 4096)).trimStart();
  if (text === "" && bytes.length < 4096) return "a file of white space alone";
  if (/^<(!doctype html|html|head|body|\?xml[^>]*>\s*<html)/i.test(text)) {
    return "an HTML page, perhaps a login page, not JSON";
  }
  if (text.startsWith("<")) return "XML or HTML, not JSON";
  if (/^(null|true|false|-?\d+(\.\d+)?)\s*$/.test(text)) {
    return `the JSON value ${text.trim().slice(0, 20)}, without traces`;
  }
  // Thrift's binary list: element type 12 (struct), a four-byte count, then a field: type 10, id 1 (a Zipkin span's trace id).
  if (bytes[0] === 12 && bytes[5] === 10 && bytes[6] === 0 && bytes[7] === 1) return "Zipkin's Thrift form";
  if (bytes.subarray(0, 512).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) {
    return "a binary file of an unknown kind";
  }
  return "plain text, not JSON";
}

const magics: readonly (readonly [readonly number[], string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive; extract it first"],
  [[0x50, 0x4b, 0x05, 0x06], "an empty zip archive"],
  [[0x42, 0x5a, 0x68], "compressed with bzip2; decompress it first"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "compressed with xz; decompress it first"],
  [[0x37, 0x7a, 0xbc, 0xaf], "a 7-Zip archive; extract it first"],
  [[0x04, 0x22, 0x4d, 0x18], "compressed with lz4; decompress it first"],
  [[0x1f, 0x8b], "compressed with gzip twice"],
  [[0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd twice"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF document"],
  [[0x89, 0x50, 0x4e, 0x47], "a PNG picture"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file (Tempo's block?)"],
];

function jsonLooksLike(keys: readonly ReadonlySet<string>[], root: "object" | "array"): string {
  const [first] = keys;
  if (first.has("resourceProfiles")) return "OTLP profiles, without traces";
  if (first.has("traceEvents") || (first.has("ph") && first.has("ts"))) return "a Chrome trace";
  if (first.has("traces")) return "a search answer of Tempo, which lists traces without their spans";
  if (first.has("$schema") && (first.has("profiles") || first.has("shared"))) return "a Speedscope profile";
  if (first.has("nodes") && first.has("samples")) return "a CPU profile";
  if (first.has("errors") || first.has("error")) return "a JSON error message";
  if (first.has("hits") || first.has("_source")) return "an Elasticsearch answer";
  if (first.size === 0) return `an empty JSON ${root}`;
  const names = [...first].slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
  return `JSON of an unknown kind, with ${names.join(", ")}`;
}

const decoder = new TextDecoder();
