import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  checkRequest,
  isAllowedHost,
  type RequestHead,
} from "../../../../../src/backends/local/receiver/requestChecks.ts";

const rules = {
  allowedHosts: ["otel.internal", "fe80::1", "FD00:0:0::2", "fe80::3%eth0", "[fd00::4]"],
  allowedOrigins: ["http://localhost:3000"],
  bodyBytes: 1000,
  isKey: (given: string | undefined) => given === "secret",
};

/** A good request of traces with these headers set, or left out when undefined. */
function head(
  headers: Readonly<Record<string, string | undefined>> = {},
  method = "POST",
  url = "/v1/traces",
): RequestHead {
  const all = new Map<string, string | undefined>([
    ["host", "localhost:4318"],
    ["content-type", "application/x-protobuf"],
    ["x-otlp-api-key", "secret"],
    ...Object.entries(headers),
  ]);
  const given = [...all].filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { method, url, headers: Object.fromEntries(given), rawHeaders: given.flat() };
}

describe("a host name by which the receiver is called", () => {
  const allowed = [
    "localhost",
    "localhost:4318",
    "LOCALHOST:4318",
    "localhost.:4318",
    "shop.localhost:4318",
    "127.0.0.1:4318",
    "[::1]:4318",
    "[::1]",
    "host.docker.internal:4318",
    "host.containers.internal:4318",
    "otel.internal:4318",
    "[fe80::1]:4318",
    "[0:0:0:0:0:0:0:1]:4318",
    "[fd00::2]:4318",
    "[FD00:0:0:0::0002]:4318",
    "[fe80::3]:4318",
    "[fd00:0::4]:4318",
  ];
  for (const host of allowed) {
    it(`is its own, or was allowed: ${host}`, () => assert.ok(isAllowedHost(host, rules.allowedHosts)));
  }
  const refused = [
    undefined,
    "",
    "evil.example:4318",
    "localhost.evil.example",
    "evil.example/localhost",
    "localhost@evil.example",
    "evil.example#.localhost",
    "localhost:4318:4318",
    "localhost:port",
    "127.0.0.1.evil.example",
    "[::1",
    "::1",
    "[localhost]",
    "[fe80::2]:4318",
    "[:::::]",
    "[1.2.3.4]",
    "local host",
    "\u0000localhost",
    "x".repeat(100_000),
  ];
  for (const host of refused) {
    const shown = JSON.stringify(host)?.slice(0, 40);
    it(`is refused: ${shown}`, () => assert.ok(!isAllowedHost(host, rules.allowedHosts)));
  }
});

describe("a request, before its body is read", () => {
  const accepted: readonly [what: string, head: RequestHead, expected: object][] = [
    ["protobuf", head(), { signal: "traces", encoding: "protobuf", compression: "none", origin: "" }],
    [
      "JSON with a charset",
      head({ "content-type": "Application/JSON; charset=utf-8" }),
      { signal: "traces", encoding: "json", compression: "none", origin: "" },
    ],
    [
      "logs in zstd",
      head({ "content-encoding": "zstd" }, "POST", "/v1/logs"),
      { signal: "logs", encoding: "protobuf", compression: "zstd", origin: "" },
    ],
    [
      "Zipkin's spans, with a query",
      head({ "content-type": "application/json" }, "POST", "/api/v2/spans?x=1"),
      { signal: "zipkin", encoding: "json", compression: "none", origin: "" },
    ],
    [
      "a page that was allowed",
      head({ origin: "http://localhost:3000", "sec-fetch-site": "cross-site" }),
      { signal: "traces", encoding: "protobuf", compression: "none", origin: "http://localhost:3000" },
    ],
  ];
  for (const [what, given, expected] of accepted) {
    it(`is accepted: ${what}`, () => assert.deepEqual(checkRequest(given, rules), expected));
  }

  const refused: readonly [what: string, head: RequestHead, status: number][] = [
    ["another host name, as after DNS rebinding", head({ host: "evil.example:4318" }), 403],
    ["no host name", head({ host: undefined }), 403],
    ["a web page", head({ origin: "https://evil.example" }), 403],
    ["a page without an origin", head({ origin: "null" }), 403],
    ["a page of another port", head({ origin: "http://localhost:3001" }), 403],
    ["an origin that is none", head({ origin: "]]>" }), 403],
    ["a page's simple request", head({ "content-type": "text/plain", "sec-fetch-site": "cross-site" }), 403],
    ["a preflight of any page", head({ origin: "https://evil.example" }, "OPTIONS"), 403],
    ["a preflight without an origin", head({}, "OPTIONS"), 405],
    ["GET", head({}, "GET"), 405],
    ["PUT", head({}, "PUT"), 405],
    ["the root", head({}, "GET", "/"), 404],
    ["a path out of the root", head({}, "GET", "/../../etc/passwd"), 404],
    ["a path beside", head({}, "POST", "/v1/traces/../x"), 404],
    ["a path in another spelling", head({}, "POST", "/v1/%74races"), 404],
    ["a whole address as path", head({}, "POST", "http://evil.example/v1/traces"), 404],
    ["an empty path", head({}, "POST", ""), 404],
    ["a wrong key", head({ "x-otlp-api-key": "secre" }), 401],
    ["no key", head({ "x-otlp-api-key": undefined }), 401],
    ["a form", head({ "content-type": "application/x-www-form-urlencoded" }), 415],
    ["plain text, which any page may send", head({ "content-type": "text/plain" }), 415],
    ["no content type", head({ "content-type": undefined }), 415],
    ["gRPC's type", head({ "content-type": "application/grpc" }), 415],
    ["Zipkin's protobuf", head({}, "POST", "/api/v2/spans"), 415],
    ["brotli", head({ "content-encoding": "br" }), 415],
    ["two encodings", head({ "content-encoding": "gzip, gzip" }), 415],
    ["a length over the limit", head({ "content-length": "1001" }), 413],
  ];
  for (const [what, given, status] of refused) {
    it(`is refused with ${status}: ${what}`, () => {
      const checked = checkRequest(given, rules);
      assert.ok("status" in checked);
      assert.equal(checked.status, status);
      assert.ok(!Object.keys(checked.headers).some((name) => name.startsWith("access-control")));
    });
  }

  it("is refused with 400 when a header that decides is there twice", () => {
    for (const name of ["Host", "Origin", "Content-Type", "Content-Length", "X-OTLP-API-Key"]) {
      const given = head();
      const twice = { ...given, rawHeaders: [...given.rawHeaders, name, "a", name.toLowerCase(), "b"] };
      const checked = checkRequest(twice, rules);
      assert.ok("status" in checked && checked.status === 400, name);
    }
  });
});

describe("a page whose origin was allowed", () => {
  const origin = "http://localhost:3000";

  it("gets its own origin back, never all, and no credentials", () => {
    const checked = checkRequest(
      head({ origin, "access-control-request-private-network": "true" }, "OPTIONS"),
      rules,
    );
    assert.ok("status" in checked);
    assert.equal(checked.status, 204);
    assert.equal(checked.headers["access-control-allow-origin"], origin);
    assert.equal(checked.headers["access-control-allow-private-network"], "true");
    assert.equal(checked.headers["access-control-allow-credentials"], undefined);
    assert.match(checked.headers["access-control-allow-headers"], /content-type/);
  });

  it("can read why it was refused", () => {
    const checked = checkRequest(head({ origin, "content-type": "text/plain" }), rules);
    assert.ok("status" in checked);
    assert.equal(checked.headers["access-control-allow-origin"], origin);
  });
});
