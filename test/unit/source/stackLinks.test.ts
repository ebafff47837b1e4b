import assert from "node:assert/strict";
import { test } from "node:test";
import { resolve } from "../../../src/source/resolve.ts";
import { attributeStackLinks, frameCandidates, stackLinks } from "../../../src/source/stackLinks.ts";
import { MemoryFiles, textOfLines } from "./memoryFiles.ts";

const stacks: [language: string, stack: string, linked: string[]][] = [
  [
    "nodejs",
    `Error: load failed at cart.js:42:11
    at Cart.load (/app/dist/cart.js:42:11)
    at async file:///app/dist/main.mjs:3:5
    at Array.map (<anonymous>)
    at next (/app/node_modules/express/lib/router.js:9:1)`,
    [
      "cart.js:42:11",
      "/app/dist/cart.js:42:11",
      "file:///app/dist/main.mjs:3:5",
      "/app/node_modules/express/lib/router.js:9:1 library",
    ],
  ],
  [
    "java",
    `java.lang.IllegalStateException: load failed
\tat com.acme.Cart.load(Cart.java:42)
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.sql.SQLException: timeout
\tat com.acme.Db.query(Db.java:17)
\t... 1 more`,
    ["Cart.java:42", "Thread.java:840 library", "Db.java:17"],
  ],
  [
    "python",
    `Traceback (most recent call last):
  File "/app/main.py", line 2, in run
    query()
  File "/app/db.py", line 9, in query
    raise TimeoutError("t")`,
    ['/app/main.py", line 2', '/app/db.py", line 9'],
  ],
  [
    "go",
    `goroutine 7 [running]:
main.(*Cart).Load(0xc000010000)
\t/src/cart.go:42 +0x1d
created by main.main in goroutine 1
\t/src/main.go:9 +0x20`,
    ["/src/cart.go:42", "/src/main.go:9"],
  ],
  [
    "dotnet",
    `System.TimeoutException: t
   at Acme.Db.Query(String sql) in C:\\src\\a b\\Db.cs:line 17
   at System.Linq.Enumerable.First[T](IEnumerable\`1 s)`,
    ["C:\\src\\a b\\Db.cs:line 17"],
  ],
  [
    "php",
    `PDOException: timeout in /app/db.php:9
Stack trace:
#0 /app/cart.php(12): Db->query()
#1 {main}`,
    ["/app/db.php:9", "/app/cart.php(12)"],
  ],
  [
    "ruby",
    "/app/db.rb:9:in `query': timeout (Timeout::Error)\n\tfrom /app/cart.rb:12:in `load'",
    ["/app/db.rb:9", "/app/cart.rb:12"],
  ],
  ["rust", "   0: shop::Cart::load\n             at /src/cart.rs:42:9", ["/src/cart.rs:42:9"]],
  ["nodejs", "Error: nothing is named here", []],
  ["", "", []],
];
for (const [language, stack, linked] of stacks) {
  test(`Frames stand where the text names a file and a line: ${language || "nothing"}, ${linked.length}`, () => {
    const { links } = stackLinks(stack, language);
    assert.deepEqual(
      links.map(({ from, to, isLibrary }) => stack.slice(from, to) + (isLibrary ? " library" : "")),
      linked,
    );
  });
}

const oneFrame = "Error: late\n    at load (/app/cart.js:4:1)";
const attributes: [key: string, value: string, frames: number][] = [
  ["code.stacktrace", oneFrame, 1],
  ["exception.stacktrace", oneFrame, 1],
  ["app.note", oneFrame, 0],
  ["app.note", `${oneFrame}\n    at main (/app/main.js:2:1)`, 2],
  ["db.query.text", "SELECT 1\nFROM carts\nWHERE id IN (1, 2)", 0],
];
for (const [key, value, frames] of attributes) {
  test(`An attribute is a stack trace by its key, or from two frames on: ${key}, ${frames}`, () => {
    assert.equal(attributeStackLinks(key, value, "nodejs").links.length, frames);
  });
}

test("A name that only ends like a frame's file is not taken for it", () => {
  const { links } = stackLinks("Error: mycart.js:4\n    at load (/app/cart.js:4:1)", "nodejs");
  assert.equal(links.length, 1);
});

test("A frame leads to its file in the workspace, and to nothing when there is no such file", async () => {
  const files = new MemoryFiles({ "src/cart.js": textOfLines(60, { 42: "function load() {" }) });
  const options = { mappings: [], remembered: { chosen: () => undefined } };
  const at = async (path: string) => {
    const frame = { path, line: 42, column: 3, function: "load" };
    const found = await resolve(
      frameCandidates(frame, "shop", "nodejs"),
      files,
      options,
      new AbortController().signal,
    );
    return found.location;
  };
  assert.deepEqual(await at("/srv/app/src/cart.js"), { file: "file:///w/src/cart.js", line: 42, column: 3 });
  assert.equal(await at("/etc/passwd"), undefined);
  assert.equal(await at("../../../etc/passwd"), undefined);
});

const hostile: [title: string, stack: string][] = [
  ["one line of a megabyte", `at f (${"a.js:1 ".repeat(150_000)})`],
  ["ten thousand frames", "    at f (/app/a.js:1:1)\n".repeat(10_000)],
  [
    "many files in long lines",
    Array.from({ length: 300 }, (_, i) => `    at f (/a/${"b.js:1:1/".repeat(40)}${i}.js:1:1)`).join("\n"),
  ],
];
for (const [title, stack] of hostile) {
  test(`A hostile stack is read in time and bounded: ${title}`, () => {
    const started = performance.now();
    const { links } = stackLinks(stack, "nodejs");
    assert.ok(links.length <= 300);
    assert.ok(performance.now() - started < 2000);
  });
}
