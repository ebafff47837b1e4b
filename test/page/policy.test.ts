import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { contentSecurityPolicy, pageHtml } from "../../src/wire/pageHtml.ts";

const webview = join(import.meta.dirname, "..", "..", "webview");

test("The policy of a page is exactly this", () => {
  assert.equal(
    contentSecurityPolicy("https://example.test", "abc"),
    "default-src 'none'; script-src 'nonce-abc'; style-src https://example.test 'nonce-abc'; " +
      "require-trusted-types-for 'script'; trusted-types fast-html; base-uri 'none'; form-action 'none'",
  );
});

test("What goes into the document of a page is escaped", () => {
  const html = pageHtml({
    cspSource: "x",
    nonce: '"><script>',
    scriptUri: '"><b>',
    styleUri: "'&",
    title: "</title><img>",
  });
  assert.doesNotMatch(html, /<b>|<img>|"><script>/);
});

test("No page writes markup from text", () => {
  const sources = readdirSync(webview, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  assert.ok(sources.length > 10);
  for (const name of sources) {
    const source = readFileSync(join(webview, name), "utf8");
    assert.doesNotMatch(
      source,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\(|new Function/,
      name,
    );
  }
});

test("The toolkit of controls is imported in one place", () => {
  const sources = readdirSync(webview, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const users = sources.filter((name) =>
    readFileSync(join(webview, name), "utf8").includes("webview-ui-toolkit"),
  );
  assert.deepEqual(users, [join("kit", "controls.ts")]);
});
