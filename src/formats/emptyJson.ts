import type { Format } from "./format.ts";

/** `[]` or `{}`: what a backend answers that has no traces. Not an error, and never silent. */
export const emptyJson: Format = {
  name: "JSON",
  accepts: ({ json, whole }) => whole && json !== undefined && json.keys[0].size === 0,
  decoder: (sink) => ({
    write() {},
    end() {
      sink.note("the JSON is empty");
    },
  }),
};
