import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { inspect } from "node:util";
import type { BackendIo, Connection } from "../../../src/backends/backend.ts";
import { backends } from "../../../src/backends/index.ts";
import { UserError } from "../../../src/base/userError.ts";
import {
  cut,
  html,
  json,
  redirect,
  reset,
  type Script,
  silence,
  stall,
  text,
  through,
} from "../../support/faultyServer.ts";
import { never, refusal } from "../../unit/backends/fakes.ts";
import { healthy } from "./healthy.ts";
import { calls, scene } from "./scene.ts";

const marker = "SECRET-MARKER";

/** Lets through who shows this token. */
function guarded(url: string, good: () => string): Script {
  const plain = through(url);
  return (response, asked, index) => {
    const isGood = asked.headers.authorization === `Bearer ${good()}`;
    (isGood ? plain : text("token expired", 401))(response, asked, index);
  };
}

/** A program that prints a token, and another one when the last was refused. */
function program(...tokens: readonly string[]): Pick<BackendIo, "token"> & { readonly runs: boolean[] } {
  const runs: boolean[] = [];
  let printed = 0;
  return {
    runs,
    token: async (_origin, again) => {
      runs.push(again);
      if (again) printed++;
      return tokens[Math.min(printed, tokens.length - 1)];
    },
  };
}

const sessions: readonly (readonly [string, Partial<Connection>])[] = [
  ["a token", { auth: "bearer" }],
  ["a password", { auth: "basic", user: "me" }],
  ["a command", { auth: "command" }],
  ["secret headers", { secretHeaders: ["X-API-Key", "X-Other"] }],
];

/** As it is, and as a part of base64 at any of its three places. */
const forms = [marker, ...[0, 1, 2].map((at) => base64Part(marker, at))];
const secretForms = new RegExp(forms.join("|"), "i");

function base64Part(value: string, at: number): string {
  const text = Buffer.from("x".repeat(at) + value).toString("base64");
  // The first characters depend on what is before, the last ones on what is after.
  return text.slice(Math.ceil((at * 4) / 3), -4);
}

/** Servers that repeat what they were sent, wherever a client may look. */
const hostile: readonly Script[] = [
  (response, asked) => response.writeHead(401).end(echo(asked.headers)),
  (response, asked) =>
    response
      .writeHead(403, { "content-type": "application/json" })
      .end(JSON.stringify({ error: { message: echo(asked.headers) } })),
  (response, asked) => response.writeHead(500).end(`${encodeURIComponent(echo(asked.headers))}`),
  (response, asked) =>
    response.writeHead(500, { "content-type": "text/html" }).end(`<title>${echo(asked.headers)}</title>`),
  (response, asked) => response.writeHead(400).end(echo(asked.headers)),
  (response, asked) => response.writeHead(404).end(echo(asked.headers)),
  (response, asked) => response.writeHead(200).end(echo(asked.headers)),
  (response, asked) => json({ [echo(asked.headers)]: [echo(asked.headers)] })(response, asked, 0),
  (response, asked) =>
    redirect(`http://${/[\w-]*SECRET-MARKER[\w-]*/.exec(echo(asked.headers))?.[0]}.example/`)(
      response,
      asked,
      0,
    ),
  (response, asked) => redirect(`x-${echo(asked.headers).replaceAll(/[^\w-]/g, "")}:a`)(response, asked, 0),
  (response, asked) => response.writeHead(503, { "retry-after": echo(asked.headers) }).end(),
  html(),
  cut("x".repeat(100), 50),
  reset,
  silence,
  stall,
];

function echo(headers: Readonly<Record<string, unknown>>): string {
  return Buffer.from(Object.values(headers).join(" "))
    .toString("latin1")
    .replaceAll(/[^\x20-\x7e]/g, "");
}

/** All that could be shown or logged of an outcome. */
function wordsOf(outcome: unknown): string[] {
  if (!(outcome instanceof Error)) return [String(outcome)];
  const whole = inspect(outcome, { depth: 12, showHidden: true, maxStringLength: null });
  return [outcome.message, outcome.stack ?? "", JSON.stringify(outcome), whole];
}

for (const { kind, label } of backends.filter(({ kind }) => healthy.has(kind))) {
  suite(label, { concurrency: 8 }, () => {
    test("a secret header has the value kept for its name and origin", async (context) => {
      const connection = { secretHeaders: ["X-One", "X-Two"], headers: { "x-two": "open" } };
      const io = { secret: async (origin: string, header?: string) => `${header} of ${origin}` };
      const one = await scene(context, kind, { connection, io });
      for (const [, ask] of calls) await ask(one.source, never);
      for (const { headers } of one.server.asked) {
        assert.equal(headers["x-one"], `X-One of ${one.server.url}`);
        assert.equal(headers["x-two"], `X-Two of ${one.server.url}`);
      }
    });

    test("a secret header whose value is missing is asked for by name, and nothing is sent", async (context) => {
      const io = { secret: async (_: string, header?: string) => (header === "X-One" ? marker : undefined) };
      const one = await scene(context, kind, { connection: { secretHeaders: ["X-One", "X-Two"] }, io });
      const error = await refusal(one.source.services(never));
      assert.match(error.message, /needs the secret header X-Two, and none is kept for this address\.$/);
      assert.equal(error.action, "enterSecret");
      assert.equal(one.server.asked.length, 0);
    });

    test("a secret header that cannot be sent is not told", async (context) => {
      const connection = { secretHeaders: ["X-One"] };
      const one = await scene(context, kind, { connection, secret: `${marker}\r\nX-Two: a` });
      const error = await refusal(one.source.services(never));
      assert.equal(error.action, "enterSecret");
      assert.doesNotMatch(inspect(error), /SECRET-MARKER/);
    });

    for (const status of [401, 403]) {
      test(`A token that is refused with ${status} is asked for anew, and each question sends one request`, async (context) => {
        const one = await scene(context, kind, { connection: { auth: "bearer" }, secret: marker });
        one.script = text("expired", status);
        for (const [index, [, ask]] of calls.entries()) {
          const error = await refusal(ask(one.source, never));
          assert.equal(error.code, "unauthorized");
          assert.equal(error.action, "enterSecret");
          assert.equal(one.server.asked.length, index + 1);
        }
      });
    }

    test("the token that a command prints is sent", async (context) => {
      const io = program("first");
      const one = await scene(context, kind, { connection: { auth: "command" }, io });
      one.script = guarded(one.well.url, () => "first");
      for (const [, ask] of calls) await ask(one.source, never);
      assert.ok(io.runs.every((again) => !again));
    });

    test("a command whose token is refused is run once more, and the question asked once more", async (context) => {
      const io = program("first", "second");
      const one = await scene(context, kind, { connection: { auth: "command" }, io });
      one.script = guarded(one.well.url, () => "second");
      assert.deepEqual(await one.source.services(never), ["shop"]);
      assert.deepEqual(io.runs, [false, false, true]);
      assert.equal(one.server.asked[1].headers.authorization, "Bearer second");
    });

    test("fifty questions whose token is refused run the command once more", async (context) => {
      const io = program("first", "second", "third");
      const one = await scene(context, kind, { connection: { auth: "command" }, io });
      let good = "first";
      one.script = guarded(one.well.url, () => good);
      await one.source.services(never);
      good = "second";
      const asked = Array.from({ length: 50 }, (_, i) => one.source.operations(`service-${i}`, never));
      await Promise.all(asked);
      assert.equal(io.runs.filter((again) => again).length, 1);
    });

    test("a command whose second token is refused too is told, after two requests", async (context) => {
      const io = program("first", "second");
      const one = await scene(context, kind, { connection: { auth: "command" }, io });
      one.script = text("expired", 401);
      const error = await refusal(one.source.services(never));
      assert.match(
        error.message,
        /does not accept the token that the connection's auth command prints \(401\)\.$/,
      );
      assert.equal(error.code, "unauthorized");
      assert.equal(one.server.asked.length, 2);
    });

    test("a command that prints the refused token again is told, and the token not sent again", async (context) => {
      const io = program("first");
      const one = await scene(context, kind, { connection: { auth: "command" }, io });
      one.script = text("expired", 401);
      assert.equal((await refusal(one.source.services(never))).code, "unauthorized");
      assert.equal(one.server.asked.length, 1);
    });

    test("a command that fails says why, and one that prints nothing or no token is told", async (context) => {
      const connection: Partial<Connection> = { auth: "command" };
      const fails = {
        token: () => Promise.reject(new UserError("The program ended with 1.", { code: "authCommand" })),
      };
      const failing = await scene(context, kind, { connection, io: fails });
      assert.equal((await refusal(failing.source.services(never))).message, "The program ended with 1.");
      for (const token of [" \n", `${marker} with spaces`, `${marker}\u0000`]) {
        const one = await scene(context, kind, { connection, io: program(token) });
        const error = await refusal(one.source.services(never));
        assert.match(error.message, /prints no token\.|prints what cannot be a token\./);
        assert.equal(one.server.asked.length, 0);
      }
      const none = await scene(context, kind, { connection });
      assert.match((await refusal(none.source.services(never))).message, /cannot be run here/);
    });

    test("aborting while the command runs ends it", async (context) => {
      const controller = new AbortController();
      const token = (_origin: string, _again: boolean, signal: AbortSignal) =>
        new Promise<string>((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          setImmediate(() => controller.abort(new Error("no longer wanted")));
        });
      const one = await scene(context, kind, { connection: { auth: "command" }, io: { token } });
      await assert.rejects(one.source.services(controller.signal), /no longer wanted/);
      assert.equal(one.server.asked.length, 0);
    });

    for (const [how, connection] of sessions) {
      test(`After everything was asked with ${how}, no log line and no error holds a secret`, async (context) => {
        const io = program(`${marker}-command-1`, `${marker}-command-2`);
        const secret = async (_: string, header?: string) =>
          // A token is of ASCII; all else may hold any character.
          header === undefined && connection.auth === "bearer" ? `${marker}/+=` : `${marker}-é/+=`;
        const proxy = async () => `http://me:${marker}-proxy@127.0.0.1:9`;
        const one = await scene(context, kind, { connection, io: { ...io, secret, proxy } });
        const told: string[] = [];
        for (const script of [undefined, ...hostile, undefined]) {
          one.script = script;
          const outcomes = await Promise.allSettled(calls.map(([, ask]) => ask(one.source, never)));
          for (const outcome of outcomes) {
            told.push(...wordsOf(outcome.status === "fulfilled" ? "" : outcome.reason));
          }
        }
        const sent = inspect(
          one.server.asked.map(({ headers }) => headers),
          { depth: 5, maxArrayLength: null },
        );
        assert.match(sent, secretForms);
        told.push(...one.io.lines);
        assert.ok(one.io.lines.length > 20);
        for (const line of told) assert.doesNotMatch(line, secretForms);
      });
    }

    test("A proxy's password is in no log line and no error", async (context) => {
      const proxy = async () => `http://me:${marker}-proxy@127.0.0.1:9`;
      const url = (own: string) => own.replace("127.0.0.1", "jaeger.example");
      const one = await scene(context, kind, { io: { proxy }, url });
      for (const [, ask] of calls) {
        for (const words of wordsOf(await refusal(ask(one.source, never))))
          assert.doesNotMatch(words, secretForms);
      }
      assert.doesNotMatch(one.io.lines.join(), secretForms);
    });
  });
}
