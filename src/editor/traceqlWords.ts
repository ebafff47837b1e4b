/** A word of TraceQL, with what it means in one sentence. */
export interface TraceqlWord {
  readonly text: string;
  readonly means: string;
}

type Pairs = readonly (readonly [string, string])[];

function words(pairs: Pairs): readonly TraceqlWord[] {
  return pairs.map(([text, means]) => ({ text, means }));
}

/** What a span, its trace, events and links have of themselves. Source: grafana/tempo, "TraceQL: Intrinsic fields". */
export const intrinsics = words([
  ["name", "Name of the span (operation)"],
  ["status", "Status of the span: error, ok or unset"],
  ["statusMessage", "Text that came with the status"],
  ["kind", "Kind of the span: server, client, producer, consumer, internal or unspecified"],
  ["duration", "How long the span took: 100ms, 1.5s"],
  ["traceDuration", "From the earliest start to the latest end of the trace"],
  ["rootName", "Name of the trace's root span"],
  ["rootServiceName", "Service of the trace's root span"],
  ["nestedSetParent", "Number of the parent in the trace; -1 for a root span"],
  ["nestedSetLeft", "First number of the span when the trace is numbered as nested sets"],
  ["nestedSetRight", "Last number of the span when the trace is numbered as nested sets"],
  ["span:name", "Name of the span (operation)"],
  ["span:status", "Status of the span: error, ok or unset"],
  ["span:statusMessage", "Text that came with the status"],
  ["span:kind", "Kind of the span: server, client, producer, consumer, internal or unspecified"],
  ["span:duration", "How long the span took"],
  ["span:id", "ID of the span, 16 hex digits"],
  ["span:parentID", "ID of the parent span"],
  ["span:childCount", "How many children the span has"],
  ["trace:id", "ID of the trace, 32 hex digits"],
  ["trace:duration", "From the earliest start to the latest end of the trace"],
  ["trace:rootName", "Name of the trace's root span"],
  ["trace:rootService", "Service of the trace's root span"],
  ["event:name", "Name of an event of the span"],
  ["event:timeSinceStart", "Time from the span's start to the event"],
  ["link:traceID", "ID of the trace that a link of the span points at"],
  ["link:spanID", "ID of the span that a link of the span points at"],
  ["instrumentation:name", "Name of the instrumentation scope"],
  ["instrumentation:version", "Version of the instrumentation scope"],
]);

export const scopes = words([
  ["span.", "Attributes of the span"],
  ["resource.", "Attributes of what sent the span: service.name, k8s.pod.name, …"],
  ["event.", "Attributes of the span's events"],
  ["link.", "Attributes of the span's links"],
  ["instrumentation.", "Attributes of the instrumentation scope"],
  ["parent.", "Attributes of the parent span"],
]);

/** What may follow a `|`. */
export const stages = words([
  ["select", "Adds fields to the spans of the answer: select(span.http.route)"],
  ["by", "Groups spans, here or after a metrics function: by(resource.service.name)"],
  ["coalesce", "Joins groups into one again: coalesce()"],
  ["count", "Number of spans of each trace: count() > 2"],
  ["avg", "Mean of a number over the spans: avg(duration) > 1s"],
  ["max", "Largest over the spans: max(duration) > 1s"],
  ["min", "Least over the spans: min(duration) < 1ms"],
  ["sum", "Sum over the spans: sum(span.bytes) > 1000"],
  ["rate", "Metrics: matching spans a second"],
  ["count_over_time", "Metrics: matching spans in each step"],
  ["min_over_time", "Metrics: least of a number in each step"],
  ["max_over_time", "Metrics: largest of a number in each step"],
  ["avg_over_time", "Metrics: mean of a number in each step"],
  ["sum_over_time", "Metrics: sum of a number in each step"],
  ["quantile_over_time", "Metrics: quantiles in each step: quantile_over_time(duration, .5, .99)"],
  ["histogram_over_time", "Metrics: how values are spread in each step"],
  [
    "compare",
    "Metrics: how the attributes of a selection differ from the others: compare({ status = error })",
  ],
  ["topk", "Metrics: the series with the largest values: topk(5)"],
  ["bottomk", "Metrics: the series with the least values: bottomk(5)"],
]);

/** Functions of metrics: their answers are series, not traces, and their grammar grows with each release. */
export const metricsFunctions: ReadonlySet<string> = new Set(
  stages.filter(({ means }) => means.startsWith("Metrics:")).map(({ text }) => text),
);

export const constants = words([
  ["true", "The truth value"],
  ["false", "The truth value"],
  ["nil", "Nothing: != nil asks that there is the attribute at all"],
  ["error", "Status: the span failed"],
  ["ok", "Status: the span was said to have succeeded"],
  ["unset", "Status: nothing was said"],
  ["server", "Kind: answers a request"],
  ["client", "Kind: sends a request"],
  ["producer", "Kind: puts a message somewhere"],
  ["consumer", "Kind: takes a message"],
  ["internal", "Kind: work within a program"],
  ["unspecified", "Kind: nothing was said"],
]);

/** Between a field and a value. */
export const comparisons = words([
  ["=", "Equal"],
  ["!=", "Not equal"],
  [">", "Greater"],
  [">=", "Greater or equal"],
  ["<", "Less"],
  ["<=", "Less or equal"],
  ["=~", "Matches a regular expression, from beginning to end"],
  ["!~", "Does not match a regular expression"],
]);

/** Between selectors in braces. */
export const structural = words([
  ["|", "Hands the spans on to the next stage"],
  ["&&", "Both are somewhere in the trace"],
  ["||", "One of both is in the trace"],
  [">>", "The right is a descendant of the left"],
  [">", "The right is a child of the left"],
  ["<<", "The right is an ancestor of the left"],
  ["<", "The right is the parent of the left"],
  ["~", "The right is a sibling of the left"],
  ["!>>", "The right is no descendant of the left"],
  ["!>", "The right is no child of the left"],
  ["&>>", "As >>, and both sides are in the answer"],
  ["&>", "As >, and both sides are in the answer"],
]);

const fields: readonly string[] = ["status", "span:status", "kind", "span:kind"];

/** The words that a field may be compared with; undefined where any value may stand. */
export function wordsOf(field: string): readonly TraceqlWord[] | undefined {
  if (!fields.includes(field)) return undefined;
  const prefix = field.endsWith("status") ? "Status:" : "Kind:";
  return constants.filter(({ means }) => means.startsWith(prefix));
}

const explained = new Map(
  [...structural, ...comparisons, ...constants, ...scopes, ...stages, ...intrinsics].map((word) => [
    word.text,
    word.means,
  ]),
);

/** What a word means, or undefined. `span.http.route` is explained by its scope. */
export function meaningOf(word: string): string | undefined {
  const whole = explained.get(word);
  if (whole !== undefined) return whole;
  if (word.startsWith(".")) return "Attribute of the span, or of its resource where the span has none";
  const dot = word.indexOf(".");
  return dot < 0 ? undefined : explained.get(word.slice(0, dot + 1));
}
