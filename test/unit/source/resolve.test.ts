import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { SymbolHit } from "../../../src/source/files.ts";
import { locate } from "../../../src/source/locate.ts";
import type { Resolution, ResolveOptions } from "../../../src/source/resolution.ts";
import { resolve } from "../../../src/source/resolve.ts";
import { idOf, MemoryFiles, textOfLines } from "./memoryFiles.ts";
import { type TracedSpan, tracedSpans } from "./tracedSpans.ts";

const nothingRemembered: ResolveOptions = { mappings: [], remembered: { chosen: () => undefined } };

function resolved(
  span: TracedSpan,
  files: MemoryFiles,
  options: Partial<ResolveOptions> = {},
): Promise<Resolution> {
  const signal = new AbortController().signal;
  return resolve(locate(tracedSpans([span]), 0), files, { ...nothingRemembered, ...options }, signal);
}

/** `src/cart.js:4 sure`, `choose a.js:1 b.js:1`, or `none`. */
function shown(answer: Resolution): string {
  const place = ({ file, line, column }: { file: string; line: number; column: number }) =>
    `${decodeURIComponent(file.replace("file:///w/", ""))}:${line}${column > 0 ? `:${column}` : ""}`;
  if (answer.location !== undefined) return `${place(answer.location)} ${answer.confidence}`;
  if (answer.choices.length > 0)
    return `choose ${answer.choices.map((choice) => place(choice.location)).join(" ")}`;
  return answer.confidence;
}

const at = (path: string, line: number | string = 4): TracedSpan => ({
  name: "x",
  attributes: { "code.file.path": path, "code.line.number": line },
});

suite("A path of another machine", () => {
  const files = () =>
    new MemoryFiles({
      "services/cart/src/cart.ts": textOfLines(60),
      "services/pay/src/index.ts": textOfLines(60),
      "services/cart/src/index.ts": textOfLines(60),
      "src/a b.ts": textOfLines(60),
      "app/page.tsx": textOfLines(60),
      "main.go": textOfLines(60),
      "internal/pay/charge.go": textOfLines(60),
      "lib/shop/cart.ex": textOfLines(60),
      "packages/ui/src/button.tsx": textOfLines(60),
    });
  const cases: [string, string, string][] = [
    ["of a container is matched by its end", "/usr/src/app/src/cart.ts", "services/cart/src/cart.ts:4 sure"],
    [
      "of Windows is matched whatever its case",
      "C:\\Build\\Services\\Cart\\SRC\\cart.ts",
      "services/cart/src/cart.ts:4 sure",
    ],
    ["relative to a folder is matched", "./pay/src/index.ts", "services/pay/src/index.ts:4 sure"],
    ["as a file URL with %20 is matched", "file:///home/ci/src/a%20b.ts", "src/a b.ts:4 sure"],
    ["of webpack is matched", "webpack://shop/./src/cart.ts", "services/cart/src/cart.ts:4 sure"],
    [
      "of webpack with a query is matched",
      "webpack:///./src/cart.ts?abcd",
      "services/cart/src/cart.ts:4 sure",
    ],
    ["of webpack-internal is matched", "webpack-internal:///(rsc)/./app/page.tsx", "app/page.tsx:4 sure"],
    [
      "of webpack that climbs to another package is matched",
      "webpack://web/../../packages/ui/src/button.tsx",
      "packages/ui/src/button.tsx:4 sure",
    ],
    [
      "of a development server is matched",
      "http://localhost:3000/src/cart.ts?t=1",
      "services/cart/src/cart.ts:4 sure",
    ],
    [
      "of a Go module is matched",
      "github.com/acme/shop/internal/pay/charge.go",
      "internal/pay/charge.go:4 sure",
    ],
    ["that is a bare name is matched when one file has it", "charge.go", "internal/pay/charge.go:4 sure"],
    ["with nothing but the name in common is sure for a short path", "/app/main.go", "main.go:4 sure"],
    [
      "with nothing but the name in common is likely for a long one",
      "/home/ci/other/deep/charge.go",
      "internal/pay/charge.go:4 likely",
    ],
    ["with nothing but a common name in common is a guess", "/home/ci/other/deep/main.go", "main.go:4 guess"],
    [
      "of compiled JavaScript leads to its TypeScript, as a guess",
      "/app/dist/cart.js",
      "services/cart/src/cart.ts:1 guess",
    ],
    [
      "in a library is not taken for a file of the same name",
      "/app/node_modules/express/src/cart.ts",
      "none",
    ],
    [
      "of the Go module cache is not taken for a file of the same name",
      "/go/pkg/mod/github.com/x/y@v1.2.3/main.go",
      "none",
    ],
    ["that is not in the workspace leads nowhere", "/app/src/other.ts", "none"],
  ];
  for (const [title, path, expected] of cases) {
    test(title, async () => assert.equal(shown(await resolved(at(path), files())), expected));
  }

  test("that fits two files equally well is asked about, with a key to remember the choice by", async () => {
    const answer = await resolved(at("/app/src/index.ts"), files());
    assert.equal(shown(answer), "choose services/pay/src/index.ts:4 services/cart/src/index.ts:4");
    assert.notEqual(answer.key, "");
    assert.match(answer.reason, /2 files fit \/app\/src\/index\.ts equally well/);
    const remembered = {
      chosen: (key: string) => (key === answer.key ? idOf("services/cart/src/index.ts") : undefined),
    };
    const again = await resolved(at("/app/src/index.ts"), files(), { remembered });
    assert.equal(shown(again), "services/cart/src/index.ts:4 sure");
    assert.match(again.reason, /the file you chose before/);
  });

  test("that was remembered as a file which no longer fits is asked about again", async () => {
    const remembered = { chosen: () => "file:///etc/passwd" };
    assert.match(shown(await resolved(at("/app/src/index.ts"), files(), { remembered })), /^choose/);
  });

  test("is not remembered for another service", async () => {
    const one = await resolved({ ...at("/app/src/index.ts"), service: "a" }, files());
    const other = await resolved({ ...at("/app/src/index.ts"), service: "b" }, files());
    assert.notEqual(one.key, other.key);
  });

  test("that fits two files is likely the one in a folder of the service's name", async () => {
    const answer = await resolved({ ...at("/app/src/index.ts"), service: "pay" }, files());
    assert.equal(shown(answer), "services/pay/src/index.ts:4 likely");
    assert.match(answer.reason, /in a folder pay/);
  });

  test("that fits two files is likely the one that has the function there", async () => {
    const two = new MemoryFiles({
      "a/src/index.ts": textOfLines(9, { 3: "function load() {" }),
      "b/src/index.ts": textOfLines(9, { 3: "function save() {" }),
    });
    const span = at("/app/src/index.ts");
    const answer = await resolved(
      { ...span, attributes: { ...span.attributes, "code.function.name": "save" } },
      two,
    );
    assert.equal(shown(answer), "b/src/index.ts:4 likely");
  });

  test("that fits 40 files lists 20 of them and says so", async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}/index.ts`, textOfLines(9)]));
    const answer = await resolved(at("/app/index.ts"), new MemoryFiles(many));
    assert.equal(answer.choices.length, 20);
    assert.equal(answer.location, undefined);
    assert.match(answer.reason, /40 files .* of which 20 are listed/);
  });

  test("follows the person's mapping before anything else", async () => {
    const mappings = [
      { from: "/app", to: "services/cart" },
      { from: "/app/pay", to: "services/pay" },
    ];
    const mapped = (path: string) => resolved(at(path), files(), { mappings });
    assert.equal(shown(await mapped("/app/src/index.ts")), "services/cart/src/index.ts:4 sure");
    assert.equal(shown(await mapped("/app/pay/src/index.ts")), "services/pay/src/index.ts:4 sure");
    assert.match((await mapped("/app/src/index.ts")).reason, /your path mapping/);
  });

  test("is not led out of the workspace by a mapping", async () => {
    const mappings = [{ from: "/app", to: "../../etc" }];
    assert.equal(shown(await resolved(at("/app/passwd.ts"), files(), { mappings })), "none");
  });
});

test("A file that has nothing but its name in common, and not the line, is another project's", async () => {
  const files = new MemoryFiles({ "payments/charge.go": textOfLines(60) });
  assert.equal(shown(await resolved(at("/Users/x/projects/other/cmd/charge.go", 300), files)), "none");
});

suite("A line", () => {
  const file = {
    "src/cart.js": textOfLines(300, { 10: "function load(id) {", 200: "  async save(cart) {" }),
  };
  const span = (line: number | string, name = ""): TracedSpan => {
    const attributes: Record<string, string | number> = {
      "code.file.path": "/app/src/cart.js",
      "code.line.number": line,
    };
    if (name !== "") attributes["code.function.name"] = name;
    return { name: "x", attributes };
  };
  const cases: [string, TracedSpan, string, RegExp][] = [
    [
      "is taken as sent when nothing speaks against it",
      span(42),
      "src/cart.js:42 sure",
      /^code\.file\.path and code\.line\.number;/,
    ],
    ["within the function that is named is sure", span(12, "load"), "src/cart.js:12 sure", /./],
    [
      "far from the function that is named gives way to its definition",
      span(20, "save"),
      "src/cart.js:200 likely",
      /line 20 is not in save/,
    ],
    [
      "in a file that lacks the function is only likely",
      span(20, "gone"),
      "src/cart.js:20 likely",
      /gone is not in this file/,
    ],
    [
      "past the end of the file is the last, as a guess",
      span("1e9"),
      "src/cart.js:300 guess",
      /only 300 lines/,
    ],
    [
      "past the end gives way to the definition",
      span(9000, "save"),
      "src/cart.js:200 likely",
      /only 300 lines/,
    ],
    ["that is 0 is the top of the file, as a guess", span(0), "src/cart.js:1 guess", /no line was sent/],
    ["that is negative is unknown", span(-1), "src/cart.js:1 guess", /without a line/],
    ["that is no number is unknown", span("12abc"), "src/cart.js:1 guess", /without a line/],
    [
      "that is unknown gives way to the definition",
      span("NaN", "load"),
      "src/cart.js:10 likely",
      /where load is defined/,
    ],
  ];
  for (const [title, given, expected, reason] of cases) {
    test(title, async () => {
      const answer = await resolved(given, new MemoryFiles(file));
      assert.equal(shown(answer), expected);
      assert.match(answer.reason, reason);
    });
  }

  test("keeps its column while that is within the line", async () => {
    const attributes = { "code.file.path": "src/cart.js", "code.line.number": 10, "code.column.number": 5 };
    assert.equal(
      shown(await resolved({ name: "x", attributes }, new MemoryFiles(file))),
      "src/cart.js:10:5 sure",
    );
    const beyond = { ...attributes, "code.column.number": 99 };
    assert.equal(
      shown(await resolved({ name: "x", attributes: beyond }, new MemoryFiles(file))),
      "src/cart.js:10 sure",
    );
  });
});

suite("A file without a line", () => {
  const files = () =>
    new MemoryFiles({
      "src/cart.js": textOfLines(30, { 8: 'span("load cart")', 20: "x()" }),
      "src/other.js": 'span("load cart")\nspan("save cart")',
    });
  const inFile = (more: TracedSpan): TracedSpan => ({
    ...more,
    attributes: { "code.file.path": "/app/src/cart.js", ...more.attributes },
  });

  test("takes the line of the span's name in it, though other files have it too", async () => {
    assert.equal(shown(await resolved(inFile({ name: "load cart" }), files())), "src/cart.js:8:6 guess");
  });
  test("takes the line of an exception", async () => {
    const events = [{ "exception.stacktrace": "Error: x\n    at /app/src/cart.js:20:1" }];
    assert.equal(
      shown(await resolved(inFile({ name: "load cart", events }), files())),
      "src/cart.js:20:1 sure",
    );
  });
  test("is not given up for the span's name in another file", async () => {
    assert.equal(shown(await resolved(inFile({ name: "save cart" }), files())), "src/cart.js:1 guess");
  });
});

suite("A stack trace", () => {
  const stack = [
    "Error: no",
    "    at parse (/app/node_modules/qs/lib/parse.js:3:1)",
    "    at load (/app/src/cart.js:5:1)",
    "    at main (/app/src/main.js:2:1)",
  ].join("\n");
  test("leads to its innermost frame in the workspace", async () => {
    const files = new MemoryFiles({
      "src/cart.js": textOfLines(9, { 4: "function load() {" }),
      "src/main.js": textOfLines(9),
    });
    const answer = await resolved({ name: "x", events: [{ "exception.stacktrace": stack }] }, files);
    assert.equal(shown(answer), "src/cart.js:5:1 sure");
  });
  test("leads to the next frame out when the innermost is not in the workspace", async () => {
    const files = new MemoryFiles({ "src/main.js": textOfLines(9, { 1: "function main() {" }) });
    const answer = await resolved({ name: "x", events: [{ "exception.stacktrace": stack }] }, files);
    assert.equal(shown(answer), "src/main.js:2:1 sure");
  });
  test("of Java finds the class among files of the same name by its package", async () => {
    const files = new MemoryFiles({
      "a/src/main/java/com/acme/Cart.java": textOfLines(60),
      "b/src/main/java/com/other/Cart.java": textOfLines(60),
    });
    const given = "java.lang.Error\n\tat com.other.Cart.load(Cart.java:42)";
    const answer = await resolved(
      { name: "x", language: "java", events: [{ "exception.stacktrace": given }] },
      files,
    );
    assert.match(shown(answer), /^b\/src\/main\/java\/com\/other\/Cart\.java:42 likely$/);
  });
});

suite("A function", () => {
  const hit = (path: string, line: number, name: string, container = ""): SymbolHit => ({
    file: idOf(path),
    line,
    column: 1,
    name,
    container,
  });
  const named = (name: string, language: string): TracedSpan => ({
    name: "x",
    language,
    attributes: { "code.function.name": name },
  });

  test("is found by the symbol providers, in its class", async () => {
    const hits = [hit("a/Cart.java", 7, "load(String)", "Cart"), hit("a/Order.java", 9, "load()", "Order")];
    const answer = await resolved(named("com.acme.Order.load", "java"), new MemoryFiles({}, hits));
    assert.equal(shown(answer), "a/Order.java:9:1 likely");
  });
  test("is looked for in files of the span's language", async () => {
    const hits = [hit("a/cart.py", 7, "load", "Cart"), hit("a/cart.ts", 9, "load", "Cart")];
    assert.equal(
      shown(await resolved(named("Cart.load", "python"), new MemoryFiles({}, hits))),
      "a/cart.py:7:1 likely",
    );
  });
  test("as gopls names it is found by its receiver", async () => {
    const hits = [hit("cart.go", 7, "(*Cart).Load", "main"), hit("order.go", 9, "(*Order).Load", "main")];
    assert.equal(
      shown(await resolved(named("main.(*Cart).Load", "go"), new MemoryFiles({}, hits))),
      "cart.go:7:1 likely",
    );
  });
  test("that several classes have is asked about", async () => {
    const hits = [hit("a.ts", 7, "load", "A"), hit("b.ts", 9, "load", "B")];
    assert.equal(
      shown(await resolved(named("load", "nodejs"), new MemoryFiles({}, hits))),
      "choose a.ts:7:1 b.ts:9:1",
    );
  });
  test("in a class that nobody has is only a guess", async () => {
    const hits = [hit("a.ts", 7, "load", "A")];
    assert.equal(
      shown(await resolved(named("Cart.load", "nodejs"), new MemoryFiles({}, hits))),
      "a.ts:7:1 guess",
    );
  });
  test("in a test counts only when there is no other", async () => {
    const hits = [hit("test/a.ts", 7, "load", ""), hit("src/b.ts", 9, "load", "")];
    assert.equal(
      shown(await resolved(named("load", "nodejs"), new MemoryFiles({}, hits))),
      "src/b.ts:9:1 likely",
    );
  });

  const texts: [string, string, string, Record<string, string>, string][] = [
    [
      "of Python",
      "Cart.load",
      "python",
      { "a.py": "class Cart:\n  def load(self):\n    pass\nload()" },
      "a.py:2:7 likely",
    ],
    [
      "of Go",
      "main.(*Cart).Load",
      "go",
      { "a.go": "package main\nfunc (c *Cart) Load() {\n}\nfunc (o *Order) Load() {" },
      "a.go:2:16 likely",
    ],
    [
      "of Rust",
      "shop::cart::load",
      "rust",
      { "src/cart.rs": "use x;\npub async fn load(id: u8) {", "src/o.rs": "fn load() {" },
      "src/cart.rs:2:14 likely",
    ],
    [
      "of PHP",
      "App\\Cart::load",
      "php",
      { "a.php": "class Cart {\n  public function load($id) {" },
      "a.php:2:19 likely",
    ],
    [
      "of Ruby",
      "CartsController#show",
      "ruby",
      { "a.rb": "class CartsController\n  def show\n" },
      "a.rb:2:7 likely",
    ],
    [
      "of Java",
      "com.acme.Cart.load",
      "java",
      { "Cart.java": "class Cart {\n  public Cart load(int id) {\n  x.load(1);" },
      "Cart.java:2:15 likely",
    ],
    [
      "of C#",
      "Acme.Cart.<LoadAsync>d__3.MoveNext",
      "dotnet",
      { "Cart.cs": "class Cart {\n  public async Task<Cart> LoadAsync(int id)\n  {" },
      "Cart.cs:2:27 likely",
    ],
    [
      "of Elixir",
      "Shop.Cart.load/1",
      "erlang",
      { "cart.ex": "defmodule Shop.Cart do\n  def load(id) do" },
      "cart.ex:2:7 likely",
    ],
    [
      "of JavaScript",
      "Cart.load",
      "nodejs",
      { "cart.js": "class Cart {\n  async load(id) {\n    load(id);" },
      "cart.js:2:9 likely",
    ],
    [
      "of JavaScript in a variable",
      "load",
      "nodejs",
      { "cart.js": "load(1);\nexport const load = async (id) => {" },
      "cart.js:2:14 likely",
    ],
  ];
  for (const [language, name, sdk, files, expected] of texts) {
    test(`${language} is found in the text where no symbol provider answers`, async () => {
      assert.equal(shown(await resolved(named(name, sdk), new MemoryFiles(files))), expected);
    });
  }
});

suite("A route", () => {
  const cases: [string, string, string][] = [
    ["Express", "/users/:id", "router.get('/users/:id', show)"],
    ["FastAPI", "/users/{id}", '@app.get("/users/{id}")'],
    ["Flask", "/users/<int:id>", '@app.route("/users/<int:id>")'],
    ["Django", "users/<int:id>/", 'path("users/<int:id>/", views.user),'],
    [
      "Django in its form with a regular expression",
      "^users/(?P<id>\\d+)/$",
      'url(r"^users/(?P<id>\\d+)/$", views.user)',
    ],
    ["Rails", "/users/:id(.:format)", "get '/users/:id', to: 'users#show'"],
    ["Spring", "/users/{id}", '@GetMapping("/users/{id}")'],
    ["ASP.NET", "users/{id}", '[HttpGet("users/{id:int}")]'],
    ["Go's mux", "/users/{id}", 'mux.HandleFunc("GET /users/{id}", show)'],
    ["a framework that writes it in another style", "/users/{id}", "app.get('/users/:userId', show)"],
  ];
  for (const [framework, route, line] of cases) {
    test(`of ${framework} is found where the code has it`, async () => {
      const files = new MemoryFiles({
        "src/app.x": `// users/ is a folder\nx("/users/all/orders")\n${line}`,
      });
      const answer = await resolved({ name: "GET", attributes: { "http.route": route } }, files);
      assert.match(shown(answer), /^src\/app\.x:3:\d+ likely$/);
    });
  }

  const route = { name: "GET /api/users/:id", attributes: { "http.route": "/api/users/:id" } };
  test("of a mounted router is a guess by its end", async () => {
    const files = new MemoryFiles({ "a.js": "r.get('/users/:id', f)" });
    assert.match(shown(await resolved(route, files)), /^a\.js:1:7 guess$/);
  });
  test("that stands in two files is asked about", async () => {
    const files = new MemoryFiles({
      "a.js": "r.get('/api/users/:id', f)",
      "b.js": "r.get('/api/users/:id', f)",
    });
    assert.equal(shown(await resolved(route, files)), "choose a.js:1:7 b.js:1:7");
  });
  test("that stands in a document and in the code is the code's", async () => {
    const files = new MemoryFiles({ "README.md": "`/api/users/:id`", "b.js": "r.get('/api/users/:id', f)" });
    assert.match(shown(await resolved(route, files)), /^b\.js/);
  });
});

suite("A span's name", () => {
  test("is found as a quoted text, and is only a guess", async () => {
    const files = new MemoryFiles({ "a.py": '# load cart\nwith tracer.start_as_current_span("load cart"):' });
    const answer = await resolved({ name: "load cart", language: "python" }, files);
    assert.equal(shown(answer), "a.py:2:35 guess");
    assert.match(answer.reason, /the span's name; where the code has this text/);
  });
  test("that is a part of a text is not found", async () => {
    assert.equal(
      shown(await resolved({ name: "load" }, new MemoryFiles({ "a.js": 'x("load cart")' }))),
      "none",
    );
  });
  test("that is a route is found as one", async () => {
    const files = new MemoryFiles({ "a.js": "app.get('/carts/:id', show)" });
    assert.match(shown(await resolved({ name: "GET /carts/{id}" }, files)), /^a\.js:1:9 guess$/);
  });
  test("in data is not the code's", async () => {
    assert.equal(
      shown(await resolved({ name: "main" }, new MemoryFiles({ "package.json": '{ "main": "x.js" }' }))),
      "none",
    );
  });
  test("that is a method is found as one", async () => {
    const files = new MemoryFiles({ "CartController.java": "class CartController {\n  Cart get(int id) {" });
    assert.match(
      shown(await resolved({ name: "CartController.get", language: "java" }, files)),
      /:2:8 guess$/,
    );
  });
});

suite("Where nothing is found", () => {
  test("what was tried is said, and what to set in that language", async () => {
    const span = {
      name: "checkout",
      language: "go",
      attributes: { "code.file.path": "/src/x.go", "http.route": "/pay" },
    };
    const answer = await resolved(span, new MemoryFiles({}));
    assert.equal(answer.confidence, "none");
    assert.match(
      answer.reason,
      /^\/src\/x\.go \(code\.file\.path, without a line\) is not in the workspace; "\/pay"/,
    );
    assert.match(answer.advice, /^Go: set code\.file\.path/);
  });
  test("a span that says nothing is told so", async () => {
    const answer = await resolved({ name: "GET" }, new MemoryFiles({}));
    assert.equal(answer.reason, "The span names no place in the code");
    assert.match(answer.advice, /code\.file\.path/);
  });
  test("text of the span cannot hide or draw an icon", async () => {
    const answer = await resolved(at("/x/\u202egpj.$(trash)ts\u0000"), new MemoryFiles({}));
    assert.doesNotMatch(answer.reason, /[\u0000\u202e]|\$\(/);
  });
});

test("A resolution that was given up rejects with the signal's reason", async () => {
  const stop = new AbortController();
  const files = new MemoryFiles({ "a.ts": "" });
  const named = files.named.bind(files);
  files.named = async (name) => {
    stop.abort(new Error("given up"));
    return await named(name);
  };
  const asked = resolve(locate(tracedSpans([at("/app/a.ts")]), 0), files, nothingRemembered, stop.signal);
  await assert.rejects(asked, /given up/);
  assert.deepEqual(files.asked, ["named a.ts"]);
});
