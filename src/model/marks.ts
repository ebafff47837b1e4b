import type { SpanSink } from "./spanSink.ts";
import { type Details, Mark } from "./trace.ts";

/** Attribute keys that name a place in the code. */
export const placeKeys: readonly string[] = [
  "code.file.path",
  "code.filepath",
  "code.function.name",
  "code.function",
  "code.namespace",
  "code.stacktrace",
  "_dd.code_origin.frames.0.file",
];

/** Sets the bits of Mark that the details decide. */
export function markRows(
  sink: SpanSink,
  details: Pick<Details, "attributes" | "events" | "links" | "warnings">,
  mark: Uint8Array,
): void {
  const isPlace = new Uint8Array(sink.labels.length + placeKeys.length);
  for (const key of placeKeys) isPlace[sink.labels.internText(key)] = 1;
  const exception = sink.labels.internText("exception");
  const { attributes, events, links, warnings } = details;
  for (let row = 0; row < mark.length; row++) {
    let bits = mark[row];
    for (let k = attributes.offset[row]; k < attributes.offset[row + 1]; k++) {
      if (isPlace[attributes.key[k]] === 1) bits |= Mark.place;
    }
    if (events.offset[row + 1] > events.offset[row]) bits |= Mark.events;
    for (let k = events.offset[row]; k < events.offset[row + 1]; k++) {
      if (events.name[k] === exception) bits |= Mark.exception | Mark.place;
    }
    if (links.offset[row + 1] > links.offset[row]) bits |= Mark.links;
    mark[row] = bits;
  }
  for (const row of warnings.row) mark[row] |= Mark.warning;
}
