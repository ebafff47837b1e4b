import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseProxy, type ProxySettings } from "../../../src/editor/proxyChoice.ts";

const set: ProxySettings = { proxy: "http://set:3128", proxySupport: "override", noProxy: [] };

const choices: readonly (readonly [
  string,
  string,
  ProxySettings,
  Record<string, string>,
  string | undefined,
])[] = [
  ["nothing is set", "https://a.example", {}, {}, undefined],
  ["http.proxy is set", "https://a.example", set, {}, "http://set:3128"],
  ["both are", "https://a.example", set, { HTTPS_PROXY: "http://env:1" }, "http://set:3128"],
  ["http.proxy has no scheme", "https://a.example", { proxy: "set:3128" }, {}, "http://set:3128"],
  [
    "http.proxy is empty",
    "https://a.example",
    { proxy: "" },
    { HTTPS_PROXY: "http://env:1" },
    "http://env:1",
  ],
  [
    "http.proxy is not text",
    "https://a.example",
    { proxy: 7 },
    { https_proxy: "http://env:2" },
    "http://env:2",
  ],
  ["only HTTP_PROXY is", "https://a.example", {}, { HTTP_PROXY: "http://env:3" }, "http://env:3"],
  ["only HTTPS_PROXY is, for http", "http://a.example", {}, { HTTPS_PROXY: "http://env:1" }, undefined],
  ["http_proxy is, for http", "http://a.example", {}, { http_proxy: "http://env:4" }, "http://env:4"],
  [
    "proxySupport is off",
    "https://a.example",
    { ...set, proxySupport: "off" },
    { HTTPS_PROXY: "x" },
    undefined,
  ],
  [
    "proxyAuthorization is basic",
    "https://a.example",
    { ...set, proxyAuthorization: `Basic ${Buffer.from("me:p@ss:word").toString("base64")}` },
    {},
    "http://me:p%40ss%3Aword@set:3128",
  ],
  [
    "the proxy has a user already",
    "https://a.example",
    { proxy: "http://you@set:3128", proxyAuthorization: "Basic bWU6eA==" },
    {},
    "http://you@set:3128",
  ],
  [
    "proxyAuthorization is another",
    "https://a.example",
    { ...set, proxyAuthorization: "NTLM x" },
    {},
    "http://set:3128",
  ],
];

for (const [when, url, settings, environment, expected] of choices) {
  test(`when ${when}, ${url} is asked ${expected === undefined ? "directly" : `through ${expected}`}`, () => {
    assert.equal(chooseProxy(url, settings, environment), expected);
  });
}

const exclusions: readonly (readonly [string, string, boolean])[] = [
  ["a.example", "https://a.example", true],
  ["a.example", "https://b.a.example", true],
  [".a.example", "https://b.a.example", true],
  ["*.a.example", "https://b.a.example", true],
  ["*.a.example", "https://a.example", true],
  ["A.Example", "https://a.example", true],
  ["a.example.", "https://a.example", true],
  ["a.example", "https://nota.example", false],
  ["a.example", "https://a.example.com", false],
  ["a.example:8443", "https://a.example:8443", true],
  ["a.example:8443", "https://a.example", false],
  ["a.example:443", "https://a.example", true],
  ["*", "https://a.example", true],
  ["10.1.2.3", "http://10.1.2.3:9411", true],
  ["10.1.2.3:9411", "http://10.1.2.3:9411", true],
  ["10.0.0.0/8", "http://10.1.2.3", true],
  ["10.0.0.0/8", "http://11.1.2.3", false],
  ["10.0.0.0/99", "http://10.1.2.3", false],
  ["10.0.0.0/8", "http://ten.example", false],
  ["fd00::/8", "http://[fd12::1]:16686", true],
  ["[fd12::1]", "http://[fd12::1]:16686", true],
  ["fd12::1", "http://[fd12::1]:16686", true],
  ["2.3", "http://10.1.2.3", false],
  ["x, a.example ,y", "https://a.example", true],
  ["x a.example y", "https://a.example", true],
  [",,", "https://a.example", false],
  ["(.*", "https://a.example", false],
];

for (const [entry, url, isExcluded] of exclusions) {
  test(`NO_PROXY "${entry}" ${isExcluded ? "covers" : "does not cover"} ${url}`, () => {
    assert.equal(chooseProxy(url, set, { NO_PROXY: entry }) === undefined, isExcluded);
  });
}

test("http.noProxy counts as NO_PROXY does, and what is not text in it is passed over", () => {
  assert.equal(chooseProxy("https://a.example", { ...set, noProxy: [3, null, "a.example"] }, {}), undefined);
  assert.equal(chooseProxy("https://a.example", { ...set, noProxy: "a.example" }, {}), "http://set:3128");
});
