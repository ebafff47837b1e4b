import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isLibrary } from "../../../src/source/library.ts";
import { mappedPaths } from "../../../src/source/pathMapping.ts";
import { commonTail, fileSegments, longestTail } from "../../../src/source/pathTail.ts";
import { sentPath } from "../../../src/source/sentPath.ts";

suite("A path as sent", () => {
  const cases: [string, string][] = [
    ["/app/src/cart.js", "app src cart.js"],
    ["C:\\src\\a b\\C.cs", "src a b C.cs"],
    ["src\\cart.rs", "src cart.rs"],
    ["/app/src/../lib/./x.py", "app lib x.py"],
    ["file:///C:/src/a.js", "src a.js"],
    ["file:///home/u/a%20%23b.ts", "home u a #b.ts"],
    ["webpack-internal:///./src/a.ts", "src a.ts"],
    ["turbopack:///[project]/src/a.ts", "src a.ts"],
    ["github.com/my/repo/pkg/file.go", "github.com my repo pkg file.go"],
    ["app/users/[id]/(group)/page.tsx", "app users [id] (group) page.tsx"],
    ["/app/100%/a.js", "app 100% a.js"],
    ["/home/ü/日本.py", "home ü 日本.py"],
  ];
  for (const [raw, segments] of cases) {
    test(`${raw} has its segments`, () => assert.equal(sentPath(raw)?.segments.join(" "), segments));
  }
});

suite("The end of a path", () => {
  test("is read from a URI with its percent signs", () => {
    assert.deepEqual(fileSegments("file:///w/src/a%20b.ts"), ["w", "src", "a b.ts"]);
    assert.deepEqual(fileSegments("vscode-remote://ssh+host/w/a.ts"), ["w", "a.ts"]);
    assert.deepEqual(fileSegments("src/100%.ts"), ["src", "100%.ts"]);
    assert.deepEqual(fileSegments("file:///w/%zz.ts"), ["w", "%zz.ts"]);
  });
  test("in common is counted in whole segments", () => {
    assert.equal(commonTail(["app", "src", "a.ts"], ["w", "xsrc", "a.ts"], false), 1);
    assert.equal(commonTail(["src", "a.ts"], ["w", "src", "a.ts"], false), 2);
    assert.equal(commonTail(["SRC", "a.ts"], ["src", "A.ts"], true), 2);
    assert.equal(commonTail(["SRC", "a.ts"], ["src", "a.ts"], false), 1);
  });
  test("that is longest wins, and equals stay together", () => {
    const files = ["file:///w/a/src/x.ts", "file:///w/b/src/x.ts", "file:///w/b/x.ts"];
    assert.deepEqual(longestTail(["app", "src", "x.ts"], false, files), {
      files: files.slice(0, 2),
      length: 2,
    });
    assert.deepEqual(longestTail(["b", "src", "x.ts"], false, files), { files: [files[1]], length: 3 });
  });
});

suite("A path mapping", () => {
  const mapped = (path: string, from: string, to: string) =>
    mappedPaths(sentPath(path)!, [{ from, to }]).map((segments) => segments.join("/"));
  const cases: [string, string, string, string[]][] = [
    ["/app/src/a.js", "/app", "services/cart", ["services/cart/src/a.js"]],
    ["/app/src/a.js", "/app/", "", ["src/a.js"]],
    ["/application/a.js", "/app", "", []],
    ["webpack://web/src/a.js", "webpack://web/src", "web", ["web/a.js"]],
    ["D:\\Build\\a.cs", "d:\\build", "src", ["src/a.cs"]],
    ["src/a.js", "", "packages/web", ["packages/web/src/a.js"]],
    ["/app/a.js", "/app", "../outside", []],
  ];
  for (const [path, from, to, expected] of cases) {
    test(`from ${from || "the top"} to ${to || "the workspace"} makes ${expected[0] ?? "nothing"} of ${path}`, () => {
      assert.deepEqual(mapped(path, from, to), expected);
    });
  }
});

suite("Code of a library", () => {
  const place = (path: string, name = "") => ({ path, line: 1, column: 0, function: name });
  const libraries = [
    place("/app/node_modules/express/lib/router.js"),
    place("/app/vendor/guzzlehttp/guzzle/src/Client.php"),
    place("/usr/lib/python3.12/json/decoder.py"),
    place("/venv/lib/python3.12/site-packages/django/http.py"),
    place("/home/u/.cargo/registry/src/index/tokio-1.0/src/a.rs"),
    place("/root/go/pkg/mod/go.opentelemetry.io/otel@v1.30.0/trace.go"),
    place("/usr/local/go/src/net/http/server.go"),
    place("/rustc/9fc6b431/library/core/src/panicking.rs"),
    place("<frozen importlib._bootstrap>"),
    place("node:internal/process/task_queues"),
    place("java/lang/Thread.java", "java.lang.Thread.run"),
    place("", "System.Linq.Enumerable.First[T]"),
  ];
  for (const one of libraries)
    test(`is ${one.path || one.function}`, () => assert.equal(isLibrary(one), true));
  const own = [
    place("/app/src/cart.js"),
    place("/src/Systems/Cart.cs", "Acme.Systems.Cart.Load"),
    place("/go/src/shop/main.go", "main.main"),
    place("services/vendors/cart.php"),
    place("com/acme/java/Cart.java", "com.acme.java.Cart.load"),
  ];
  for (const one of own) test(`is not ${one.path}`, () => assert.equal(isLibrary(one), false));
});
