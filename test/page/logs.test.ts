import assert from "node:assert/strict";
import { after, test } from "node:test";
import { packDetails } from "../../src/wire/pack.ts";
import type { Opened, PageLog, TraceHost } from "../../src/wire/protocol.ts";
import { drawTrace } from "../support/drawnTrace.ts";
import { closeBrowser, openedTrace, type ShownPage, showTracePage } from "../support/pageHost.ts";

after(closeBrowser);

const trace = drawTrace(`
  checkout  ========== service=gateway
   stock     ====      service=inventory
   pay           ===   service=payments
`);

const logs: PageLog[] = [
  log({ time: 1_500_000, body: "taking from the shelf", row: 1, service: "inventory" }),
  log({ time: 2_000_000, body: "stock is low", row: 1, severity: 13, severityText: "WARN", place: true }),
  log({ time: 6_000_000, body: "<img src=x onerror=alert(1)>", row: 2, severity: 17, severityText: "ERROR" }),
];

function log(change: Partial<PageLog>): PageLog {
  return {
    time: 0,
    severity: 9,
    severityText: "INFO",
    body: "",
    service: "",
    scope: "",
    row: -1,
    attributes: [["thread.name", "main"]],
    place: false,
    ...change,
  };
}

async function shown(change: Partial<Opened> = {}, host: Partial<TraceHost> = {}): Promise<ShownPage> {
  return showTracePage({
    trace,
    host: {
      open: async () => openedTrace(trace, { logs: logs.length, ...change }),
      logs: async () => logs,
      ...host,
    },
  });
}

test("The records of the trace are listed by time, and one leads to its span", async () => {
  const page = await shown();
  await page.frame.locator("body").press("o");
  const items = page.frame.locator(".logs-head + .logs .log");
  await items.first().waitFor();
  assert.deepEqual(
    await items.locator(".log-body").allTextContents(),
    logs.map(({ body }) => body),
  );
  await items.nth(2).getByRole("button", { name: "Select its span" }).click();
  await page.frame.locator('[role=row][aria-selected=true]:has-text("pay")').waitFor();
  assert.deepEqual(await page.problems(), []);
  await page.close();
});

test("A record that was opened stays open while the pane is moved and the trace is no longer live", async () => {
  const page = await shown({ growing: true });
  await page.frame.locator("body").press("o");
  const item = page.frame.locator(".logs-head + .logs .log").first();
  await item.locator("summary").click();
  await item.getByText("thread.name").waitFor();
  page.channel.tell("growing", [false]);
  await page.frame.locator(".stat-growing").waitFor({ state: "detached" });
  await page.frame.locator("body").evaluate(() => new Promise((done) => setTimeout(done, 100)));
  assert.equal(await item.locator("details[open]").count(), 1);
  await page.close();
});

test("Only warnings and errors, or only those with a text, are shown on request", async () => {
  const page = await shown();
  await page.frame.locator("body").press("o");
  const bodies = page.frame.locator(".logs-head + .logs .log-body");
  await bodies.first().waitFor();
  await page.frame.getByRole("checkbox", { name: "Warnings and errors only" }).click();
  await page.frame.getByText("2 of 3 records").waitFor();
  assert.deepEqual(await bodies.allTextContents(), [logs[1].body, logs[2].body]);
  await page.close();
});

test("The details of a span hold its records, and a record's line is a jump", async () => {
  const page = await shown();
  await page.frame.getByRole("row", { name: /stock/ }).click();
  const items = page.frame.locator(".details-rest .log");
  await items.nth(1).waitFor();
  assert.equal(await items.count(), 2);
  await items.nth(1).getByRole("button", { name: "Open its source line" }).click();
  await page.frame.locator(".toast:not([hidden])").waitFor();
  assert.ok(
    page.calls.some((call) => call.startsWith("openLogSource(1, 1)")),
    page.calls.join("\n"),
  );
  await page.close();
});

test("Records that cannot be read leave the details as they are, and are asked for again on request", async () => {
  let asked = 0;
  const page = await shown(
    {},
    {
      logs: async () => {
        if (++asked === 1) throw new Error("gone");
        return logs;
      },
    },
  );
  const notice = page.frame.locator(".notice, .toast", { hasText: "The log records could not be read." });
  await notice.first().waitFor();
  await page.frame.getByRole("row", { name: /pay/ }).click();
  await page.frame.locator(".details").getByText("payments").first().waitFor();
  await notice.first().getByRole("button", { name: "Retry" }).click();
  await page.frame.locator("body").press("o");
  await page.frame.locator(".logs-head + .logs .log").first().waitFor();
  assert.equal(asked, 2);
  await page.close();
});

test("A trace without records has no page for them", async () => {
  const page = await shown({ logs: 0 });
  assert.equal(await page.frame.getByRole("tab", { name: "Logs" }).count(), 0);
  assert.equal(await page.frame.getByRole("tab", { name: "Statistics" }).count(), 1);
  await page.close();
});

for (const [noLogs, why] of [
  ["Team Tempo gives traces without their logs.", "Team Tempo gives traces without their logs."],
  [undefined, "This trace has no logs."],
] as const) {
  test(`A Logs button that cannot be pressed says why: ${why}`, async () => {
    const page = await shown({ logs: 0, noLogs });
    const button = page.frame.locator(".toolbar vscode-button[aria-label=Logs]");
    assert.equal(await button.locator("button").getAttribute("aria-disabled"), "true");
    assert.equal(await button.getAttribute("title"), `Logs (O)\n${why}`);
    assert.equal(await button.locator("button").getAttribute("aria-description"), why);
    await page.close();
  });
}

test("Whatever else cannot be pressed says why too, and no longer once it can", async () => {
  const page = await shown();
  const titles = await page.frame
    .locator(".toolbar vscode-button[aria-disabled=true]")
    .evaluateAll((all) => all.map((button) => button.getAttribute("title") ?? ""));
  assert.ok(titles.length >= 4);
  for (const title of titles) assert.match(title, /\(.+\)\n[A-Z].+\.$/);
  const next = page.frame.locator("vscode-button[aria-label='Next match']");
  await page.frame.locator(".find-field").click();
  await page.page.keyboard.type("pay");
  await page.frame.locator("vscode-button[aria-label='Next match']:not([aria-disabled])").waitFor();
  assert.equal(await next.getAttribute("title"), "Next match (N, F3)");
  assert.equal(await next.getAttribute("aria-description"), null);
  await page.close();
});

test("What was said of the answer stands above the rows, and a partial trace is marked", async () => {
  const page = await shown({ partial: true, notes: ["trace exceeds maximum size (max bytes: 5000000)"] });
  await page.frame.getByText("trace exceeds maximum size").waitFor();
  await page.frame.locator(".stat-partial").waitFor();
  await page.close();
});

test("More of the trace comes in without moving what is selected, open or filtered", async () => {
  const first = drawTrace(`
    checkout  ==========
     stock     ====
  `);
  let now = first;
  let version = 1;
  const page = await showTracePage({
    trace: first,
    host: {
      open: async () => openedTrace(now, { version, growing: true }),
      details: async (_, part) => packDetails(now)[part],
    },
  });
  await page.frame.getByRole("row", { name: /stock/ }).click();
  now = drawTrace(`
    checkout  ==========
     stock     ====
      shelf     ==
  `);
  version = 2;
  page.channel.tell("grown", []);
  await page.frame.getByRole("row", { name: /shelf/ }).waitFor();
  assert.equal(await page.frame.locator('[role=row][aria-selected=true]:has-text("stock")').count(), 1);
  await page.frame.locator(".stat-growing").waitFor();
  await page.close();
});

test("A line that was dismissed stays away while the trace grows, and what no longer grows is not live", async () => {
  const notes = ["Merged: 2 spans from Jaeger; 1 span from Zipkin."];
  const page = await shown({ growing: true, notes });
  const line = page.frame.locator(".notice", { hasText: "Merged" });
  await line.locator(".icon-info").waitFor();
  await line.getByRole("button", { name: "Dismiss" }).click();
  const opens = () => page.calls.filter((call) => call.startsWith("open(")).length;
  page.channel.tell("grown", []);
  await until(() => opens() === 2);
  page.channel.tell("growing", [false]);
  await page.frame.locator(".stat-growing").waitFor({ state: "detached" });
  assert.equal(await line.count(), 0);
  await page.close();
});

test("Spans of other connections are asked for where there are any", async () => {
  const page = await shown({ mergeable: true });
  await page.frame.getByRole("button", { name: "Add spans from other connections" }).click();
  const asked = () => page.calls.filter((call) => call.startsWith("mergeFromAll")).length;
  await until(() => asked() === 1);
  await page.frame.locator("body").press("Shift+M");
  await until(() => asked() === 2);
  await page.close();
});

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 20) {
    assert.ok(waited < 5000, "It did not come to be within 5 s.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
