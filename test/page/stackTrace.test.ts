import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import type { Frame } from "playwright-core";
import type { SourceAnswer, StackFrame, TraceHost } from "../../src/wire/protocol.ts";
import { drawTrace } from "../support/drawnTrace.ts";
import { closeBrowser, type ShownPage, showTracePage } from "../support/pageHost.ts";

/** The stack trace that a drawn exception has, and where its frame is in it. */
const stack = "Error: it failed\n    at pay (src/pay.js:3:5)";
const place = "src/pay.js:3:5";
const frameAt = (change: Partial<StackFrame> = {}): StackFrame => ({
  from: stack.indexOf(place),
  to: stack.indexOf(place) + place.length,
  isLibrary: false,
  ...change,
});
const trace = drawTrace("pay ==== !error event=retry event=exception");

let shown: ShownPage;
afterEach(() => shown.close());
after(closeBrowser);

async function show(frames: readonly StackFrame[], host: Partial<TraceHost> = {}): Promise<Frame> {
  shown = await showTracePage({ trace, host: { stackFrames: async () => frames, ...host } });
  await shown.frame.locator(".stack pre").waitFor();
  return shown.frame;
}

async function called(call: string): Promise<void> {
  for (let waited = 0; !shown.calls.includes(call); waited += 20) {
    assert.ok(waited < 5000, `${call} is not among\n${shown.calls.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("A frame that names a file is a link that opens its line", async () => {
  const answer: SourceAnswer = {
    label: "src/pay.js:3",
    reason: "the stack trace",
    confidence: "sure",
    choices: [],
    advice: "",
  };
  const frame = await show([frameAt()], { openStackFrame: async () => answer });
  await frame.getByRole("link", { name: place, exact: true }).click();
  await called("openStackFrame(0, 1, 2, 0)");
  await frame.locator(".toast", { hasText: "the stack trace" }).waitFor();
  assert.equal(await frame.locator(".stack pre").textContent(), stack);
  assert.deepEqual(await shown.problems(), []);
});

test("A frame is reached with Tab and opened with Enter", async () => {
  const frame = await show([frameAt()]);
  await frame.getByRole("link", { name: place }).waitFor();
  await frame.locator(".stack pre").focus();
  await shown.page.keyboard.press("Tab");
  await shown.page.keyboard.press("Enter");
  await called("openStackFrame(0, 1, 2, 0)");
  assert.ok(!shown.calls.some((call) => call.startsWith("openSource(")), "Enter was the link's alone");
});

test("A frame whose file is not found says so", async () => {
  const answer: SourceAnswer = {
    label: "",
    reason: "No file in the workspace fits src/pay.js",
    confidence: "none",
    choices: [],
    advice: "Set a path mapping.",
  };
  const frame = await show([frameAt()], { openStackFrame: async () => answer });
  await frame.getByRole("link", { name: place }).click();
  await frame.locator(".toast", { hasText: "No file in the workspace fits src/pay.js" }).waitFor();
});

test("The editor is asked once for the frames of an event, however often its span is shown", async () => {
  const frame = await show([frameAt()]);
  await frame.getByRole("link", { name: place }).waitFor();
  await frame.locator(".details-filter").click();
  await shown.page.keyboard.type("fail");
  await frame.waitForTimeout(200);
  await frame.getByRole("link", { name: place }).waitFor();
  assert.equal(shown.calls.filter((call) => call.startsWith("stackFrames(")).length, 1);
});

const odd: [title: string, frames: readonly StackFrame[]][] = [
  ["none", []],
  ["beyond the text", [frameAt({ to: 10_000 })]],
  ["empty", [frameAt({ to: stack.indexOf(place) })]],
  ["negative", [frameAt({ from: -3 })]],
  ["not numbers", [frameAt({ from: Number.NaN, to: Number.NaN })]],
];
for (const [title, frames] of odd) {
  test(`The text is whole whatever is said of its frames: ${title}`, async () => {
    const frame = await show(frames);
    await called("stackFrames(0, 1, 2)");
    await frame.waitForTimeout(100);
    assert.equal(await frame.locator(".stack pre").textContent(), stack);
    assert.equal(await frame.getByRole("link").count(), 0);
  });
}

test("A stack trace stays text when the editor does not know its frames", async () => {
  const frame = await show([], {
    stackFrames: async () => {
      throw new Error("gone");
    },
  });
  await called("stackFrames(0, 1, 2)");
  assert.equal(await frame.locator(".stack pre").textContent(), stack);
});

/** A span whose own attributes are stack traces, or look a little like one. */
const attributed = drawTrace(
  `pay ==== ${Object.entries({
    "code.stacktrace": stack,
    "db.query.text": "SELECT 1\nFROM carts",
    note: "at src/pay.js:3:5",
    body: `{\n"at": ":3"}`,
  })
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(" ")}`,
);
const value = (frame: Frame, key: string) =>
  frame.locator(".attribute", { hasText: key }).locator(".value").first();

async function showAttributed(
  trace = attributed,
  frames: readonly StackFrame[] = [frameAt()],
): Promise<Frame> {
  shown = await showTracePage({ trace, host: { stackFrames: async () => frames } });
  await shown.frame.locator(".attribute").first().waitFor();
  return shown.frame;
}

test("A frame of a stack trace that is an attribute of the span is a link that opens its line", async () => {
  const frame = await showAttributed();
  await frame.getByRole("link", { name: place, exact: true }).focus();
  await shown.page.keyboard.press("Enter");
  await called("openStackFrame(0, -1, 0, 0)");
  assert.equal(await value(frame, "code.stacktrace").textContent(), stack);
  assert.deepEqual(await shown.problems(), []);
});

test("The editor is asked for frames only of values that may be a stack trace", async () => {
  const frame = await showAttributed();
  await frame.getByRole("link", { name: place, exact: true }).waitFor();
  assert.deepEqual(
    shown.calls.filter((call) => call.startsWith("stackFrames(")),
    ["stackFrames(0, -1, 0)"],
  );
});

test("A value that is no stack trace stays as it is", async () => {
  const frame = await showAttributed(attributed, []);
  await called("stackFrames(0, -1, 0)");
  assert.equal(await value(frame, "code.stacktrace").textContent(), stack);
  assert.equal(await frame.getByRole("link").count(), 0);
});

test("A long value is shown further once it is known to be a stack trace", async () => {
  const long = `${stack}\n${"x".repeat(20_000)}`;
  const trace = drawTrace(`pay ==== code.stacktrace=${JSON.stringify(long)}`);
  const frame = await showAttributed(trace);
  await frame.getByRole("link", { name: place, exact: true }).waitFor();
  assert.equal((await value(frame, "code.stacktrace").textContent())?.length, 16_384);
  await frame.locator(".cut", { hasText: "The first 16,384 of" }).waitFor();
});
