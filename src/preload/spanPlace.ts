import { callSite } from "./callSite.ts";

/** Attributes by which a span says itself where its code is; of older conventions too. */
const codeKeys = [
  "code.file.path",
  "code.filepath",
  "code.function.name",
  "code.function",
  "code.line.number",
  "code.lineno",
];

interface RecordingSpan {
  readonly attributes: Readonly<Record<string, unknown>>;
  isRecording(): boolean;
  setAttribute(key: string, value: string | number): unknown;
}

/**
 * Puts file, line (where it is known) and function of the innermost frame of the program's own code on a span that was just started. A span that
 * is not recorded, that says itself where its code is, or that is none of an OpenTelemetry SDK, stays as it is. Never throws.
 */
export function putPlace(span: unknown, below: (...given: never[]) => unknown): void {
  try {
    if (!isOfSdk(span) || !span.isRecording()) return;
    const { attributes } = span;
    for (const key of codeKeys) if (attributes[key] !== undefined) return;
    const site = callSite(below);
    if (site === undefined) return;
    span.setAttribute("code.file.path", site.path);
    if (site.line !== undefined) span.setAttribute("code.line.number", site.line);
    if (site.name !== "") span.setAttribute("code.function.name", site.name);
  } catch {
    // A span without a place is what the program had without us.
  }
}

function isOfSdk(span: unknown): span is RecordingSpan {
  if (typeof span !== "object" || span === null) return false;
  const { attributes, isRecording, setAttribute } = span as Record<string, unknown>;
  return (
    typeof attributes === "object" &&
    attributes !== null &&
    typeof isRecording === "function" &&
    typeof setAttribute === "function"
  );
}
