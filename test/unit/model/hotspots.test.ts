import assert from "node:assert/strict";
import { test } from "node:test";
import { AttributeType } from "../../../src/model/attributes.ts";
import { buildTrace } from "../../../src/model/buildTrace.ts";
import type { Hotspot, HotspotCall } from "../../../src/model/hotspot.ts";
import { hotspots, mergeHotspots } from "../../../src/model/hotspots.ts";
import { placeOf } from "../../../src/model/spanPlace.ts";
import { SpanSink } from "../../../src/model/spanSink.ts";
import { drawTrace } from "../../support/drawnTrace.ts";

const places: [title: string, words: string, place: { [part: string]: string | number }][] = [
  [
    "the present names",
    "code.file.path=/app/cart.js code.line.number=12 code.column.number=3 code.function.name=Cart.load",
    { file: "/app/cart.js", line: 12, column: 3, function: "Cart.load" },
  ],
  [
    "the old names, joined as the language does",
    'code.filepath=src/Cart.php code.lineno=7 code.namespace="App\\\\Cart" code.function=load resource.telemetry.sdk.language=php',
    { file: "src/Cart.php", line: 7, function: "App\\Cart::load", language: "php" },
  ],
  [
    "the present name wins over the old",
    "code.filepath=old.js code.file.path=new.js code.lineno=1 code.line.number=2 code.function=f code.function.name=m.g",
    { file: "new.js", line: 2, function: "m.g" },
  ],
  [
    "an empty present name does not hide the old",
    'code.file.path="" code.filepath=old.js',
    { file: "old.js" },
  ],
  ["a line as text", 'code.file.path=a.py code.line.number=" 42 "', { file: "a.py", line: 42 }],
  [
    "line 0 and lines that are none",
    "code.file.path=a.py code.line.number=0 code.column.number=-3",
    { file: "a.py" },
  ],
  [
    "Java's old pair",
    "code.namespace=com.acme.Cart code.function=get resource.telemetry.sdk.language=java",
    { function: "com.acme.Cart.get", language: "java" },
  ],
  [
    "Ruby's",
    "code.namespace=CartsController code.function=show resource.telemetry.sdk.language=ruby",
    { function: "CartsController#show", language: "ruby" },
  ],
  [
    "a method that has its namespace already",
    "code.namespace=cart code.function=cart.load",
    { function: "cart.load" },
  ],
  ["a namespace alone is no function", "code.namespace=shop::cart", {}],
  [
    "Datadog's code origin",
    "_dd.code_origin.frames.0.file=/app/a.py _dd.code_origin.frames.0.line=9 _dd.code_origin.frames.0.type=Cart _dd.code_origin.frames.0.method=load",
    { file: "/app/a.py", line: 9, function: "Cart.load" },
  ],
  ["a route", "http.route=/cart/{id}", { route: "/cart/{id}" }],
  ["an rpc, old", "rpc.service=shop.Cart rpc.method=Load", { route: "shop.Cart/Load" }],
  ["an rpc, new", "rpc.method=shop.Cart/Load", { route: "shop.Cart/Load" }],
  ["a controller", "nestjs.controller=CartController nestjs.callback=get", { route: "CartController.get" }],
  ["nothing", "", {}],
];
for (const [title, words, place] of places) {
  test(`place of a span: ${title}`, () => {
    const empty = {
      service: "app",
      language: "",
      name: "work",
      file: "",
      line: 0,
      column: 0,
      function: "",
      route: "",
    };
    assert.deepEqual(placeOf(drawTrace(`work  =  ${words}`), 0), { ...empty, ...place });
  });
}

function said(spots: readonly Hotspot[]): string[] {
  return spots.map(({ place, calls, count, errors }) => {
    const at = place.line > 0 ? `${place.file}:${place.line}` : place.function || place.route || place.name;
    const ms = calls.map((call) => `${call.duration / 1e6}/${call.self / 1e6}/${call.critical / 1e6}`);
    return `${place.service} ${at}: ${count} calls, ${errors} errors, ${ms.join(" ")}`;
  });
}

test("spans of one place are one hotspot: duration, self time and critical time of each call", () => {
  const trace = drawTrace(`
    GET /cart  ==========   http.route=/cart
     load       ====        code.file.path=cart.js code.line.number=3
      query      ==         service=db
     load again      ===    code.filepath=cart.js code.lineno=3 !error
     query             =    service=db`);
  assert.deepEqual(said(hotspots(trace)), [
    "app /cart: 1 calls, 0 errors, 10/3/3",
    "app cart.js:3: 2 calls, 1 errors, 4/2/2 3/3/3",
    "db query: 2 calls, 0 errors, 2/2/2 1/1/0",
  ]);
  const [call] = hotspots(trace)[1].calls;
  assert.equal(call.traceDuration, 10e6);
  assert.equal(call.startMs, 1_700_000_000_001);
  assert.equal(call.spanId, "0000000000000002");
});

const layered: [title: string, trace: string, spots: string[]][] = [
  [
    "a framework's layers within a request are part of it, with their own time",
    `
    GET /cart  ==========  http.route=/cart
     patched    ========   http.route=/cart
      handler   =======    http.route=/cart !error
       load       ====     code.function.name=load`,
    ["app /cart: 1 calls, 0 errors, 10/6/6", "app load: 1 calls, 0 errors, 4/4/4"],
  ],
  [
    "a connection within a fetch is part of it, whichever of them names more",
    `
    GET       =====       code.file.path=cart.js code.line.number=3 !error
     connect   ==         code.file.path=cart.js code.line.number=3 code.function.name=load
    GET            =====  code.file.path=cart.js code.line.number=3`,
    ["app cart.js:3: 2 calls, 1 errors, 5/5/5 5/5/5"],
  ],
  [
    "a function that calls itself counts each of its calls, and a layer is of the innermost of them",
    `
    walk        ==========  code.file.path=tree.js code.line.number=3
     visit       ========   code.file.path=tree.js code.line.number=9
      walk        =====     code.file.path=tree.js code.line.number=3
       read        ===      code.file.path=tree.js code.line.number=3
        walk        =       code.file.path=tree.js code.line.number=3
     read                =  code.file.path=tree.js code.line.number=3`,
    ["app tree.js:3: 3 calls, 0 errors, 10/2/2 5/4/4 1/1/1", "app tree.js:9: 1 calls, 0 errors, 8/3/3"],
  ],
  [
    "spans of one line beside each other are calls, whatever they are called",
    `
    root   ======
     GET   ===     code.file.path=cart.js code.line.number=3
     POST     ===  code.file.path=cart.js code.line.number=3`,
    ["app root: 1 calls, 0 errors, 6/0/0", "app cart.js:3: 2 calls, 0 errors, 3/3/3 3/3/3"],
  ],
  [
    "layers that run side by side take no more than their call",
    `
    GET  ======  code.file.path=cart.js code.line.number=3
     a   =====   code.file.path=cart.js code.line.number=3
     b    =====  code.file.path=cart.js code.line.number=3`,
    ["app cart.js:3: 1 calls, 0 errors, 6/6/6"],
  ],
  [
    "what a client does beside its call, within its time, is part of it, with all below",
    `
    root        ==========
     GET        =====       kind=client code.file.path=cart.js code.line.number=3
     GET        ====        kind=client code.file.path=cart.js code.line.number=3
     tls         ====       code.file.path=cart.js code.line.number=3
      tcp        ==         code.file.path=cart.js code.line.number=3
     GET              ====  kind=client code.file.path=cart.js code.line.number=3
     tcp               ==   code.file.path=cart.js code.line.number=3`,
    ["app cart.js:3: 3 calls, 0 errors, 5/5/5 4/4/0 4/4/4", "app root: 1 calls, 0 errors, 10/1/1"],
  ],
  [
    "what is beside a client's call and ends later, or is a client's too, is a call of its own",
    `
    root     =======
     GET     ===      kind=client code.file.path=cart.js code.line.number=3
     query    =       kind=client code.file.path=cart.js code.line.number=3
     parse     ====   code.file.path=cart.js code.line.number=3`,
    ["app cart.js:3: 3 calls, 0 errors, 4/4/4 3/3/0 1/1/1", "app root: 1 calls, 0 errors, 7/1/2"],
  ],
  [
    "another service's span of the same route is a call of its own",
    `
    GET       ====  http.route=/cart
     handler  ====  http.route=/cart service=pay`,
    ["app /cart: 1 calls, 0 errors, 4/0/0", "pay /cart: 1 calls, 0 errors, 4/4/4"],
  ],
];
for (const [title, trace, spots] of layered) {
  test(`of spans at one line that enclose each other, those named as the outermost count: ${title}`, () => {
    assert.deepEqual(said(hotspots(drawTrace(trace))), spots);
  });
}

test("a trace as deep as it is long, at one line, is counted in one pass", () => {
  const sink = new SpanSink();
  const depth = 100_000;
  for (let i = 0; i < depth; i++) {
    sink.begin();
    sink.span.trace3 = 1;
    sink.span.idLow = i + 1;
    sink.span.parentLow = i;
    sink.span.name = sink.labels.internText(i % 2 === 0 ? "walk" : "read");
    sink.span.startHigh = sink.span.endHigh = 1;
    sink.span.startLow = i;
    sink.span.endLow = 2 * depth - i;
    sink.attributes.add(
      sink.labels.internText("code.function.name"),
      AttributeType.string,
      sink.texts.internText("walk"),
    );
    sink.commit(sink.resourceOwner.length === 0 ? sink.addResource() : 0, 0);
  }
  const [spot] = hotspots(buildTrace(sink, 0));
  assert.equal(spot.count, depth / 2);
});

function spotOf(calls: HotspotCall[], count = calls.length): Hotspot {
  const place = { ...placeOf(drawTrace("work  ="), 0) };
  return { place, calls, count, errors: 0, sampled: false };
}

function manyCalls(trace: number, count: number): HotspotCall[] {
  return Array.from({ length: count }, (_, i) => ({
    traceId: trace.toString(16).padStart(32, "0"),
    spanId: (i + 1).toString(16).padStart(16, "0"),
    duration: (i * 7919) % 10_007,
    self: 1,
    critical: 1,
    traceDuration: 20_000,
    error: false,
    startMs: i,
  }));
}

test("of many calls the slowest 64 and a sample of the rest are kept, slowest first, and all are counted", () => {
  const merged = mergeHotspots([spotOf(manyCalls(1, 3000))], [spotOf(manyCalls(2, 3000))])[0];
  const all = [...manyCalls(1, 3000), ...manyCalls(2, 3000)]
    .map((call) => call.duration)
    .sort((a, b) => b - a);
  assert.equal(merged.count, 6000);
  assert.equal(merged.calls.length, 512);
  assert.deepEqual(
    merged.calls.slice(0, 64).map((call) => call.duration),
    all.slice(0, 64),
  );
  assert.ok(merged.calls.every((call, i) => i === 0 || call.duration <= merged.calls[i - 1].duration));
  // Sampled evenly, the middle of the sample is near the middle of all: within 4 standard errors of a median of 448.
  const middle = merged.calls[64 + 224].duration;
  assert.ok(Math.abs(middle - 5000) < 1000, `${middle}`);
});

test("what is kept does not depend on the order of merging", () => {
  const [a, b, c] = [1, 2, 3].map((trace) => {
    const calls = manyCalls(trace, 2000);
    return mergeHotspots([spotOf(calls.slice(0, 1000))], [spotOf(calls.slice(1000))])[0];
  });
  const once = mergeHotspots(mergeHotspots([a], [b]), [c])[0];
  const other = mergeHotspots([b], mergeHotspots([c], [a]))[0];
  assert.deepEqual(new Set(once.calls), new Set(other.calls));
});

test("places that differ stay apart when merged", () => {
  const first = hotspots(drawTrace("a  ==\n b ="));
  const second = hotspots(drawTrace("b  ==\nc  =="));
  assert.deepEqual(
    mergeHotspots(first, second).map(({ place, count }) => `${place.name} ${count}`),
    ["a 1", "b 2", "c 1"],
  );
});

test("of a trace of many places and calls a bounded part is handed on, with the slowest of each and all counts", () => {
  const sink = new SpanSink();
  for (let i = 0; i < 30_000; i++) {
    sink.begin();
    sink.span.trace3 = 1;
    sink.span.idLow = i + 1;
    sink.span.name = sink.labels.internText(`work ${i % 1000}`);
    sink.span.startHigh = sink.span.endHigh = 1;
    sink.span.endLow = 1 + i;
    sink.commit(sink.resourceOwner.length === 0 ? sink.addResource() : 0, 0);
  }
  const spots = hotspots(buildTrace(sink, 0));
  const calls = spots.reduce((sum, spot) => sum + spot.calls.length, 0);
  assert.equal(spots.length, 1000);
  assert.ok(calls <= 8000 && calls >= 4000, `${calls}`);
  assert.ok(spots.every((spot) => spot.count === 30));
  assert.equal(spots[0].calls[0].duration, 30_000);
});

test("calls that say how they were sampled stand for others, and one that does not makes the whole unknown", () => {
  const spots = hotspots(
    drawTrace(`
    pay   ====  w3c.tracestate="ot=th:8"
    pay     ==  w3c.tracestate="ot=th:c"
    load  ===   w3c.tracestate="ot=th:8"
    load   ==
    ship  ==`),
  );
  assert.deepEqual(
    spots.map(({ place, count, weight }) => [place.name, count, weight]),
    [
      ["pay", 2, 6],
      ["load", 2, undefined],
      ["ship", 1, undefined],
    ],
  );
});

test("weights add up when merged, and are unknown when one is", () => {
  const sampled = hotspots(drawTrace('a  ==  w3c.tracestate="ot=th:c"'));
  const plain = hotspots(drawTrace("a  =="));
  assert.equal(mergeHotspots(sampled, sampled)[0].weight, 8);
  assert.equal(mergeHotspots(sampled, plain)[0].weight, undefined);
});
