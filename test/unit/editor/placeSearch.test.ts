import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { Capabilities } from "../../../src/backends/backend.ts";
import { asPlace, placeSearch } from "../../../src/editor/hints/placeSearch.ts";
import { anyTrace, tagsOf } from "../../../src/editor/searchQuery.ts";
import { syntaxProblems } from "../../../src/editor/traceqlSyntax.ts";
import type { SpanPlace } from "../../../src/model/hotspot.ts";

const form = { ...anyTrace, connection: "Tempo", lookback: "1h", limit: 20, service: "old", tags: "old=1" };
const tags = { tags: true } as Capabilities;
const traceql = { tags: true, language: "traceql" } as Capabilities;
const place: SpanPlace = {
  service: "cart",
  language: "",
  name: "load",
  file: "/app/src/cart.ts",
  line: 12,
  column: 0,
  function: "Cart.load",
  route: "",
};

suite("The search for a line's calls", () => {
  test("is by file and line, in either generation of names, where there is TraceQL", () => {
    assert.equal(
      placeSearch(place, form, traceql).text,
      '{ resource.service.name = "cart" && (span.code.file.path = "/app/src/cart.ts" || span.code.filepath = "/app/src/cart.ts")' +
        " && (span.code.line.number = 12 || span.code.lineno = 12) }",
    );
  });

  test("is by function where no line is known, and by name where nothing else is", () => {
    assert.match(
      placeSearch({ ...place, line: 0 }, form, traceql).text,
      /code\.function\.name = "Cart\.load"/,
    );
    const nameless = { ...place, file: "", line: 0, function: "" };
    assert.equal(
      placeSearch(nameless, form, traceql).text,
      '{ resource.service.name = "cart" && name = "load" }',
    );
  });

  test("is by service and tags elsewhere; nothing of the last search is left", () => {
    const made = placeSearch(place, form, tags);
    assert.equal(made.service, "cart");
    assert.deepEqual(
      [...(tagsOf(made.tags) ?? [])],
      [
        ["code.file.path", "/app/src/cart.ts"],
        ["code.line.number", "12"],
      ],
    );
    assert.equal(made.text, "");
  });

  test("is a right query whatever the spans say, and its tags read back as they were", async () => {
    const text = fc.string({
      unit: fc.constantFrom('"', "\\", "}", "{", "`", "/", "*", " ", "a", "é", "=", "&"),
    });
    await fc.assert(
      fc.asyncProperty(text, text, async (file, service) => {
        const said = { ...place, file, service };
        assert.deepEqual(await syntaxProblems(placeSearch(said, form, traceql).text), []);
        const read = tagsOf(placeSearch(said, form, tags).tags);
        assert.equal(read?.get("code.file.path"), file === "" ? undefined : file);
      }),
    );
  });
});

test("what a link hands over is checked", () => {
  assert.equal(asPlace("x"), undefined);
  assert.equal(asPlace(null), undefined);
  assert.deepEqual(asPlace({ ...place, line: "12", function: 7, more: 1 }), {
    ...place,
    line: 0,
    function: "",
  });
});
