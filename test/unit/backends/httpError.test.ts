import assert from "node:assert/strict";
import { test } from "node:test";
import { networkError } from "../../../src/backends/httpError.ts";
import { httpLimits } from "../../../src/backends/httpLimits.ts";
import { UserError } from "../../../src/base/userError.ts";

const peer = { label: "Jaeger", address: "https://jaeger.example.com" };

function failing(code: string, message = "low-level words"): Error {
  return Object.assign(new Error(message), { code });
}

const meanings: readonly (readonly [string, RegExp])[] = [
  ["ECONNREFUSED", /refused the connection\. Is it running\?$/],
  ["ENOTFOUND", /no such host name/],
  ["EAI_AGAIN", /the name server did not answer/],
  ["EHOSTUNREACH", /cannot be reached from this machine/],
  ["ETIMEDOUT", /did not accept a connection in time/],
  ["UND_ERR_CONNECT_TIMEOUT", /did not accept a connection in time/],
  ["UND_ERR_HEADERS_TIMEOUT", /did not answer within 15 s/],
  ["UND_ERR_BODY_TIMEOUT", /stopped in the middle of its answer for 10 s/],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", /has a self-signed certificate/],
  ["SELF_SIGNED_CERT_IN_CHAIN", /signed by a self-signed one/],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /an authority this machine does not know/],
  ["CERT_HAS_EXPIRED", /has an expired certificate/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", /a certificate for another host name/],
  ["ERR_SSL_WRONG_VERSION_NUMBER", /does not speak TLS/],
  ["ESOMETHING", /could not be asked: low-level words$/],
];

for (const [code, message] of meanings) {
  test(`${code} is told as what happened, with something to do`, () => {
    const error = networkError(peer, failing(code), httpLimits);
    assert.match(error.message, message);
    assert.ok(error.message.startsWith("Jaeger at https://jaeger.example.com "));
    assert.notEqual(error.action, undefined);
  });
}

test("a proxy that refuses is told apart from the server", () => {
  const error = networkError(peer, failing("UND_ERR_ABORTED", "Proxy response (407) !== 200"), httpLimits);
  assert.equal(
    error.message,
    "The proxy before Jaeger at https://jaeger.example.com refused to pass the request on (407).",
  );
  assert.equal(error.action, "openSettings");
});

test("a connection that breaks in the middle of an answer is told with the bytes that came", () => {
  const error = networkError(peer, failing("ECONNRESET"), httpLimits, 1_234_567);
  assert.match(error.message, /cut its answer off after 1,234,567 bytes\.$/);
});

test("an error that is a person's already stays as it is", () => {
  const error = new UserError("No.");
  assert.equal(networkError(peer, error, httpLimits), error);
});
