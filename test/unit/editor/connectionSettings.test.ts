import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { backends } from "../../../src/backends/index.ts";
import { readConnections } from "../../../src/editor/connectionSettings.ts";

const folders = { home: "/home/me", workspace: "/code/shop" };
const good = { name: "local", kind: "jaeger", url: "http://localhost:16686/" };

const readUsers = (user: unknown) => readConnections({ user, workspace: undefined }, folders);
const only = (entry: object) => readUsers([entry]).connections[0].connection;

describe("the connections setting", () => {
  test("a good entry is a connection, its URL without the last slash", () => {
    const { connections, problems } = readUsers([good]);
    assert.equal(connections[0].connection.url, "http://localhost:16686");
    assert.deepEqual(problems, []);
  });

  const bad: [string, unknown, RegExp][] = [
    ["an entry that is no object", 7, /connections\[0\]: not an object/],
    ["a missing name", { ...good, name: " " }, /name is missing/],
    ["an unknown kind", { ...good, kind: "x" }, /unknown kind; known: .*jaeger.*zipkin/],
    ["a missing URL", { ...good, url: undefined }, /URL is missing/],
    ["a URL of another scheme", { ...good, url: "file:///etc" }, /not an http or https URL/],
    ["TLS options that are no object", { ...good, tls: "ca.pem" }, /connections\[0\]\.tls: not an object/],
    ["a certificate that is no text", { ...good, tls: { caFile: 7 } }, /\.tls\.caFile: not a text/],
    ["a relative path", { ...good, tls: { caFile: "ca.pem" } }, /\.tls\.caFile: not an absolute path/],
    [
      "a variable of the environment",
      { ...good, tls: { keyFile: `\${env:SECRET}/key.pem` } },
      /\.tls\.keyFile: only ~, \$\{userHome\} and \$\{workspaceFolder\}/,
    ],
    [
      "a command in a path",
      { ...good, tls: { keyFile: `~/\${command:x}` } },
      /\.tls\.keyFile: only ~, \$\{userHome\}/,
    ],
  ];
  for (const [title, entry, problem] of bad) {
    test(`${title} makes no connection, and is said with its key`, () => {
      const read = readUsers([entry]);
      assert.deepEqual(read.connections, []);
      assert.equal(read.problems.length, 1);
      assert.match(read.problems[0], problem);
    });
  }

  const doubtful: [string, object, RegExp][] = [
    ["a URL with a query", { url: "http://localhost:16686/?key=SECRET#x" }, /\.url: what follows \? or #/],
    ["an unknown auth", { auth: "kerberos" }, /\.auth: not one of none, bearer, basic, command/],
    ["a tenant that is no text", { tenant: 7 }, /\.tenant: not a text/],
    ["headers that are a list", { headers: ["x"] }, /\.headers: not an object/],
    ["a header with a line break", { headers: { "x-a": "1\r\n2" } }, /\.headers: a header cannot be sent/],
    ["secret headers that are a text", { secretHeaders: "x-api-key" }, /\.secretHeaders: not a list/],
    [
      "a flag that is a text",
      { allowUntrustedCertificate: "yes" },
      /\.allowUntrustedCertificate: not true or false/,
    ],
  ];
  for (const [title, entry, problem] of doubtful) {
    test(`${title} is said with its key, and left out of the connection`, () => {
      const { connections, problems } = readUsers([{ ...good, ...entry }]);
      assert.equal(problems.length, 1);
      assert.match(problems[0], problem);
      const { auth, tenant, allowUntrustedCertificate } = connections[0].connection;
      assert.deepEqual(
        { auth, tenant, allowUntrustedCertificate },
        {
          auth: "none",
          tenant: "",
          allowUntrustedCertificate: undefined,
        },
      );
    });
  }

  test("two of one name keep the first", () => {
    const { connections, problems } = readUsers([good, good]);
    assert.equal(connections.length, 1);
    assert.match(problems[0], /\[1\].*used twice/);
  });

  test("a setting that is no list is none, and is said", () => {
    const { connections, problems } = readUsers("x");
    assert.deepEqual(connections, []);
    assert.deepEqual(problems, ["traceline.connections: not a list."]);
  });

  test("of 10,000 entries the first 200 are used, and one sentence says so", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...good, name: `c${i}` }));
    const { connections, problems } = readUsers(many);
    assert.equal(connections.length, 200);
    assert.deepEqual(problems, [
      "traceline.connections: 10000 connections, of which the first 200 are used.",
    ]);
  });

  test("headers that are not text, or would break the request, are left out", () => {
    const headers = { "x-ok": "1", "x-number": 7, "bad name": "x", "x-break": "a\r\nb" };
    assert.deepEqual(only({ ...good, headers }).headers, { "x-ok": "1" });
  });

  test("names of secret headers are kept once, whatever their case", () => {
    assert.deepEqual(only({ ...good, secretHeaders: ["X-Key", "x-key", "bad name"] }).secretHeaders, [
      "x-key",
    ]);
  });

  const paths: [string, string][] = [
    ["~/certs/ca.pem", "/home/me/certs/ca.pem"],
    [`\${userHome}/ca.pem`, "/home/me/ca.pem"],
    [`\${workspaceFolder}/ca.pem`, "/code/shop/ca.pem"],
    ["/etc/ssl/../ca.pem", "/etc/ca.pem"],
  ];
  for (const [written, meant] of paths) {
    test(`${written} is ${meant}`, () => {
      assert.deepEqual(only({ ...good, tls: { caFile: written, serverName: "t" } }).tls, {
        caFile: meant,
        serverName: "t",
      });
    });
  }

  test("a path in the workspace's folder is said where none is open", () => {
    const entry = { ...good, tls: { caFile: `\${workspaceFolder}/ca.pem` } };
    const noFolder = { home: "/home/me", workspace: undefined };
    const { problems } = readConnections({ user: [entry], workspace: undefined }, noFolder);
    assert.match(problems[0], /no folder is open/);
  });
});

describe("connections of user and workspace together", () => {
  const staging = { ...good, name: "staging", url: "https://user.example" };
  const other = { ...staging, url: "https://workspace.example" };

  test("the workspace's come first, and each knows where it stands", () => {
    const { connections } = readConnections({ user: [staging], workspace: [good, null] }, folders);
    assert.deepEqual(
      connections.map(({ connection, place, index }) => [connection.name, place, index]),
      [
        ["local", "workspace", 0],
        ["staging", "user", 0],
      ],
    );
  });

  test("of one name the workspace's is used, and says what it stands in for", () => {
    const { connections, problems } = readConnections({ user: [staging], workspace: [other] }, folders);
    assert.deepEqual(
      connections.map(({ connection, hidesUsers }) => [connection.url, hidesUsers]),
      [["https://workspace.example", true]],
    );
    assert.deepEqual(problems, []);
  });

  test("a problem in the workspace's list says that it is there", () => {
    const { problems } = readConnections({ user: undefined, workspace: [7] }, folders);
    assert.deepEqual(problems, ["traceline.connections[0] of the workspace: not an object."]);
  });
});

describe("secrets in settings", () => {
  for (const header of [
    "Authorization",
    "x-api-key",
    "Cookie",
    "DD-API-KEY",
    "dd-application-key",
    "X-Auth-Token",
    "api_key",
    "x-client-secret",
  ]) {
    test(`the header ${header} is not sent from there, and its value is asked for as a secret`, () => {
      const { connections } = readUsers([{ ...good, headers: { [header]: "SECRET", "x-team": "a" } }]);
      const [{ connection, exposed }] = connections;
      assert.deepEqual(connection.headers, { "x-team": "a" });
      assert.deepEqual(connection.secretHeaders, [header]);
      assert.deepEqual(exposed, [{ header, value: "SECRET" }]);
    });
  }

  test("a password in the URL is taken out of it, and the user name becomes that of basic authentication", () => {
    const [{ connection, exposed }] = readUsers([
      { ...good, url: "https://me:p%40ss@jaeger.example/base/" },
    ]).connections;
    assert.equal(connection.url, "https://jaeger.example/base");
    assert.deepEqual([connection.auth, connection.user], ["basic", "me"]);
    assert.deepEqual(exposed, [{ header: undefined, value: "p@ss" }]);
    assert.ok(!JSON.stringify(connection).includes("p@ss"));
  });
});

const { properties } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"))
  .contributes.configuration;

test("the manifest offers every kind of backend, and each has its line", () => {
  const { kind } = properties["traceline.connections"].items.properties;
  assert.deepEqual([...kind.enum].sort(), backends.map((backend) => backend.kind).sort());
  assert.equal(kind.enumDescriptions.length, kind.enum.length);
});

test("a workspace can name no program that prints a token", () => {
  assert.equal(properties["traceline.authCommands"].scope, "machine");
});
