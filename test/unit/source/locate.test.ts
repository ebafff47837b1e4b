import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Candidate } from "../../../src/source/candidate.ts";
import { locate, locatePlace } from "../../../src/source/locate.ts";
import { numberOf } from "../../../src/source/spanCode.ts";
import { type TracedSpan, tracedSpans } from "./tracedSpans.ts";

const shown = (c: Candidate): string => {
  const { path, line, column } = c.place;
  const position = [line, column].filter((n) => n > 0).join(":");
  const symbol = c.symbol === undefined ? "" : `${c.symbol.name} in ${c.symbol.container || "-"}`;
  const at = path === "" ? "" : `${path}${position === "" ? "" : `:${position}`}`;
  return [c.kind, at, symbol, c.literal ? JSON.stringify(c.literal) : "", c.sure]
    .filter((s) => s !== "")
    .join(" ");
};

const located = (span: TracedSpan) => locate(tracedSpans([span]), 0).map(shown);

suite("The candidates of a span", () => {
  const cases: [string, TracedSpan, string[]][] = [
    [
      "are the file and line first, with the function it names",
      {
        name: "load cart",
        attributes: {
          "code.file.path": "/app/cart.js",
          "code.line.number": 4,
          "code.column.number": 2,
          "code.function.name": "Cart.load",
        },
      },
      ["file /app/cart.js:4:2 load in Cart sure", "function load in Cart likely", 'name "load cart" guess'],
    ],
    [
      "are read from the older names, and from numbers that are text",
      {
        name: "x",
        attributes: { "code.filepath": "src/cart.rs", "code.lineno": "42", "code.namespace": "shop::cart" },
        language: "rust",
      },
      ["file src/cart.rs:42 sure", "function cart in shop guess"],
    ],
    [
      "prefer the newer names when both are there",
      {
        name: "x",
        attributes: {
          "code.filepath": "old.js",
          "code.lineno": 1,
          "code.file.path": "new.js",
          "code.line.number": 2,
        },
      },
      ["file new.js:2 sure"],
    ],
    [
      "join namespace and function as the language does",
      {
        name: "GET",
        attributes: { "code.namespace": "CartsController", "code.function": "show" },
        language: "ruby",
      },
      ["function show in CartsController likely"],
    ],
    [
      "take a line out of the path when it has no other",
      { name: "x", attributes: { "code.file.path": "c:/x/y.js:10:5" } },
      ["file c:/x/y.js:10:5 sure"],
    ],
    [
      "include Datadog's code origin, its frames in order",
      {
        name: "x",
        attributes: {
          "_dd.code_origin.frames.1.file": "/app/b.js",
          "_dd.code_origin.frames.1.line": "7",
          "_dd.code_origin.frames.0.file": "/app/a.js",
          "_dd.code_origin.frames.0.line": "3",
          "_dd.code_origin.frames.0.method": "handle",
        },
      },
      ["origin /app/a.js:3 handle in - sure", "origin /app/b.js:7 likely"],
    ],
    [
      "include the frames of code.stacktrace, those of libraries last",
      {
        name: "GET /carts",
        language: "java",
        attributes: {
          "code.stacktrace":
            "\tat java.base/java.lang.Thread.run(Thread.java:840)\n\tat com.acme.Cart.load(Cart.java:42)",
          "http.route": "/carts",
        },
      },
      [
        "stack com/acme/Cart.java:42 load in Cart sure",
        'route "/carts" likely',
        "stack java/lang/Thread.java:840 run in Thread sure",
        'name "GET /carts" guess',
      ],
    ],
    [
      "include the frames of exceptions, innermost first",
      {
        name: "x",
        language: "python",
        events: [
          {
            "exception.stacktrace":
              'Traceback (most recent call last):\n  File "/app/a.py", line 7, in f\n  File "/usr/lib/python3.12/site-packages/db.py", line 9, in q\n',
          },
        ],
      },
      [
        "exception /app/a.py:7 f in - sure",
        "exception /usr/lib/python3.12/site-packages/db.py:9 q in - sure",
      ],
    ],
    [
      "include the stack of an OpenTracing log",
      { name: "x", events: [{ event: "error", stack: "Error: x\n    at f (/app/a.js:1:2)" }] },
      ["exception /app/a.js:1:2 f in - sure"],
    ],
    [
      "include controllers, workers and handlers",
      {
        name: "x",
        attributes: {
          "nestjs.controller": "CartController",
          "nestjs.callback": "get",
          "express.name": "authorize",
        },
        language: "nodejs",
      },
      ["controller get in CartController likely", "controller authorize in - likely"],
    ],
    [
      "include Phoenix's plug and action",
      {
        name: "x",
        attributes: { "phoenix.plug": "ShopWeb.CartController", "phoenix.action": ":show" },
        language: "erlang",
      },
      ["controller show in CartController likely"],
    ],
    [
      "include the method of a call, in both forms of its name",
      { name: "x", attributes: { "rpc.service": "shop.v1.CartService", "rpc.method": "Load" } },
      ["rpc Load in CartService likely"],
    ],
    [
      "include the method of a call that has its service in it, less surely on the client",
      { name: "x", kind: "client", attributes: { "rpc.method": "shop.v1.CartService/Load" } },
      ["rpc Load in CartService guess"],
    ],
    [
      "take a name of the form Class.method for a function, too",
      { name: "CartController.get", language: "java" },
      ['name get in CartController "CartController.get" guess', 'name "CartController.get" guess'],
    ],
    ["leave out a name that is only an HTTP method", { name: "GET" }, []],
  ];
  for (const [title, span, expected] of cases) test(title, () => assert.deepEqual(located(span), expected));

  test("carry the service and the language", () => {
    const [first] = locate(
      tracedSpans([{ service: "pay", language: "go", attributes: { "code.file.path": "/a.go" } }]),
      0,
    );
    assert.deepEqual([first.service, first.language], ["pay", "go"]);
  });

  test("of a span with 5,000 exceptions are few", () => {
    const events = Array.from({ length: 5000 }, (_, i) => ({
      "exception.stacktrace": `E\n    at f (/app/a.js:${i + 1}:2)`,
    }));
    assert.ok(located({ events }).length < 200);
  });

  test("of hotspots are those of their spans", () => {
    const place = {
      service: "pay",
      language: "",
      name: "charge",
      file: "a.go",
      line: 3,
      column: 0,
      function: "main.charge",
      route: "",
    };
    assert.deepEqual(locatePlace(place).map(shown), [
      "file a.go:3 charge in main sure",
      "function charge in main likely",
      'name "charge" guess',
    ]);
    const routes: [string, string][] = [
      ["/carts/{id}", 'route "/carts/{id}" likely'],
      ["shop.v1.CartService/Load", "rpc Load in CartService likely"],
      ["CartController.get", "controller get in CartController likely"],
    ];
    for (const [route, expected] of routes) {
      const found = locatePlace({ ...place, file: "", function: "", route });
      assert.equal(shown(found[0]), expected);
    }
  });
});

suite("A line number of telemetry", () => {
  const cases: [string | undefined, number][] = [
    ["42", 42],
    ["007", 7],
    ["42.0", 42],
    ["1e9", 1_000_000_000],
    ["9223372036854775807", 2_147_483_647],
    ["0", 0],
    ["-1", 0],
    ["NaN", 0],
    ["12abc", 0],
    ["1.5", 0],
    ["", 0],
    [undefined, 0],
  ];
  for (const [text, line] of cases) {
    test(`${JSON.stringify(text)} is ${line === 0 ? "unknown" : line}`, () =>
      assert.equal(numberOf(text), line));
  }
});
