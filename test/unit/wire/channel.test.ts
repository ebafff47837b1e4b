import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../../src/base/userError.ts";
import { type Channel, createChannel } from "../../../src/wire/channel.ts";
import type { Message } from "../../../src/wire/rpc.ts";

interface Host {
  add(a: number, b: number): Promise<number>;
  fail(how: "user" | "defect"): Promise<never>;
  hang(): Promise<void>;
  note(text: string): void;
}

interface Line {
  readonly page: Channel<Host>;
  readonly host: Channel<object>;
  readonly sent: Message[];
  readonly noted: string[];
  readonly defects: unknown[];
}

/** A page and its host, joined by messages that are cloned as they would be on their way. */
function line(): Line {
  const sent: Message[] = [];
  const noted: string[] = [];
  const defects: unknown[] = [];
  const handlers: Host = {
    add: async (a, b) => a + b,
    fail: async (how) => {
      if (how === "user") throw new UserError("The trace is gone.", { code: "notFound", action: "retry" });
      throw new Error("secret detail");
    },
    hang: () => new Promise(() => {}),
    note: (text) => {
      if (text === "throw") throw new Error("a handler failed");
      noted.push(text);
    },
  };
  const page = createChannel<Host>((message) => {
    sent.push(message);
    queueMicrotask(() => host.receive(structuredClone(message)));
  }, {});
  const host = createChannel<object, Host>(
    (message) => queueMicrotask(() => page.receive(structuredClone(message))),
    handlers,
    (error) => defects.push(error),
  );
  return { page, host, sent, noted, defects };
}

describe("a channel", () => {
  it("answers what was asked, whatever the order", async () => {
    const { page } = line();
    assert.deepEqual(await Promise.all([page.ask("add", [1, 2]), page.ask("add", [3, 4])]), [3, 7]);
  });

  it("tells without an answer", async () => {
    const { page, noted } = line();
    page.tell("note", ["hello"]);
    await turn();
    assert.deepEqual(noted, ["hello"]);
  });

  it("carries a UserError whole", async () => {
    const { page } = line();
    await assert.rejects(page.ask("fail", ["user"]), (error) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual(
        [error.message, error.code, error.action],
        ["The trace is gone.", "notFound", "retry"],
      );
      return true;
    });
  });

  it("keeps the text of a defect on its side", async () => {
    const { page, defects } = line();
    await assert.rejects(page.ask("fail", ["defect"]), (error) => {
      assert.ok(error instanceof UserError);
      assert.doesNotMatch(error.message, /secret/);
      assert.equal(error.action, "openLog");
      return true;
    });
    assert.match(String(defects[0]), /secret detail/);
  });

  it("rejects with the signal's reason, says so, and passes over the late answer", async () => {
    const { page, sent } = line();
    const controller = new AbortController();
    const asked = page.ask("add", [1, 1], controller.signal);
    controller.abort(new Error("closed"));
    await assert.rejects(asked, /closed/);
    assert.deepEqual(sent.at(-1), { cancel: (sent[0] as { call: number }).call });
    await turn();
    await assert.rejects(page.ask("add", [1, 1], controller.signal), /closed/);
  });

  it("does not count calls from 0: an answer for an earlier page finds no call of this one", async () => {
    const first = line();
    void first.page.ask("hang", []).catch(() => {});
    const second = line();
    void second.page.ask("hang", []).catch(() => {});
    const callOf = ({ sent }: ReturnType<typeof line>) => (sent[0] as { call: number }).call;
    assert.notEqual(callOf(first), callOf(second));
  });

  it("rejects what waits when it is disposed, and what is asked afterwards", async () => {
    const { page } = line();
    const asked = page.ask("hang", []);
    page.dispose();
    await assert.rejects(asked, { code: "closed" });
    await assert.rejects(page.ask("add", [1, 2]), { code: "closed" });
  });

  it("refuses methods that nobody wrote", async () => {
    for (const method of ["missing", "constructor", "toString", "__proto__", "hasOwnProperty"]) {
      const answers: Message[] = [];
      const host = createChannel<object, object>((message) => answers.push(message), { add: 1 });
      host.receive({ call: 1, method, args: [] });
      await turn();
      assert.equal((answers[0] as { error?: { code: string } }).error?.code, "defect", method);
    }
  });

  it("puts up with anything that is received", async () => {
    const { host, page, defects } = line();
    const odd: unknown[] = [
      undefined,
      null,
      7,
      "text",
      [],
      {},
      { call: "1", method: "add" },
      { call: 1, method: 5 },
      { tell: "missing", args: [] },
      { tell: "note", args: "no list" },
      { answer: 99, value: 1 },
      { answer: 1, error: null },
      { cancel: 12 },
      { cancel: {} },
    ];
    for (const message of odd) {
      host.receive(message);
      page.receive(message);
    }
    page.tell("note", ["throw"]);
    await turn();
    assert.match(String(defects.at(-1)), /a handler failed/);
  });

  it("is held to the other side's interface by the compiler", () => {
    const { page } = line();
    // @ts-expect-error: there is no such method.
    const missing = () => page.ask("subtract", [1, 2]);
    // @ts-expect-error: it takes two numbers.
    const wrong = () => page.ask("add", ["1"]);
    // @ts-expect-error: it answers.
    const told = () => page.tell("add", [1, 2]);
    // @ts-expect-error: it does not answer.
    const asked = () => page.ask("note", ["x"]);
    for (const never of [missing, wrong, told, asked]) assert.equal(typeof never, "function");
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
