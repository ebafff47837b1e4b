import type { Arrangement } from "../../../model/arrangement.ts";
import type { Attributes } from "../../../model/attributes.ts";
import { criticalOwn, criticalPath } from "../../../model/criticalPath.ts";
import type { SpanPlace } from "../../../model/hotspot.ts";
import { lineKey, placeKey } from "../../../model/hotspots.ts";
import { foldLayers } from "../../../model/layers.ts";
import type { ResourceFacts } from "../../../model/resourceFacts.ts";
import { selfTimes } from "../../../model/selfTime.ts";
import { type PlaceReader, placeReader } from "../../../model/spanPlace.ts";
import type { SpanSink } from "../../../model/spanSink.ts";
import { bigintOfWords } from "../../../model/time64.ts";
import { Status } from "../../../model/trace.ts";
import { CallWriter, groupBytes, recordBytes } from "./callRecords.ts";
import type { EntryCalls } from "./traceEntry.ts";

interface Place {
  readonly key: string;
  readonly place: SpanPlace;
  readonly line: Line;
}

/** The line that places lead to: its number within the trace that was met last. */
interface Line {
  trace: number;
  no: number;
}

const noCalls: EntryCalls = { bytes: new Uint8Array(0), places: [] };

/**
 * Calls of the spans of one sink, which is complete, that name code: a file, a function or a route. Layers of a call are part
 * of it, as in `hotspots`.
 */
export class SinkCalls {
  readonly #sink: SpanSink;
  readonly #reader: PlaceReader;
  /** Places by what the reader says is equal; undefined for one that names no code. */
  readonly #byText = new Map<string, Place | undefined>();
  readonly #byKey = new Map<string, Place>();
  readonly #lines = new Map<string, Line>();

  constructor(sink: SpanSink, facts: ResourceFacts) {
    this.#sink = sink;
    const unknown = sink.labels.internText("unknown_service");
    const labels = sink.labels.table();
    const service = Uint32Array.from({ length: sink.length }, (_, row) =>
      sink.resource.data[row] < 0 ? unknown : facts.service[sink.resource.data[row]],
    );
    this.#reader = placeReader({
      labels,
      texts: sink.texts.table(),
      attributes: {
        offset: Uint32Array.from({ length: sink.length + 1 }, (_, i) =>
          i === 0 ? 0 : sink.attributes.ends.data[i - 1],
        ),
        key: sink.attributes.key.data,
        type: sink.attributes.type.data,
        value: sink.attributes.value.data,
      },
      name: sink.name.data,
      service,
      // A service is its own label here.
      services: Uint32Array.from({ length: labels.length }, (_, label) => label),
      resource: Uint32Array.from({ length: sink.length }, (_, row) => sink.resource.data[row] + 1),
      resourceAttributes: resourcesFromOne(sink),
    });
  }

  /** The calls of one trace, whose records are in `rows`. */
  of(rows: Int32Array, found: Arrangement, no: number, version: number): EntryCalls {
    const { length } = found.record;
    const placeOf = new Array<Place | undefined>(length);
    const line = new Int32Array(length).fill(-1);
    let lines = 0;
    for (let row = 0; row < length; row++) {
      const place = this.#placeOf(rows[found.record[row]]);
      if (place === undefined) continue;
      if (place.line.trace !== no) {
        place.line.trace = no;
        place.line.no = lines++;
      }
      placeOf[row] = place;
      line[row] = place.line.no;
    }
    if (lines === 0) return noCalls;
    const times = this.#times(rows, found);
    const isLayer = foldLayers({ ...times, length, line, lines });
    const groups = new Map<Place, number[]>();
    let size = 0;
    for (let row = 0; row < length; row++) {
      const place = placeOf[row];
      if (place === undefined || isLayer[row] === 1) continue;
      size += recordBytes;
      const group = groups.get(place);
      if (group === undefined) groups.set(place, [row]);
      else group.push(row);
    }
    const calls = new CallWriter(size + groups.size * groupBytes);
    const places = [...groups].map(([{ key, place }, group]) => {
      const at = calls.begin(group.length);
      for (const row of group) {
        const own = found.record[row];
        calls.add({
          trace: no,
          version,
          error: this.#sink.status.data[rows[own]] === Status.error,
          idHigh: found.ids.words[2 * own],
          idLow: found.ids.words[2 * own + 1],
          startMs: times.epochMs + times.start[row] / 1e6,
          duration: times.duration[row],
          self: times.self[row],
          critical: times.critical[row],
        });
      }
      return { key, place, at };
    });
    return { bytes: calls.bytes, places };
  }

  #placeOf(sinkRow: number): Place | undefined {
    this.#reader.read(sinkRow);
    const text = this.#reader.key();
    if (this.#byText.has(text)) return this.#byText.get(text);
    const place = this.#reader.place();
    let known: Place | undefined;
    const atLine = lineKey(place);
    if (atLine !== "" || place.file !== "") {
      const key = placeKey(place);
      known = this.#byKey.get(key) ?? { key, place, line: this.#lineOf(atLine || key) };
      this.#byKey.set(key, known);
    }
    this.#byText.set(text, known);
    return known;
  }

  #lineOf(key: string): Line {
    const known = this.#lines.get(key) ?? { trace: -1, no: 0 };
    this.#lines.set(key, known);
    return known;
  }

  #times(rows: Int32Array, { record, times, tree }: Arrangement) {
    const length = record.length;
    const rowOf = new Int32Array(rows.length);
    record.forEach((own, row) => {
      rowOf[own] = row;
    });
    const start = Float64Array.from(record, (own) => times.start[own]);
    const duration = Float64Array.from(record, (own) => times.duration[own]);
    const name = Uint32Array.from(record, (own) => this.#sink.name.data[rows[own]]);
    const kind = Uint8Array.from(record, (own) => this.#sink.kind.data[rows[own]]);
    const parent = Int32Array.from(record, (own) => (tree.parent[own] < 0 ? -1 : rowOf[tree.parent[own]]));
    const size = new Int32Array(length).fill(1);
    for (let row = length - 1; row >= 0; row--) if (parent[row] >= 0) size[parent[row]] += size[row];
    const epoch = bigintOfWords(times.epochHigh, times.epochLow);
    const timed = { length, epoch, start, duration, parent, size, kind };
    return {
      epochMs: Number(epoch / 1_000_000n),
      start,
      duration,
      parent,
      size,
      kind,
      name,
      self: selfTimes(timed),
      critical: criticalOwn(criticalPath(timed), length),
    };
  }
}

/** Attributes of the sink's resources: owner i + 1 is resource i, and owner 0, for a span without one, has none. */
function resourcesFromOne(sink: SpanSink): Attributes {
  const columns = sink.resourceAttributes;
  const offset = new Uint32Array(sink.resourceOwner.length + 2);
  const key: number[] = [];
  const value: number[] = [];
  sink.resourceOwner.forEach((ownerPlusOne, resource) => {
    if (ownerPlusOne > 0) {
      for (let i = columns.from(ownerPlusOne - 1); i < columns.to(ownerPlusOne - 1); i++) {
        key.push(columns.key.data[i]);
        value.push(columns.value.data[i]);
      }
    }
    offset[resource + 2] = key.length;
  });
  const type = new Uint8Array(key.length);
  return { offset, key: Uint32Array.from(key), type, value: Uint32Array.from(value) };
}
