import { watchTracers } from "./tracerWatch.ts";

/*
 * Loaded by `--require` into every Node program that a traced terminal or debug session starts, before the program itself. A
 * program that uses OpenTelemetry gets source lines on its spans; any other runs as if this were not here.
 */
try {
  if (process.env.TRACELINE_CODE_LOCATIONS !== "off") watchTracers();
} catch {
  // A runtime too old, or one that keeps its global object closed: the program runs without.
}
