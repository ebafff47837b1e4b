import type { StationOptions } from "../../backends/local/station.ts";
import { countText } from "../../model/countText.ts";
import { setting } from "../settings.ts";

/** The least that each may be; package.json has the same for who edits settings by hand. */
export const leastLimits = {
  "receiver.maxRequestSize": 1,
  "received.maxSpans": 1000,
  "received.maxSize": 16,
  "received.maxAge": 1,
} as const;

/**
 * The limits of the settings, none below its least: what is typed by hand is not checked, and 0 would be no limit. `raised` is
 * a sentence for each that was.
 */
export function receivedLimits(): Pick<StationOptions, "maxBodyBytes" | "limits"> & {
  readonly raised: readonly string[];
} {
  const raised: string[] = [];
  const limit = (name: keyof typeof leastLimits): number => {
    const value = setting(name);
    const least = leastLimits[name];
    if (value >= least) return value;
    raised.push(
      `The setting traceline.${name} is ${value}, which is too little: ${countText(least)} is used instead.`,
    );
    return least;
  };
  return {
    maxBodyBytes: limit("receiver.maxRequestSize") * 2 ** 20,
    limits: {
      maxSpans: limit("received.maxSpans"),
      maxBytes: limit("received.maxSize") * 2 ** 20,
      maxAgeHours: limit("received.maxAge"),
    },
    raised,
  };
}
