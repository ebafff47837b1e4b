import { type FaultyServer, json, type Script, text } from "../../support/faultyServer.ts";
import { fakeDatadog } from "../../unit/backends/fakeDatadog.ts";
import { fakeJaeger } from "../../unit/backends/fakeJaeger.ts";
import { fakeTempo } from "../../unit/backends/fakeTempo.ts";
import { fakeZipkin } from "../../unit/backends/fakeZipkin.ts";

/** Of the traces that every healthy server has, all of the service "shop". */
export const ids = ["5b8efff798038103d269b633813fc60c", "463ac35c9f6413ad", "1"];

export interface Healthy {
  start(): Promise<FaultyServer>;
  /** The ways in which servers of this kind say that they do not have a trace. */
  readonly absences: readonly Script[];
  /** For protobuf: what a trace by id can go on with before any number of spaces. JSON needs nothing. */
  readonly rest?: Uint8Array;
}

const traces = ids.map((id) => ({ id, service: "shop" }));
const goNotFound = text("404 page not found\n", 404);

/** For each kind of backend, a server of that kind that is well. */
export const healthy = new Map<string, Healthy>([
  [
    "jaeger",
    {
      start: () => fakeJaeger("2.20", traces),
      absences: [
        goNotFound,
        json({ error: { httpCode: 404, message: "No traces found" } }, 404),
        json({ data: null, errors: [{ code: 404, msg: "trace not found" }] }, 404),
        json({ data: [] }),
        json({ result: {} }),
        json({}),
      ],
    },
  ],
  [
    "tempo",
    {
      start: () => fakeTempo(traces),
      absences: [
        text("", 404),
        text("", 200, "application/protobuf"),
        json({ trace: {}, metrics: {} }),
        json({ batches: [] }),
      ],
      // Field 15, of 2 GiB.
      rest: Buffer.from([0x7a, 0xff, 0xff, 0xff, 0xff, 0x07]),
    },
  ],
  [
    "datadog",
    { start: () => fakeDatadog(traces), absences: [json({ data: [] }), json({ data: [], meta: {} })] },
  ],
  ["zipkin", { start: () => fakeZipkin(traces), absences: [text("1 not found", 404), json([])] }],
]);
