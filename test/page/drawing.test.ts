import assert from "node:assert/strict";
import { test } from "node:test";
import { visibleText } from "../../webview/kit/visibleText.ts";
import { durationOf } from "../../webview/trace/durationInput.ts";
import { barColors, contrast, serviceLetters, serviceLooks } from "../../webview/trace/palette.ts";
import { isJson, prettyJson } from "../../webview/trace/prettyJson.ts";
import {
  clampWindow,
  panWindow,
  windowAround,
  windowShowing,
  zoomWindow,
} from "../../webview/trace/timeWindow.ts";
import { themes } from "./themes.ts";

const whole = { from: 0, to: 1000 };

test("Zooming keeps what is under the pointer where it is", () => {
  const near = zoomWindow(whole, 0.5, 250, whole);
  assert.deepEqual(near, { from: 125, to: 625 });
  assert.deepEqual(zoomWindow(near, 2, 250, whole), whole);
});

for (const [what, wanted, got] of [
  ["before the start", { from: -100, to: 100 }, { from: 0, to: 200 }],
  ["after the end", { from: 900, to: 1200 }, { from: 700, to: 1000 }],
  ["longer than all", { from: -500, to: 5000 }, whole],
  ["shorter than 10 ns", { from: 500, to: 501 }, { from: 500, to: 510 }],
  ["no number", { from: Number.NaN, to: 5 }, whole],
] as const) {
  test(`A window ${what} is brought into the trace`, () => assert.deepEqual(clampWindow(wanted, whole), got));
}

test("The window moves only when the span is not in it", () => {
  const window = { from: 100, to: 200 };
  assert.equal(windowShowing(window, 150, 500, whole), window);
  assert.deepEqual(windowShowing(window, 500, 10, whole), { from: 490, to: 590 });
  assert.deepEqual(windowAround(500, 100, whole), { from: 490, to: 610 });
  assert.deepEqual(panWindow(window, 0.5, whole), { from: 150, to: 250 });
});

for (const [typed, ns] of [
  ["", 0],
  ["10", 10e6],
  ["10ms", 10e6],
  ["1.5 s", 1.5e9],
  ["1,5s", 1.5e9],
  ["200us", 200e3],
  ["3µs", 3e3],
  ["2m", 120e9],
  ["soon", undefined],
  ["-4ms", undefined],
  ["10 parsecs", undefined],
] as const) {
  test(`A typed duration of "${typed}" is ${ns === undefined ? "not understood" : `${ns} ns`}`, () =>
    assert.equal(durationOf(typed), ns));
}

test("JSON is laid out without a change to any token, however deep it is", () => {
  assert.equal(
    prettyJson('{"a":1e400,"a":[9007199254740993,"x,{]\\"y"],"b":{},"c":[]}'),
    '{\n  "a": 1e400,\n  "a": [\n    9007199254740993,\n    "x,{]\\"y"\n  ],\n  "b": {},\n  "c": []\n}',
  );
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  assert.ok(prettyJson(deep).length > deep.length);
  assert.equal(isJson('{"a":1}'), true);
  assert.equal(isJson("{not json"), false);
  assert.equal(isJson("12"), false);
});

test("Text without control characters is left as it is, and pairs of surrogates are characters", () => {
  for (const text of ["plain", "emoji 😀", "עברית", "日本語"]) assert.equal(visibleText(text), text);
  assert.equal(visibleText("a\nb\tc", true), "a\nb\tc");
  assert.equal(visibleText("a\nb"), "a␊b");
});

test("No two services have the same letters", () => {
  const names = [
    "cart-service",
    "catalog-service",
    "checkout",
    "customer",
    "CartService",
    "",
    "日本",
    "日本",
    "12",
    ...Array.from({ length: 200 }, (_, i) => `service-${i}`),
  ];
  const letters = serviceLetters(names);
  assert.equal(new Set(letters).size, names.length);
  assert.deepEqual(letters.slice(0, 3), ["Cs", "Ca", "Ch"]);
  assert.ok(letters.every((each) => each.length >= 1 && each.length <= 3));
});

test("Bars stand out from the background by 3:1 and the letters on them by 4.5:1, in every theme", () => {
  for (const theme of themes) {
    const light = /light/.test(theme.bodyClass);
    const background = theme.variables["editor-background"];
    for (const color of light ? barColors.light : barColors.dark)
      assert.ok(contrast(color, background) >= 3, `${theme.name} ${color} ${contrast(color, background)}`);
    for (const look of serviceLooks(
      Array.from({ length: 8 }, (_, i) => `s${i}`),
      light ? "light" : "dark",
    )) {
      assert.ok(contrast(look.color, look.ink) >= 4.5, `${look.color} ${look.ink}`);
    }
  }
});

test("The same colour comes again with another texture", () => {
  const looks = serviceLooks(
    Array.from({ length: 24 }, (_, i) => `s${i}`),
    "dark",
  );
  assert.equal(new Set(looks.map((look) => look.color + look.texture)).size, 24);
});

/** A #rrggbb colour as a person without one kind of cone sees it (Viénot 1999), as linear light. */
function asSeen(color: string, kind: "protan" | "deutan"): number[] {
  const [r, g, b] = [1, 3, 5].map((at) => (Number.parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
  return kind === "protan"
    ? [0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * r - 0.00401 * g + b]
    : [0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b];
}

for (const kind of ["protan", "deutan"] as const) {
  test(`The colours are told apart by ${kind} eyes`, () => {
    for (const colors of [barColors.light, barColors.dark]) {
      for (let a = 0; a < colors.length; a++) {
        for (let b = a + 1; b < colors.length; b++) {
          const [x, y] = [asSeen(colors[a], kind), asSeen(colors[b], kind)];
          const distance = Math.hypot(
            ...x.map((value, i) => Math.sqrt(Math.max(0, value)) - Math.sqrt(Math.max(0, y[i]))),
          );
          assert.ok(distance > 0.1, `${colors[a]} and ${colors[b]}: ${distance.toFixed(3)}`);
        }
      }
    }
  });
}
