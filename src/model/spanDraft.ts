/**
 * The span a decoder is reading: plain numbers that it sets and `SpanSink.commit` copies into columns.
 * Times are unix ns as two 32-bit words, because a JS number cannot hold them; 0, 0 is "not given".
 */
export interface SpanDraft {
  /** The 128-bit trace id as four words, most significant first; ignored when traceText is set. */
  trace0: number;
  trace1: number;
  trace2: number;
  trace3: number;
  /** A trace id that is not hex. */
  traceText: string;
  idHigh: number;
  idLow: number;
  /** A span id that is not hex. */
  idText: string;
  parentHigh: number;
  parentLow: number;
  parentText: string;
  /** Label index. */
  name: number;
  kind: number;
  status: number;
  /** Text index plus 1; 0 for none. */
  message: number;
  flags: number;
  startHigh: number;
  startLow: number;
  endHigh: number;
  endLow: number;
  /** A time was given that is not a time: negative, NaN, text. */
  badTime: boolean;
  /** Zipkin: the server half of a span whose id the client shares. */
  shared: boolean;
  /** Records of one span may come apart (Zipkin): those with equal id, kind and service are one span. */
  partial: boolean;
  /** The source's own warnings about the span. */
  warnings: string[];
}

/** A draft with nothing set. */
export function emptyDraft(): SpanDraft {
  return {
    trace0: 0,
    trace1: 0,
    trace2: 0,
    trace3: 0,
    traceText: "",
    idHigh: 0,
    idLow: 0,
    idText: "",
    parentHigh: 0,
    parentLow: 0,
    parentText: "",
    name: 0,
    kind: 0,
    status: 0,
    message: 0,
    flags: 0,
    startHigh: 0,
    startLow: 0,
    endHigh: 0,
    endLow: 0,
    badTime: false,
    shared: false,
    partial: false,
    warnings: [],
  };
}

/** Makes a used draft empty again; no object is made, for it happens once a span. */
export function clearDraft(draft: SpanDraft): void {
  draft.trace0 = draft.trace1 = draft.trace2 = draft.trace3 = 0;
  draft.traceText = draft.idText = draft.parentText = "";
  draft.idHigh = draft.idLow = draft.parentHigh = draft.parentLow = 0;
  draft.name = draft.kind = draft.status = draft.message = draft.flags = 0;
  draft.startHigh = draft.startLow = draft.endHigh = draft.endLow = 0;
  draft.badTime = draft.shared = draft.partial = false;
  if (draft.warnings.length > 0) draft.warnings = [];
}
