import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type * as vscode from "vscode";
import { authCommandOf } from "../../../src/editor/authCommandSetting.ts";
import { printedToken, scrubbed } from "../../../src/editor/authProgram.ts";
import { editor } from "../../support/fakeVscode.ts";
import { connectionParts, guardedJaeger, memoryLog } from "./connectionParts.ts";

const { AuthCommands } = await import("../../../src/editor/authCommands.ts");

const origin = "https://tempo.example";
const { signal } = new AbortController();
/** A program that runs this text. */
const script = (text: string) => [process.execPath, "-e", text];

beforeEach(() => editor.reset());

describe("the setting of auth commands", () => {
  const command = ["gcloud", "auth", "print-access-token"];

  test("names a program for exactly one origin, whatever path its key has", () => {
    const value = { [`${origin}/tempo`]: { command, lifetimeSeconds: 60 } };
    assert.deepEqual(authCommandOf(value, origin), { command, lifetimeMs: 60_000 });
    for (const other of ["http://tempo.example", `${origin}:8443`])
      assert.ok("problem" in authCommandOf(value, other));
  });

  test("gives a token five minutes when it does not say, and a day at most", () => {
    assert.deepEqual(authCommandOf({ [origin]: { command } }, origin), { command, lifetimeMs: 300_000 });
    const long = authCommandOf({ [origin]: { command, lifetimeSeconds: 1e9 } }, origin);
    assert.deepEqual(long, { command, lifetimeMs: 86_400_000 });
  });

  const wrong: [string, unknown, RegExp][] = [
    ["nothing", {}, /is missing/],
    ["no object", { [origin]: "gcloud" }, /is not an object/],
    ["a text in place of a list", { [origin]: { command: "gcloud auth" } }, /not a list of a program/],
    ["an empty list", { [origin]: { command: [] } }, /not a list of a program/],
    ["a relative path", { [origin]: { command: ["./token.sh"] } }, /neither a name nor an absolute path/],
    ["a lifetime that is a text", { [origin]: { command, lifetimeSeconds: "60" } }, /not a number/],
  ];
  for (const [title, value, problem] of wrong) {
    test(`${title} is said, with the key`, () => {
      const found = authCommandOf(value, origin);
      assert.ok("problem" in found);
      assert.match(found.problem, problem);
      assert.match(found.problem, /traceline\.authCommands\["https:\/\/tempo\.example"\]/);
    });
  }
});

describe("a program that prints a token", () => {
  test("is run without a shell, and what it prints is trimmed", async () => {
    const token = await printedToken([...script("console.log(process.argv[1])"), "a;$(b)|c"], signal);
    assert.equal(token, "a;$(b)|c");
  });

  const failing: [string, string[], RegExp][] = [
    ["is not there", ["traceline-no-such-program"], /was not found\. Give its whole path/],
    ["fails", script("console.error('login first'); process.exit(3)"), /failed \(3\): login first/],
    ["prints nothing", script(""), /printed nothing/],
    ["prints a text", script("console.log('please log in')"), /printed something that is not a token/],
    ["prints too much", script("process.stdout.write('x'.repeat(1e6))"), /printed too much/],
    [
      "takes too long",
      script("console.error('waiting'); setInterval(() => {}, 1000)"),
      /no token within 0.5 s/,
    ],
  ];
  for (const [title, command, message] of failing) {
    test(`that ${title} is said`, async () => {
      const limits = title === "takes too long" ? { timeoutMs: 500 } : {};
      await assert.rejects(printedToken(command, signal, limits), { name: "UserError", message });
    });
  }

  test("is ended when nobody wants it any more", async () => {
    const controller = new AbortController();
    const printing = printedToken(script("setInterval(() => {}, 1000)"), controller.signal);
    setTimeout(() => controller.abort(new Error("closed")), 100);
    await assert.rejects(printing, /closed/);
  });

  test("its errors are told without what may be a secret, in 300 characters", () => {
    const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";
    assert.equal(
      scrubbed(`refused ${jwt} at /usr/lib/python3/dist-packages`),
      "refused *** at /usr/lib/python3/dist-packages",
    );
    assert.equal(scrubbed("password=hunter22 token: abcdefgh"), "password=*** token: ***");
    assert.equal(scrubbed("a\u001b[31mb\nc"), "a [31mb c");
    assert.equal(scrubbed("long ".repeat(200)).length, 300);
  });

  test("white space without end in its errors stops nobody", () => {
    const before = process.cpuUsage();
    assert.equal(scrubbed(`x${" ".repeat(3_900)}y`), "x y");
    assert.ok(process.cpuUsage(before).user / 1000 < 1000);
  });
});

describe("tokens of auth commands", () => {
  function tokens() {
    editor.defaults.set("authCommands", {});
    editor.user.set("authCommands", {
      [origin]: { command: ["gcloud", "\u202eprint"], lifetimeSeconds: 60 },
    });
    const ran: (readonly string[])[] = [];
    const run = async (command: readonly string[]) => `token${ran.push(command)}`;
    const agreed = editor.memento() as unknown as vscode.Memento;
    const create = () => new AuthCommands(agreed, memoryLog(), run);
    return { ran, create };
  }
  const agree = () => {
    editor.answer = ({ kind, choices }) => (kind === "modal" ? choices[0] : undefined);
  };

  test("the program is shown whole before it is run, once for program and origin", async () => {
    const { ran, create } = tokens();
    agree();
    assert.equal(await create().token(origin, false, signal), "token1");
    const [asked] = editor.asked;
    assert.match(asked.text, /get a token for https:\/\/tempo\.example/);
    assert.ok(asked.detail.startsWith('"gcloud"\n"\\u202eprint"'), asked.detail);
    assert.equal(await create().token(origin, false, signal), "token2");
    assert.equal(editor.asked.length, 1);
    editor.set("authCommands", { [origin]: { command: ["gcloud", "other"] } });
    await create().token(origin, false, signal);
    assert.equal(editor.asked.length, 2);
    assert.equal(ran.length, 3);
  });

  test("a token that is forgotten is printed anew", async () => {
    const { ran, create } = tokens();
    agree();
    const commands = create();
    await commands.token(origin, false, signal);
    assert.equal(commands.forgetTokens(), 1);
    assert.equal(await commands.token(origin, false, signal), "token2");
    assert.equal(ran.length, 2);
  });

  test("it is not run when the person does not agree, and the error waits for the person", async () => {
    const { ran, create } = tokens();
    await assert.rejects(create().token(origin, false, signal), {
      message: /has not been allowed to run/,
      code: "authCommand",
    });
    assert.deepEqual(ran, []);
  });

  test("a question that is still open when a request gives up is not put a second time", async () => {
    const { create } = tokens();
    const commands = create();
    let answer = (_: string) => {};
    editor.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const controller = new AbortController();
    const first = commands.token(origin, false, controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("took too long"));
    await assert.rejects(first, /took too long/);
    const second = commands.token(origin, false, signal);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(editor.asked.length, 1);
    answer("Run Program");
    assert.equal(await second, "token1");
  });

  test("requests at the same time ask once and run it once", async () => {
    const { ran, create } = tokens();
    agree();
    const commands = create();
    const given = await Promise.all(Array.from({ length: 50 }, () => commands.token(origin, false, signal)));
    assert.deepEqual(new Set(given), new Set(["token1"]));
    assert.equal(ran.length, 1);
    assert.equal(editor.asked.length, 1);
  });

  test("a token is kept for its lifetime, and a refused one is replaced, but not one that is fresh", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const { create } = tokens();
    agree();
    const commands = create();
    assert.equal(await commands.token(origin, false, signal), "token1");
    assert.equal(await commands.token(origin, true, signal), "token1");
    t.mock.timers.setTime(1_030_000);
    assert.equal(await commands.token(origin, false, signal), "token1");
    assert.equal(await commands.token(origin, true, signal), "token2");
    t.mock.timers.setTime(1_100_000);
    assert.equal(await commands.token(origin, false, signal), "token3");
  });
});

test("a connection with an auth command sends the token that its program prints", async (t) => {
  const jaeger = await guardedJaeger("fresh-token");
  t.after(() => jaeger.close());
  editor.user.set("connections", [{ name: "team", kind: "jaeger", url: jaeger.url, auth: "command" }]);
  const { connections, log } = connectionParts();
  const connection = connections.named("team")!;
  const services = () => connections.use(connection, (source) => source.services(signal));
  await assert.rejects(services(), /traceline\.authCommands.* is missing/);
  assert.equal(connections.isRefused(connection), true);
  editor.set("authCommands", { [jaeger.url]: { command: script("console.log('fresh-token')") } });
  assert.equal(connections.isRefused(connection), false);
  editor.answer = ({ choices }) => choices[0];
  assert.deepEqual(await services(), ["shop"]);
  assert.ok(!log.lines.join("\n").includes("fresh-token"));
  connections.dispose();
});
