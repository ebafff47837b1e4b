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
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", /asks for a client certificate\. Set "tls\.certFile"/],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", /asks for a client certificate/],
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", /asks for a client certificate/],
  ["ERR_SSL_TLSV1_UNRECOGNIZED_NAME", /Set "tls\.serverName"/],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", /versions of TLS that are no longer safe/],
  ["CERT_NOT_YET_VALID", /Is this machine's clock right/],
  ["ECONNRESET", /without an answer\. If it asks for a client certificate/],
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

test("a client certificate that is refused is named by its setting", () => {
  const tls = { certFile: "/client.pem" };
  const error = networkError(peer, failing("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"), httpLimits, { tls });
  assert.match(error.message, /does not accept the client certificate of "tls\.certFile"/);
});

test("what happens below HTTP on the way to a proxy is told of the proxy", () => {
  const proxy = "http://proxy.example:3128";
  const error = networkError(peer, failing("ECONNREFUSED"), httpLimits, { proxy });
  assert.match(
    error.message,
    /^The proxy http:\/\/proxy\.example:3128 before Jaeger at .* refused the connection/,
  );
  assert.equal(error.action, "openSettings");
});

test("a proxy that refuses is told apart from the server", () => {
  const error = networkError(peer, failing("UND_ERR_ABORTED", "Proxy response (403) !== 200"), httpLimits);
  assert.equal(
    error.message,
    "The proxy before Jaeger at https://jaeger.example.com refused to pass the request on (403).",
  );
  assert.equal(error.action, "openSettings");
});

test("a connection that breaks in the middle of an answer is told with the bytes that came", () => {
  const error = networkError(peer, failing("ECONNRESET"), httpLimits, { bytes: 1_234_567 });
  assert.match(error.message, /cut its answer off after 1,234,567 bytes\.$/);
});

test("an error that is a person's already stays as it is", () => {
  const error = new UserError("No.");
  assert.equal(networkError(peer, error, httpLimits), error);
});
