import { attributeText } from "./attributes.ts";
import { countText } from "./countText.ts";
import { samplingWeight } from "./samplingWeight.ts";
import type { Trace } from "./trace.ts";

/**
 * For how many traces like it this one stands, in a sentence; undefined where its first span does not say that it was sampled,
 * or was kept for certain.
 */
export function samplingNote(trace: Trace): string | undefined {
  if (trace.length === 0) return undefined;
  const state = attributeText(trace.attributes, 0, trace.labels.find("w3c.tracestate"), trace.texts);
  const weight = state === undefined ? undefined : samplingWeight(state);
  if (weight === undefined || weight <= 1) return undefined;
  return `Sampled: this trace stands for about ${countText(Math.round(weight))} like it, so counts of what is kept are not totals.`;
}
