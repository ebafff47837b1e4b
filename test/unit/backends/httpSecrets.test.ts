import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { HttpError } from "../../../src/backends/httpError.ts";
import { httpSecrets } from "../../../src/backends/httpSecrets.ts";
import { UserError } from "../../../src/base/userError.ts";

function keeping(...kept: readonly string[]) {
  const secrets = httpSecrets();
  for (const secret of kept) secrets.keep(secret);
  return secrets;
}

const texts: readonly (readonly [string, readonly string[], string, string])[] = [
  ["as it is", ["hunter22"], "token hunter22 expired", "token *** expired"],
  ["twice", ["hunter22"], "hunter22hunter22", "******"],
  ["in other case", ["Hunter22"], "host hunter22.example", "host ***.example"],
  ["as a URL writes it", ["a b/c=d"], "?q=a%20b%2Fc%3Dd", "?q=***"],
  ["as JSON writes it", ['say "it" \\ now'], '{"a":"say \\"it\\" \\\\ now"}', '{"a":"***"}'],
  ["with characters of patterns in it", ["a.*(b)[c]$"], "x a.*(b)[c]$ y", "x *** y"],
  ["that begins with another", ["secret", "secret-longer"], "secret-longer", "***"],
  ["but for characters that got lost", ["ab-cdefghijk-é/+="], "ab-cdefghijk-\ufffd/+=", "***\ufffd/+="],
  ["that is too short to be struck out", ["abc"], "abc", "abc"],
  ["that is none", [""], "all is well", "all is well"],
];

for (const [how, kept, text, expected] of texts) {
  test(`a secret ${how} is told as ${expected}`, () => assert.equal(keeping(...kept).text(text), expected));
}

test("an error that tells no secret is itself", () => {
  const error = new HttpError("no", { code: "status", cause: new Error("why") });
  assert.equal(keeping("hunter22").error(error), error);
});

for (const error of [
  new HttpError("bad hunter22", { code: "status", status: 400, action: "retry" }),
  new HttpError("bad ***", { code: "status", status: 400, action: "retry", cause: new Error("hunter22") }),
  new HttpError("bad ***", {
    code: "status",
    status: 400,
    action: "retry",
    cause: Object.assign(new TypeError("Invalid URL"), { input: "http://me:hunter22@" }),
  }),
]) {
  test(`of ${error.cause ?? error} all is told but the secret`, () => {
    const told = keeping("hunter22").error(error);
    assert.ok(told instanceof HttpError);
    assert.deepEqual(
      [told.message, told.code, told.action, told.status],
      ["bad ***", "status", "retry", 400],
    );
    assert.doesNotMatch(inspect(told, { showHidden: true, depth: 9 }), /hunter22/);
  });
}

test("errors of other kinds keep theirs", () => {
  const secrets = keeping("hunter22");
  const own = secrets.error(new UserError("hunter22", { action: "retry", code: "x" }));
  assert.ok(own instanceof UserError && own.message === "***" && own.code === "x");
  assert.equal((secrets.error(new TypeError("hunter22")) as Error).message, "***");
  assert.equal(secrets.error(7), 7);
});

test("tokens that come and go do not pile up", () => {
  const secrets = httpSecrets();
  for (let i = 0; i < 5_000; i++) secrets.keep(`token-number-${i}`);
  assert.ok(secrets.all.length < 500);
  assert.equal(secrets.text("token-number-4999"), "***");
});
