import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import type { Candidate } from "../../../src/source/candidate.ts";
import { nowhere } from "../../../src/source/candidate.ts";
import { locate } from "../../../src/source/locate.ts";
import { resolve } from "../../../src/source/resolve.ts";
import { sentPath } from "../../../src/source/sentPath.ts";
import { sharedData, skipWithoutData } from "../../support/sharedData.ts";
import { lineMap } from "./mapText.ts";
import { MemoryFiles, type Texts } from "./memoryFiles.ts";
import { tracedSpans } from "./tracedSpans.ts";

/** A workspace that has a file for every name the hostile paths end in. */
const workspace = (built: Texts = {}) =>
  new MemoryFiles(
    {
      "src/a.js": "a",
      "src/a b.ts": "a",
      "src/a.ts": "a",
      "etc/passwd": "p",
      passwd: "p",
      "win.ini": "w",
      "share/a.js": "a",
      hosts: "h",
      environ: "e",
      zero: "z",
      ".vscode/settings.json": "{}",
      ".git/config": "c",
      ".ssh/id_rsa": "i",
      CON: "c",
      x: "x",
      "-rf": "r",
      "y.js": "y",
      b: "b",
      "symlink-out/a.js": "a",
    },
    [],
    built,
  );

const options = { mappings: [], remembered: { chosen: () => undefined } };

async function askedFor(
  paths: readonly string[],
): Promise<{ asked: Set<string>; found: (string | undefined)[] }> {
  const asked = new Set<string>();
  const found: (string | undefined)[] = [];
  for (const path of paths) {
    const files = workspace();
    const trace = tracedSpans([{ name: "p", attributes: { "code.file.path": path, "code.line.number": 1 } }]);
    const answer = await resolve(locate(trace, 0), files, options, new AbortController().signal);
    for (const question of files.asked) asked.add(question);
    for (const place of [answer.location, ...answer.choices.map((choice) => choice.location)]) {
      if (place !== undefined) assert.ok(files.ids.includes(place.file), `${place.file} is not a known file`);
    }
    found.push(answer.location?.file);
  }
  return { asked, found };
}

/** Only a name by itself, or a file that the workspace itself has named. */
function isPlain(question: string): boolean {
  if (/^(?:named|built) /.test(question))
    return !/[\\/:\u0000-\u001f%~$`*?<>|"]|^\w+ (?:-|\.|CON$)/.test(question);
  return /^(?:text|map) file:\/\/\/w\/[^.]/.test(question);
}

const hostile = [
  "../../../../etc/passwd",
  "..\\..\\..\\Windows\\win.ini",
  "\\\\evil.example\\share\\a.js",
  "//evil.example/share/a.js",
  "/\\evil.example/share/a.js",
  "file://evil.example/share/a.js",
  "file:////evil.example/share/a.js",
  "file:///%2f%2fevil.example/share/a.js",
  "file:///w/src/..%2f..%2fetc/passwd",
  "file:///w/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
  "file:///w/src/a%00.js",
  "FILE://evil.example/share/a.js",
  "command:workbench.action.terminal.new",
  "vscode://evil.ext/run?x",
  "javascript:alert(1)",
  "data:text/javascript,alert(1)//a.js",
  "https://evil.example/a.js",
  "http://localhost.evil.example/src/a.js",
  "http://localhost@evil.example/src/a.js",
  "src/a\u0000.js",
  "src/..%2f..%2fetc/passwd",
  "src/..%5c..%5cetc/passwd",
  "src/%2e%2e/%2e%2e/etc/passwd",
  ".vscode/settings.json",
  ".git/config",
  "~/.ssh/id_rsa",
  "~root/x",
  "node:internal/process",
  "<anonymous>",
  "a".repeat(5000),
  "CON",
  "src/CON",
  "src/nul.js",
  "src/\u202egpj.ts",
  "\\\\?\\C:\\x",
  "\\\\.\\pipe\\x",
  "untitled:evil",
  "vscode-vfs://github/a/b",
  ["$", "{env:HOME}/x"].join(""),
  "$(touch /tmp/pwned)",
  "`id`.js",
  "-rf",
  "src/*.js",
  "src/a.js:Zone.Identifier",
  "..",
  ".",
  "/",
  "",
  "   ",
  "src/a.js\n../../etc/passwd",
];

suite("A hostile path", () => {
  for (const path of hostile) {
    test(`${JSON.stringify(path.slice(0, 60))} is dropped before the workspace is asked`, async () => {
      assert.equal(sentPath(path), undefined);
      const { asked } = await askedFor([path]);
      assert.deepEqual([...asked], []);
    });
  }

  test("that is a real path elsewhere asks for its last segment only, and yields known files only", async () => {
    const { asked, found } = await askedFor([
      "/etc/passwd",
      "/proc/self/environ",
      "/dev/zero",
      "C:\\Windows\\System32\\drivers\\etc\\hosts",
    ]);
    assert.ok([...asked].every(isPlain), [...asked].join());
    assert.ok(found.every((file) => file === undefined || file.startsWith("file:///w/")));
  });
});

suite("A hostile source map", () => {
  async function answered(
    map: string,
    link = "x.js.map",
  ): Promise<{ asked: readonly string[]; found?: string }> {
    const built = { "dist/x.js": `a\n//# sourceMappingURL=${link}`, "dist/x.js.map": map };
    const files = workspace(built);
    const trace = tracedSpans([
      { name: "p", attributes: { "code.file.path": "/app/dist/x.js", "code.line.number": 1 } },
    ]);
    const answer = await resolve(locate(trace, 0), files, options, new AbortController().signal);
    return { asked: files.asked, found: answer.location?.file };
  }

  for (const path of hostile) {
    test(`with the source ${JSON.stringify(path.slice(0, 60))} leads to no file outside, and asks for plain names only`, async () => {
      for (const root of [undefined, "/", "../..", "file:///etc", "https://evil.example/"]) {
        const { asked, found } = await answered(lineMap([1], path, { sourceRoot: root }));
        assert.ok(asked.every(isPlain), asked.filter((question) => !isPlain(question)).join());
        assert.ok(workspace({ "dist/x.js": "" }).ids.includes(found ?? ""), found);
      }
    });

    test(`that is said to be at ${JSON.stringify(path.slice(0, 60))} is not looked for there`, async () => {
      const { asked } = await answered("", path);
      assert.ok(asked.every(isPlain), asked.filter((question) => !isPlain(question)).join());
    });
  }

  test("of another machine's disk leads to no file of this one", async () => {
    for (const path of [
      "/etc/passwd",
      "C:\\Windows\\win.ini",
      "../../../proc/self/environ",
      "webpack:///../../etc/hosts",
    ]) {
      const { asked, found } = await answered(lineMap([1], path));
      assert.ok(asked.every(isPlain), asked.join());
      assert.ok(found?.startsWith("file:///w/"));
    }
  });
});

test("The hostile paths of the shared traces ask for plain names only and yield nothing outside", async (t) => {
  if (skipWithoutData(t)) return;
  const file = sharedData("hostile", "files", "c01-code-paths.otlp.json");
  const document = JSON.parse(readFileSync(file, "utf8"));
  const paths = document.resourceSpans[0].scopeSpans[0].spans.map(
    (span: { attributes: { value: { stringValue: string } }[] }) => span.attributes[0].value.stringValue,
  );
  assert.equal(paths.length, 35);
  const { asked } = await askedFor(paths);
  assert.ok([...asked].every(isPlain), [...asked].filter((question) => !isPlain(question)).join());
  const names = [...asked]
    .filter((question) => question.startsWith("named "))
    .map((question) => question.slice(6));
  // Of a script that is there, the source map is looked for beside it.
  const scripts = ["a.js", "a.js.map", "y.js", "y.js.map"];
  assert.deepEqual(names.sort(), ["a b.ts", "environ", "hosts", "passwd", "zero", ...scripts].sort());
});

test("Hostile names and texts ask the workspace for nothing but plain symbols and one-line literals", async () => {
  const texts = [
    "../x",
    "a/b",
    "$(id)",
    "\u0000\u0000\u0000",
    "x\ny",
    " ".repeat(9),
    "((((",
    "[a-z]+",
    "a".repeat(9999),
    "__proto__",
    "<img src=x>",
  ];
  const files = workspace();
  for (const text of texts) {
    const base: Candidate = {
      kind: "name",
      place: nowhere,
      reason: "test",
      sure: "guess",
      language: text,
      service: text,
    };
    const candidates: Candidate[] = [
      { ...base, literal: text },
      { ...base, kind: "route", literal: text },
      { ...base, kind: "function", symbol: { name: text, container: text } },
    ];
    const answer = await resolve(candidates, files, options, new AbortController().signal);
    assert.equal(answer.location, undefined);
  }
  for (const question of files.asked)
    assert.match(question, /^(?:symbols [\w$]+|search [^\u0000-\u001f]{2,200})$/);
});

test("No route or name makes a pattern that takes long on any line", async () => {
  const routes = [
    "/a/:id".repeat(40),
    "/{a}".repeat(70),
    `/a${"(?P<x>".repeat(40)}`,
    `/x${"*".repeat(290)}`,
    `/x${"{".repeat(290)}`,
    `/x/${":a?".repeat(90)}`,
  ];
  const line = `"${"/a/:id".repeat(330)}`;
  const text = [
    line,
    `"${"{a}".repeat(600)}`,
    `"/x${"*".repeat(1900)}`,
    `"/x/${":a?".repeat(600)}`,
    `"/a${":a".repeat(900)}`,
  ].join("\n");
  const before = process.cpuUsage();
  for (const route of routes) {
    const trace = tracedSpans([{ name: `GET ${route}`, attributes: { "http.route": route } }]);
    await resolve(
      locate(trace, 0),
      new MemoryFiles({ "src/a.js": text }),
      options,
      new AbortController().signal,
    );
  }
  const { user, system } = process.cpuUsage(before);
  assert.ok((user + system) / 1000 < 500);
});
