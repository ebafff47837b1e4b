/** One span of the generated trace. `attributes` and the values of events keep their JS type: text, whole number or boolean. */
export interface GeneratedSpan {
  readonly index: number;
  readonly parent: number;
  /** Which service instance sent it: an index into `instances`. */
  readonly instance: number;
  readonly name: string;
  readonly kind: number;
  /** ns after the epoch. */
  readonly start: number;
  readonly duration: number;
  readonly error: string;
  readonly attributes: readonly GeneratedAttribute[];
  readonly events: readonly GeneratedEvent[];
}

export type GeneratedAttribute = readonly [key: string, value: string | number | boolean];

export interface GeneratedEvent {
  readonly time: number;
  readonly name: string;
  readonly attributes: readonly GeneratedAttribute[];
}

export interface Instance {
  readonly service: string;
  readonly attributes: readonly GeneratedAttribute[];
}

/** Unix ns of the start of every generated trace. */
export const epoch = 1_780_000_000_000_000_000n;
/** Text that is in 0.5 % of the spans. */
export const needle = "needle-in-the-haystack";

const services =
  "gateway cart catalog checkout payment shipping inventory pricing search ads users sessions reviews mailer invoices fraud ledger media recommendations audit".split(
    " ",
  );
const verbs = ["get", "list", "load", "store", "check", "update"];
const tables = ["orders", "items", "customers", "prices", "stock", "events"];
const stack = Array.from(
  { length: 8 },
  (_, i) => `    at handler${i} (/srv/app/src/module${i}/handler.js:${10 + i * 7}:${5 + i})`,
).join("\n");

/** A small seeded generator of numbers from 0 to 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Two or three instances of each of 20 services. */
export const instances: readonly Instance[] = services.flatMap((service, s) =>
  Array.from({ length: 2 + (s % 2) }, (_, i) => ({
    service,
    attributes: [
      ["service.name", service],
      ["service.version", `1.${s}.${i}`],
      ["service.instance.id", `${service}-${i}`],
      ["host.name", `node-${(s * 3 + i) % 7}`],
      ["telemetry.sdk.language", "nodejs"],
    ] as const,
  })),
);

/** The spans of one trace of `count` spans, each after its parent: the same for the same arguments. */
export function* generateSpans(count: number, seed = 1): Generator<GeneratedSpan> {
  const next = random(seed);
  const start = new Float64Array(count);
  const duration = new Float64Array(count);
  const depth = new Uint8Array(count);
  const parents = tree(count, next, depth);
  for (let i = 0; i < count; i++) {
    const parent = parents[i];
    if (parent < 0) duration[0] = 60e9;
    else {
      start[i] = start[parent] + Math.floor(next() * duration[parent] * 0.5);
      duration[i] = Math.max(
        2000,
        Math.floor((start[parent] + duration[parent] - start[i]) * (0.1 + 0.85 * next())),
      );
    }
    yield span(i, parent, start[i], duration[i], next);
  }
}

/** Parents before children, at most 12 levels, at most 200 children, most of them few. */
function tree(count: number, next: () => number, depth: Uint8Array): Int32Array {
  const parents = new Int32Array(count).fill(-1);
  const room = new Uint8Array(count);
  const open = [0];
  room[0] = 200;
  for (let i = 1; i < count; i++) {
    const at = Math.floor(next() ** 0.7 * open.length);
    const parent = open[at];
    parents[i] = parent;
    depth[i] = depth[parent] + 1;
    if (--room[parent] === 0 && open.length > 1) {
      open[at] = open[open.length - 1];
      open.pop();
    }
    if (depth[i] < 11) {
      room[i] = 1 + Math.floor(200 * next() ** 6);
      open.push(i);
    }
  }
  return parents;
}

function span(
  index: number,
  parent: number,
  start: number,
  duration: number,
  next: () => number,
): GeneratedSpan {
  const instance = index === 0 ? 0 : Math.floor(next() * instances.length);
  const { service } = instances[instance];
  const verb = verbs[Math.floor(next() * verbs.length)];
  const table = tables[Math.floor(next() * tables.length)];
  const kind = index === 0 ? 2 : 1 + Math.floor(next() * 3);
  const failed = next() < 0.02;
  // One line a function, as in a program: 720 places.
  const line = 10 + 40 * verbs.indexOf(verb) + tables.indexOf(table);
  const attributes: GeneratedAttribute[] = [
    ["code.function.name", `${verb}${table}`],
    ["code.file.path", `/srv/app/src/services/${service}/${table}.js`],
    ["code.line.number", line],
    ["thread.id", 1 + (index % 16)],
    ["thread.name", `worker-${index % 16}`],
    ["request.id", `request-of-the-day-${Math.floor(next() * 4294967296).toString(16)}-${index}`],
    ["cache.hit", next() < 0.5],
  ];
  if (kind === 3) {
    attributes.push(["db.system.name", "postgresql"], ["db.namespace", "shop"]);
    attributes.push([
      "db.query.text",
      `SELECT * FROM ${table} WHERE id = $1 AND tenant = $2 LIMIT ${Math.floor(next() * 300)}`,
    ]);
    attributes.push(["db.response.returned_rows", Math.floor(next() * 500)]);
  } else {
    attributes.push(["http.request.method", "GET"], ["http.route", `/api/${service}/${table}/:id`]);
    attributes.push(["url.path", `/api/${service}/${table}/${Math.floor(next() * 100000)}`]);
    attributes.push(["http.response.status_code", failed ? 500 : 200]);
  }
  if (next() < 0.2) attributes.push(["customer.tier", "gold"]);
  if (next() < 0.005) attributes.push(["comment", `this span holds the ${needle}`]);
  const events: GeneratedEvent[] = [];
  if (failed) {
    events.push({
      time: start + duration - 1000,
      name: "exception",
      attributes: [
        ["exception.type", "TimeoutError"],
        ["exception.message", `${table} did not answer within ${line} ms`],
        ["exception.stacktrace", `TimeoutError: ${table} did not answer\n${stack}`],
      ],
    });
  }
  if (next() < 0.2) {
    events.push({
      time: start + 1000,
      name: "cache.lookup",
      attributes: [["cache.key", `${table}:${index}`]],
    });
  }
  const error = failed ? `${table} did not answer in time` : "";
  return {
    index,
    parent,
    instance,
    name: `${service} ${verb} ${table}`,
    kind,
    start,
    duration,
    error,
    attributes,
    events,
  };
}

/** 16 hex digits of span `index`. */
export function spanIdText(index: number): string {
  const high = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  return high.toString(16).padStart(8, "0") + (index + 1).toString(16).padStart(8, "0");
}

/** 32 hex digits of the trace of `seed`. */
export function traceIdText(seed: number): string {
  return `5b8efff798038103d269b633${(0xf0000000 + seed).toString(16)}`;
}
