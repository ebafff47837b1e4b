import assert from "node:assert/strict";
import { choose, fillBox, inWindow, picture, shownTrace } from "../support/editorWindowStory.ts";
import { known, knownSpans } from "./knownSpans.ts";
import { zipkinTest } from "./server.ts";

const title = "A link to a Zipkin that is no connection yet is pasted, asked about, added and opened";

zipkinTest(title, async (zipkin) => {
  const response = await fetch(`${zipkin.url}/api/v2/spans`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(knownSpans(Date.now() - 300_000)),
  });
  assert.equal(response.status, 202, await response.text());
  await inWindow(title, {}, async (window) => {
    const { page } = window;
    await window.command("Traceline: Open Trace");
    await fillBox(window, "Open Trace", `${zipkin.url}/zipkin/traces/${known.long}`);
    await window.quickPicks().filter({ hasText: "Zipkin link" }).waitFor();
    await picture(window, "zipkin-link");
    await page.keyboard.press("Enter");
    const dialog = page.locator(".monaco-dialog-box", { hasText: zipkin.url });
    await dialog.waitFor();
    await picture(window, "zipkin-link-asks");
    await dialog.getByRole("button", { name: "Add Connection" }).click();
    await choose(window, "User settings");
    const trace = await shownTrace(window, "select prices");
    await window.notification(/Added Zipkin \(127\.0\.0\.1:\d+\)\. Zipkin 3\.6\.1.*3 services/).waitFor();
    await trace.select("select prices");
    await picture(window, "zipkin-trace");
  });
});
