/** Why a span is not shown exactly as it was sent: left on the span by the builder, explained to the person who looks. */
export const Warning = {
  missingParent: 1,
  duplicateId: 2,
  cycle: 3,
  selfParent: 4,
  endBeforeStart: 5,
  noStart: 6,
  noEnd: 7,
  zeroId: 8,
  timeOutOfRange: 9,
  skewAdjusted: 10,
  skewSuspected: 11,
  malformedText: 12,
  sharedId: 14,
  cut: 15,
  source: 16,
} as const;
export type Warning = (typeof Warning)[keyof typeof Warning];

/** One sentence for a warning; `detail` is what the builder kept with it (an id, a time, the source's own words). */
export function warningText(code: Warning, detail: string): string {
  switch (code) {
    case Warning.missingParent:
      return `The parent span ${detail} is not in this trace. It may have been sampled out, lost, or not sent yet.`;
    case Warning.duplicateId:
      return "Another span in this trace has the same span ID. Each is shown; children are under the first that fits.";
    case Warning.cycle:
      return `The span is its own ancestor. Its link to parent ${detail} was left out so that the tree ends.`;
    case Warning.selfParent:
      return "The span names itself as its parent. It is shown as a root.";
    case Warning.endBeforeStart:
      return `The span ended before it started (${detail}). It is shown with a duration of 0.`;
    case Warning.noStart:
      return "The span has no start time. It is placed at the start of its parent.";
    case Warning.noEnd:
      return "The span has no end time: it was not finished when it was sent. It is shown with a duration of 0.";
    case Warning.zeroId:
      return "The span has no span ID. One was made up to show it.";
    case Warning.timeOutOfRange:
      return `The span's time (${detail}) is more than 52 days from the rest of the trace. It is placed at its parent.`;
    case Warning.skewAdjusted:
      return `The span was moved by ${detail} because the clocks of two hosts disagree. Show raw times to see it unmoved.`;
    case Warning.skewSuspected:
      return `The span starts ${detail} before its parent. The clocks of two hosts may disagree.`;
    case Warning.malformedText:
      return "Some text of this span is not valid UTF-8. What could not be read is shown as \uFFFD.";
    case Warning.sharedId:
      return "Client and server sent one span ID for both halves of a call. They are shown as two spans.";
    case Warning.cut:
      return `Part of this span was too large and was cut: ${detail}.`;
    case Warning.source:
      return detail;
  }
}
