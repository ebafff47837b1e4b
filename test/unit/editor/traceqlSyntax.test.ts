import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { oneLine } from "../../../src/editor/traceqlScan.ts";
import { serverPlace } from "../../../src/editor/traceqlServerPlace.ts";
import { blocking, forGrammar, placeText, syntaxProblems } from "../../../src/editor/traceqlSyntax.ts";

const problemsOf = async (text: string) =>
  (await syntaxProblems(text)).map((problem) => placeText(text, problem));

suite("A right query has no problem", () => {
  const right = [
    "{}",
    '{ span.http.route = "/x" && duration > 1.5s } | select(span.code.file.path) | count() > 2',
    "{ duration > 1h30m && traceDuration > .5s }",
    "{ nestedSetParent < 0 && span:childCount > 2 }",
    "{ span.code.file.path =~ `C:\\app\\x.cs` }",
    '{ span."my attr" = "say \\"hi\\" // no comment" } // a comment',
    "{ status = error } >> { kind = server } &>> { .x != nil }",
    "{} | quantile_over_time(duration, .5, .99) by (resource.service.name)",
    "{} | rate() with (exemplars=true, sample=0.1)",
    '{ name = "a" }\n/* and\n all */ | by(resource.service.name) | max(duration) > 1s',
  ];
  for (const text of right) test(text, async () => assert.deepEqual(await syntaxProblems(text), []));
});

suite("A wrong query is told what is wrong, and where", () => {
  const wrong: [text: string, ...problems: string[]][] = [
    ["{", 'Column 2: "}" is missing — {▸'],
    ["{ span. }", `Column 8: an attribute's name is missing after "span." — { span.▸ }`],
    ["{ span:nam = 1 }", 'Column 7: "span:nam" is not known — { span▸:nam = 1 }'],
    [
      "{ foo = 3 }",
      'Column 3: "foo" is not known: attributes begin with a scope or a dot, as in span.foo — { ▸foo = 3 }',
    ],
    ["{ status = err }", 'Column 12: "err" is not a value: error, ok, unset — { status = ▸err }'],
    ["{ name = 'x' }", "Column 10: \"'x'\" is not a value: texts stand in double quotes — { name = ▸'x' }"],
    ['{ name == "x" }', 'Column 9: "==" is not an operator: write "=" — { name =▸= "x" }'],
    ["{ span.a = }", 'Column 11: a value is missing after "=" — { span.a =▸ }'],
    ['{ span.a "x" }', 'Column 9: an operator is missing, such as = or && — { span.a▸ "x" }'],
    ['{ span.a = "x }', 'Column 12: the text is not closed: " is missing — { span.a = ▸"x }'],
    ["{ /* x", "Column 3: the comment is not closed: */ is missing — { ▸/* x"],
    ["{} |", 'Column 5: a stage is missing after "|" — {} |▸'],
    ["{}\n| coun() > 2", 'Line 2, column 3: "coun" is not a function — | ▸coun() > 2'],
    ["{} | count()", "Column 13: a comparison is missing, such as > 2 — {} | count()▸"],
    ["{} | by()", "Column 9: a field is missing, such as span.http.route — {} | by(▸)"],
    ["{} )", 'Column 4: ")" is not expected here — {} ▸)'],
    ["{} {}", "Column 3: an operator is missing, such as && or | — {}▸ {}"],
    [
      'name = "x"',
      'Column 1: "{" is missing before the condition — ▸name = "x"',
      'Column 11: "}" is missing — name = "x"▸',
    ],
  ];
  for (const [text, ...problems] of wrong)
    test(text, async () => assert.deepEqual(await problemsOf(text), problems));
});

suite("Of what servers may know better", () => {
  for (const text of ["{} | rate() > 5", "({} | rate()) / ({} | rate())", '{ span.a in ["x", "y"] }']) {
    test(`${text} has one doubt, which keeps nobody from asking`, async () => {
      const problems = await syntaxProblems(text);
      assert.equal(problems.length, 1);
      assert.match(problems[0].message, /as far as is known here$/);
      assert.equal(blocking(problems), undefined);
    });
  }

  test("a mistake before the metrics is no doubt", async () => {
    assert.notEqual(blocking(await syntaxProblems("{ foo = 1 } | rate()")), undefined);
  });
});

test("what the grammar reads has every sign where the query has it", () => {
  const text = "{ duration > 1h30m && nestedSetParent < .5 } // c\n with (a=1, b=true)";
  assert.equal(forGrammar(text), "{ duration > 0000m && name            < 00 }     \n                   ");
});

suite("A hostile query is answered at once", () => {
  const hostile: [title: string, text: string][] = [
    ["a long wrong one", `{ ${"span.a = 1 && ".repeat(5000)} foo = 1 }`],
    ["hints without end", `{} with (a${"=bb".repeat(5000)} (`],
    ["white space without end", `{}${" ".repeat(100_000)}|`],
  ];
  for (const [title, text] of hostile) {
    test(title, async () => {
      const before = process.cpuUsage();
      await syntaxProblems(text);
      oneLine(text);
      assert.ok(process.cpuUsage(before).user / 1000 < 2000);
    });
  }
});

test("in a box a query is one line", () => {
  assert.equal(oneLine("{ a = 1 }  // first\n\n   | count()\r\n  > 2 "), "{ a = 1 } | count() > 2");
});

test("the place a server names counts from where the query begins, after comments", () => {
  const text = "// mine\n\n  { foo = 1 } // all";
  const place = serverPlace(text, "parse error at line 1, col 3: unknown");
  assert.equal(place && text.slice(place.from, place.to), "foo");
});

suite("The place a server names", () => {
  const text = '{ status = error }\n| coun() > "x"';
  const places: [string, string | undefined][] = [
    ["invalid TraceQL query: parse error at line 2, col 3: syntax error: unexpected IDENTIFIER", "coun"],
    ["Tempo refused the request (400): parse error at line 1, column 12: unknown identifier: error", "error"],
    ["parse error at line 2, col 15: syntax error: unexpected $end", ""],
    ["parse error at line 9, col 3: too far", undefined],
    ["parse error at line 0, col 0", undefined],
    ["limit 5000 exceeds maximum", undefined],
  ];
  for (const [message, expected] of places) {
    test(`in "${message}" is ${expected === undefined ? "none" : `"${expected}"`}`, () => {
      const place = serverPlace(text, message);
      assert.equal(place && text.slice(place.from, place.to), expected);
    });
  }
});
