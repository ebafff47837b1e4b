import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { backends } from "../../../src/backends/index.ts";
import { UserError } from "../../../src/base/userError.ts";
import {
  cut,
  faultyServer,
  html,
  json,
  redirect,
  relayed,
  reset,
  type Script,
  sendForEver,
  sequence,
  silence,
  stall,
  text,
  through,
} from "../../support/faultyServer.ts";
import { never, refusal } from "../../unit/backends/fakes.ts";
import { faults } from "./faultTable.ts";
import { healthy, ids } from "./healthy.ts";
import { calls, furtherCalls, query, scene, short } from "./scene.ts";

/** Answers that are as good as the plain ones. */
const forms: readonly (readonly [string, (url: string) => Script])[] = [
  ["a byte order mark", (url) => through(url, (body) => Buffer.concat([Buffer.from("\ufeff"), body]))],
  [
    "a wrong charset",
    (url) => through(url, undefined, { "content-type": "application/json; charset=nonsense" }),
  ],
  ["gzip that is not said", (url) => through(url, (body) => gzipSync(body))],
  ["gzip that is said and not done", (url) => through(url, undefined, { "content-encoding": "gzip" })],
];

/** Answers that are not well, and then are. */
const recoveries: readonly (readonly [string, string, Script])[] = [
  ["A06", "502", text("", 502)],
  ["A06", "503", text("", 503)],
  ["A07", "429 with Retry-After", (response) => response.writeHead(429, { "retry-after": "0" }).end()],
  ["A12", "a reset", reset],
  ["A12", "an answer that is cut off", cut(`[${" ".repeat(5_000)}]`, 1_000)],
];

test("every kind of backend has a healthy server to be tested with", () => {
  assert.deepEqual(
    backends.map(({ kind }) => kind).filter((kind) => !healthy.has(kind)),
    [],
  );
});

for (const { kind, label } of backends.filter(({ kind }) => healthy.has(kind))) {
  suite(label, { concurrency: 12 }, () => faultsOf(kind, label));
}

function faultsOf(kind: string, label: string): void {
  for (const { id, title, script, says, code, most = 2, totalMs } of faults) {
    for (const [name, ask] of calls) {
      test(`${id}: a server that ${title} is told at ${name}, and is asked again when it is well`, async (context) => {
        const limits = totalMs === undefined ? short : { ...short, totalMs, longestMs: totalMs };
        const one = await scene(context, kind, { io: { limits } });
        // Too little time for a healthy answer, perhaps.
        if (totalMs === undefined) await ask(one.source, never);
        const before = one.server.asked.length;
        one.script = script;
        const error = await refusal(ask(one.source, never));
        assert.ok(error.message.includes(`${label} at ${one.server.url}`), error.message);
        assert.match(error.message, says);
        assert.equal(error.code, code);
        const sent = one.server.asked.length - before;
        assert.ok(sent <= most, `${sent} requests`);
        one.script = undefined;
        if (totalMs === undefined) await ask(one.source, never);
      });
    }
  }

  for (const [name, ask] of calls) {
    test(`${name} of a server that is down asks whether it runs`, async (context) => {
      const one = await scene(context, kind);
      await one.server.close();
      const error = await refusal(ask(one.source, never));
      assert.equal(error.message, `${label} at ${one.server.url} refused the connection. Is it running?`);
      assert.equal(error.action, "editConnection");
    });

    test(`${name} of a host that there is not says so`, async (context) => {
      const one = await scene(context, kind, { url: () => "http://nobody.invalid:16686" });
      assert.equal((await refusal(ask(one.source, never))).code, "dns");
    });

    test(`${name} of a server that shows a web page says that it is no trace API`, async (context) => {
      const one = await scene(context, kind);
      one.script = html();
      const error = await refusal(ask(one.source, never));
      assert.match(error.message, /is not a trace API: it answered with a web page/);
      assert.equal(error.action, "editConnection");
    });

    const isProtobuf = name === "trace" && healthy.get(kind)!.rest !== undefined;
    for (const [form, change] of isProtobuf ? forms.slice(1) : forms) {
      test(`${name} is read from an answer with ${form}`, async (context) => {
        const one = await scene(context, kind);
        const plain = await ask(one.source, never);
        one.script = change(one.well.url);
        const changed = await ask(one.source, never);
        if (name === "services" || name === "operations") assert.deepEqual(changed, plain);
      });
    }

    for (const [id, what, script] of recoveries) {
      test(`${id}: ${name} is answered after ${what}`, async (context) => {
        const one = await scene(context, kind);
        const plain = through(one.well.url);
        const turns = sequence(script, plain);
        let index = 0;
        one.script = (response, asked) => turns(response, asked, index++);
        await ask(one.source, never);
      });
    }

    for (const [when, script] of [
      ["before the answer", silence],
      ["in the middle of it", stall],
    ] as const) {
      test(`Cancelling ${name} ${when} reaches the socket, and the same question is then answered`, async (context) => {
        const one = await scene(context, kind);
        await ask(one.source, never);
        const [before, aborted] = [one.server.asked.length, one.server.aborted.length];
        one.script = script;
        const controller = new AbortController();
        const old = ask(one.source, controller.signal);
        await one.server.whenAsked(before + 1);
        controller.abort(new Error("no longer wanted"));
        await assert.rejects(old, /no longer wanted/);
        one.script = undefined;
        await ask(one.source, never);
        await one.server.whenAborted(aborted + 1);
      });
    }
  }

  for (const [name, ask] of furtherCalls) {
    for (const { id, title, script } of faults.filter(({ code }) => code !== "timeout")) {
      test(`${id}: ${name}, where there is such a question, bears a server that ${title}`, async (context) => {
        const one = await scene(context, kind);
        one.script = script;
        const error: unknown = await ask(one.source, never)?.then(
          () => undefined,
          (reason) => reason,
        );
        assert.ok(error === undefined || error instanceof UserError, String(error));
        assert.ok(one.server.asked.length <= 24, `${one.server.asked.length} requests`);
      });
    }
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`Nothing that is sent reaches another origin by a ${status}`, async (context) => {
      const other = await faultyServer(json([]));
      context.after(() => other.close());
      const connection = {
        auth: "bearer",
        tenant: "team-1",
        headers: { Cookie: "a=b", "X-API-Key": "open" },
        secretHeaders: ["X-Secret"],
      } as const;
      const one = await scene(context, kind, { connection, secret: "SECRET-MARKER-5" });
      one.script = redirect(`${other.url}/api`, status);
      for (const [, ask] of calls) assert.equal((await refusal(ask(one.source, never))).code, "redirect");
      assert.equal(one.server.asked[0].headers["x-secret"], "SECRET-MARKER-5");
      assert.equal(other.asked.length, 0);
    });
  }

  test("cookies that a server sets are not sent back", async (context) => {
    const one = await scene(context, kind);
    one.script = through(one.well.url, undefined, { "set-cookie": "session=1; Path=/" });
    for (const [, ask] of calls) await ask(one.source, never);
    assert.ok(one.server.asked.every(({ headers }) => headers.cookie === undefined));
  });

  test("A server that restarts in the middle of a trace is asked again, and nothing half is shown", async (context) => {
    const one = await scene(context, kind);
    const whole = await one.source.trace(ids[0], never);
    const half = relayed(one.well.url, (response, { headers, body }) => {
      response.writeHead(200, { ...headers, "content-length": body.length });
      response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
    });
    let index = 0;
    one.script = (response, asked) => (index++ === 0 ? half : through(one.well.url))(response, asked, 0);
    const again = await one.source.trace(ids[0], never);
    assert.equal(again.trace.length, whole.trace.length);
    assert.deepEqual(again.summary, whole.summary);
  });

  for (const [name, ask] of calls.filter(([name]) => name !== "test")) {
    const rest = (name === "trace" && healthy.get(kind)!.rest) || Buffer.alloc(0);
    const spaces = Buffer.alloc(65_536, " ");

    test(`${name} of a bomb is stopped at the limit of its inflated size`, async (context) => {
      const one = await scene(context, kind);
      await ask(one.source, never);
      const bomb = (body: Buffer) => gzipSync(Buffer.concat([body, rest, ...Array<Buffer>(64).fill(spaces)]));
      one.script = through(one.well.url, bomb, { "content-encoding": "gzip" });
      const error = await refusal(ask(one.source, never));
      assert.equal(error.code, "tooLarge");
      assert.match(error.message, /is larger than \d+ [KM]B\. Ask for less\.$/);
    });

    test(`${name} of an answer that never ends is stopped, and its socket closed`, async (context) => {
      const one = await scene(context, kind);
      await ask(one.source, never);
      const before = one.server.aborted.length;
      one.script = relayed(one.well.url, (response, { headers, body }) => {
        response.writeHead(200, headers);
        response.write(Buffer.concat([body, rest]));
        sendForEver(response, spaces);
      });
      assert.equal((await refusal(ask(one.source, never))).code, "tooLarge");
      await one.server.whenAborted(before + 1);
    });
  }

  test("A search that was cut at its limit says so", async (context) => {
    const { source } = await scene(context, kind);
    const found = await source.search({ ...query, limit: 2 }, never);
    assert.equal(found.summaries.length, 2);
    assert.equal(found.limited, true);
    assert.equal((await source.search(query, never)).limited, false);
  });

  for (const [index, absence] of healthy.get(kind)!.absences.entries()) {
    test(`Not found in form ${index + 1} is not found`, async (context) => {
      const one = await scene(context, kind);
      await one.source.services(never);
      one.script = (response, asked, at) => {
        const script = /trace/.test(asked.path) ? absence : through(one.well.url);
        script(response, asked, at);
      };
      const error = await refusal(one.source.trace("f".repeat(32), never));
      assert.equal(error.code, "notFound");
      assert.match(error.message, / does not have the trace f+\.$/);
    });
  }

  for (const [hours, way] of [
    [1, "ahead of"],
    [-1, "behind"],
  ] as const) {
    test(`A server whose clock is an hour ${way} this one is searched in its last hour too, which is said`, async (context) => {
      const now = Date.now();
      const one = await scene(context, kind, { io: { now: () => Date.now() } });
      const date = new Date(now + hours * 3_600_000).toUTCString();
      one.script = through(one.well.url, undefined, { date });
      await one.source.services(never);
      const last = { ...query, fromMs: now - 3_600_000, toMs: now };
      const skewed = await one.source.search(last, never);
      assert.match(
        skewed.notes.join("\n"),
        new RegExp(`The clock of ${label} at .* is 60 min ${way} this machine's`),
      );
      const parameters = one.server.asked.at(-1)?.query.toString();
      await one.source.search({ ...last, fromMs: last.fromMs - 1_800_000 }, never);
      assert.notEqual(one.server.asked.at(-1)?.query.toString(), parameters);
      assert.equal((await one.source.search(query, never)).notes.join("\n").includes("clock"), false);
    });
  }

  test("Fifty different questions at a time reach the server four at a time", async (context) => {
    const one = await scene(context, kind);
    await one.source.services(never);
    const asked = Array.from({ length: 50 }, (_, i) => one.source.operations(`service-${i}`, never));
    await Promise.all(asked);
    assert.ok(one.server.widest <= 4, `${one.server.widest} at a time`);
  });

  test("Fifty equal searches and fifty equal traces at a time are asked once each", async (context) => {
    const one = await scene(context, kind);
    await one.source.search(query, never);
    await one.source.trace(ids[0], never);
    const before = one.server.asked.length;
    const found = await Promise.all(
      Array.from({ length: 50 }, async () => [
        await one.source.search(query, never),
        await one.source.trace(ids[0], never),
      ]),
    );
    assert.ok(one.server.asked.length - before <= 4, `${one.server.asked.length - before} requests`);
    assert.equal(new Set(found.map(([, trace]) => trace)).size > 0, true);
  });

  test("Fifty questions to a server that wants a rest are each asked twice at most", async (context) => {
    const one = await scene(context, kind);
    await one.source.services(never);
    const before = one.server.asked.length;
    one.script = text("", 429);
    const asked = Array.from({ length: 50 }, (_, i) => refusal(one.source.operations(`service-${i}`, never)));
    for (const error of await Promise.all(asked)) assert.equal(error.code, "busy");
    assert.ok(one.server.asked.length - before <= 100);
    assert.ok(one.server.widest <= 4);
  });
}
