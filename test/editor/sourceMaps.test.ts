import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { transformSync } from "esbuild";
import {
  caretAt,
  openSideBar,
  picture,
  shownTrace,
  sideBarRow,
  windowStory,
} from "../support/editorWindowStory.ts";
import { freePorts } from "../support/freePort.ts";

const [httpPort, grpcPort] = await freePorts(2);
const machineSettings = { "traceline.receiver.httpPort": httpPort, "traceline.receiver.grpcPort": grpcPort };

/** A service in TypeScript that was built into a folder which is neither in Git nor shown. */
const folder = mkdtempSync(join(tmpdir(), "compiled-"));
after(() => rmSync(folder, { recursive: true }));

const source = (blank: number) =>
  [
    "interface Cart { readonly id: string }",
    ...Array.from({ length: blank }, (_, i) => `// Note ${i}.`),
    "",
    "export async function load(id: string): Promise<Cart> {",
    '  if (id === "") throw new Error("no cart");',
    "  return { id };",
    "}",
    "",
  ].join("\n");

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function build(blank: number): { readonly line: number; readonly column: number } {
  const { code, map } = transformSync(source(blank), {
    loader: "ts",
    sourcemap: true,
    sourcefile: "../src/cart.ts",
    sourcesContent: false,
  });
  write("dist/cart.js", `${code}//# sourceMappingURL=cart.js.map\n`);
  write("dist/cart.js.map", map);
  const lines = code.split("\n");
  const line = lines.findIndex((text) => text.includes("no cart"));
  return { line: line + 1, column: lines[line].indexOf("Error(") + 1 };
}

function traceOf(
  { line, column }: { readonly line: number; readonly column: number },
  startMs: number,
): string {
  const attribute = (key: string, value: string | number) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  });
  const span = (spanId: string, parentSpanId: string, name: string, end: number, attributes: object[]) => ({
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId,
    parentSpanId,
    name,
    kind: 1,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + end}000000`,
    attributes,
  });
  const spans = [
    span("eee19b7ec3c1b174", "", "GET /cart", 90, []),
    span("eee19b7ec3c1b175", "eee19b7ec3c1b174", "load cart", 80, [
      attribute("code.file.path", "/usr/src/app/dist/cart.js"),
      attribute("code.line.number", line),
      attribute("code.column.number", column),
    ]),
  ];
  const resource = {
    attributes: [attribute("service.name", "cart"), attribute("telemetry.sdk.language", "nodejs")],
  };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

function shop(): string {
  write("package.json", '{ "name": "cart" }');
  write(".gitignore", "dist\n");
  write("src/cart.ts", source(10));
  write("slow.otlp.json", traceOf(build(10), 1_700_000_000_000));
  return folder;
}

windowStory(
  "A span of a compiled program leads to its TypeScript, whose line carries the latency, also after the next build",
  { folder: shop, on: ["newest", "oldest"], settings: () => ({ "files.exclude": { "**/dist": true } }) },
  async (window) => {
    await window.openFile("slow.otlp.json");
    const trace = await shownTrace(window, "GET /cart");
    await trace.select("load cart");
    await trace.frame.locator(".source-open", { hasText: "src/cart.ts:14" }).waitFor();
    await picture(window, "source-map");
    await window.page.keyboard.press("Enter");
    await caretAt(window, "cart.ts:14");
    await window.codeLens("80 ms · 1 call").waitFor();
    await picture(window, "source-map-line");

    // Written by another program, and built anew.
    write("src/cart.ts", source(20));
    await window.page.locator(".view-line", { hasText: "// Note 19." }).waitFor();
    build(20);
    await window.openFile("cart.ts");
    await window.page.keyboard.press("ControlOrMeta+Home");
    await caretAt(window, "cart.ts:1");
    const caret = window.page.locator('[id="status.editor.selection"]', { hasText: "Ln 24," });
    for (let tries = 0; tries < 30 && !(await caret.isVisible()); tries++) {
      await trace.select("load cart");
      await window.page.keyboard.press("Enter");
      // Until it is noticed that the map has changed, the one before counts.
      await caret.waitFor({ timeout: 2_000 }).catch(() => {});
    }
    await caretAt(window, "cart.ts:24");
    await window.codeLens("80 ms · 1 call").waitFor();
    await picture(window, "source-map-rebuilt");
  },
);

windowStory(
  "The latency of compiled code that was received stands in its TypeScript, though no trace was opened",
  { folder: shop, machineSettings, on: ["newest", "oldest"] },
  async (window) => {
    await openSideBar(window);
    await window.command("Traceline: Start Receiver");
    await window.notification(new RegExp(`Receiving at http://127.0.0.1:${httpPort}`)).waitFor();
    const answer = await fetch(`http://127.0.0.1:${httpPort}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: traceOf(build(10), Date.now()),
    });
    assert.equal(answer.status, 200);
    await sideBarRow(window, "cart · GET /cart").waitFor();
    await window.openFile("cart.ts");
    await window.codeLens("80 ms · 1 call").waitFor();
    await picture(window, "source-map-received");
  },
);
