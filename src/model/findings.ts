import { countText } from "./countText.ts";
import { type Identities, IdFault } from "./identities.ts";
import type { Moved } from "./moveSkewed.ts";
import { ParentFault, type Parents } from "./parents.ts";
import { hexId } from "./spanId.ts";
import type { SpanSink } from "./spanSink.ts";
import { type SpanTimes, sentTimes, TimeFault } from "./spanTimes.ts";
import { Warning } from "./warning.ts";
import { WarningList } from "./warningList.ts";

/** What the steps of the builder found out about the records of one trace. */
export interface Findings {
  readonly times: SpanTimes;
  readonly ids: Identities;
  readonly tree: Parents;
  readonly moved: Moved;
}

/** A warning on each record for each thing that was repaired or is odd about it, by index of `rows`. */
export function warningsOf(sink: SpanSink, rows: Int32Array, found: Findings): WarningList {
  const { times, ids, tree, moved } = found;
  const list = new WarningList(sink.texts);
  const parentText = (i: number) =>
    sink.parentTexts.get(rows[i]) ??
    hexId(sink.parents.data[2 * rows[i]], sink.parents.data[2 * rows[i] + 1]);
  for (let i = 0; i < rows.length; i++) {
    if (ids.into[i] >= 0) continue;
    const time = times.fault[i];
    if (time !== 0) {
      if ((time & TimeFault.endBeforeStart) !== 0)
        list.add(i, Warning.endBeforeStart, sentTimes(sink, rows[i]));
      if ((time & TimeFault.noStart) !== 0) list.add(i, Warning.noStart);
      if ((time & TimeFault.noEnd) !== 0) list.add(i, Warning.noEnd);
      if ((time & TimeFault.outOfRange) !== 0) list.add(i, Warning.timeOutOfRange, sentTimes(sink, rows[i]));
    }
    const tie = tree.fault[i];
    if (tie !== 0) {
      if ((tie & ParentFault.missing) !== 0) list.add(i, Warning.missingParent, parentText(i));
      if ((tie & ParentFault.self) !== 0) list.add(i, Warning.selfParent);
      if ((tie & ParentFault.cycle) !== 0) list.add(i, Warning.cycle, parentText(i));
    }
    const id = ids.fault[i];
    if (id !== 0) {
      if ((id & IdFault.zero) !== 0) list.add(i, Warning.zeroId);
      if ((id & IdFault.duplicate) !== 0) list.add(i, Warning.duplicateId);
      if ((id & IdFault.shared) !== 0) list.add(i, Warning.sharedId);
    }
    if (moved.delta !== undefined && moved.delta[i] !== 0)
      list.add(i, Warning.skewAdjusted, `${moved.delta[i]} ns`);
    if (moved.early !== undefined && moved.early[i] !== 0)
      list.add(i, Warning.skewSuspected, `${moved.early[i]} ns`);
  }
  if (sink.spanWarnings.size === 0 && sink.malformedSpans.length === 0) return list;
  const recordOf = new Map<number, number>();
  for (let i = 0; i < rows.length; i++) recordOf.set(rows[i], i);
  for (const [s, texts] of sink.spanWarnings) {
    const i = recordOf.get(s);
    if (i !== undefined) for (const text of texts) list.add(i, Warning.source, text);
  }
  for (const s of sink.malformedSpans) {
    const i = recordOf.get(s);
    if (i !== undefined) list.add(i, Warning.malformedText);
  }
  return list;
}

/** What is to be said of the trace as a whole. */
export function notesOf(sink: SpanSink, dropped: number, nameless: number): string[] {
  const notes = [...sink.notes].map(([text, times]) => (times > 1 ? `${countText(times)} ${text}` : text));
  if (dropped > 0) notes.push(`${countText(dropped, "span")} sent twice, shown once.`);
  if (nameless > 0)
    notes.push(`${countText(nameless, "span")} without service.name, shown as unknown_service.`);
  return notes;
}
