import { UserError } from "../base/userError.ts";
import { emptyJson } from "./emptyJson.ts";
import type { Format, Head } from "./format.ts";
import { goStdoutJson } from "./goStdoutJson.ts";
import { jaegerJson } from "./jaegerJson.ts";
import { otlpJson } from "./otlpJson.ts";
import { otlpProtobuf } from "./otlpProtobuf.ts";
import { looksLike } from "./unreadable.ts";
import { zipkinJson } from "./zipkinJson.ts";
import { zipkinV1Json } from "./zipkinV1Json.ts";

/** Every format that can be read; the first that accepts a head reads it. */
export const formats: readonly Format[] = [
  otlpProtobuf,
  otlpJson,
  jaegerJson,
  zipkinJson,
  zipkinV1Json,
  goStdoutJson,
  emptyJson,
];

/** The format of a head. Throws a UserError that says what the bytes look like, and what can be read. */
export function recognise(head: Head): Format {
  for (const format of formats) if (format.accepts(head)) return format;
  if (head.bytes.length === 0) throw new UserError("This is an empty file.", { code: "format" });
  const names = formats.filter((format) => format !== emptyJson).map(({ name }) => name);
  throw new UserError(`This is ${looksLike(head)}. Traces can be read from ${listed(names)}.`, {
    code: "format",
  });
}

function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}
