import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { LineEdit } from "../../../src/source/lineAnchor.ts";
import { generationOf, TextGenerations } from "../../../src/source/textGenerations.ts";

/** A document of one letter a line, as somebody edits it and saves it. */
class Edited {
  text: string;
  now = 0;
  readonly generations: TextGenerations;

  constructor(text: string, generations = new TextGenerations()) {
    this.text = text;
    this.generations = generations;
  }

  /** Puts the lines `added` in place of `removed` lines from `line` on. */
  edit(line: number, removed: number, added: string): this {
    const lines = [...this.text];
    lines.splice(line - 1, removed, ...added);
    this.text = lines.join("");
    return this.#follow({
      startLine: line,
      startColumn: 1,
      endLine: line + removed,
      endColumn: 1,
      newLines: added.length,
    });
  }

  /** Types within a line. */
  type(line: number, column = 2): this {
    return this.#follow({
      startLine: line,
      startColumn: column,
      endLine: line,
      endColumn: column,
      newLines: 0,
    });
  }

  save(ms: number): this {
    this.now = ms;
    this.generations.begin(ms);
    return this;
  }

  /** The letter on which a line of the text at a time stands now; `?` when nobody knows, and `!` behind an edited one. */
  at(ms: number, line: number): string {
    const { generations } = this;
    const found = generations.lineOf(generationOf(ms, generations.starts), line);
    return found === undefined ? "?" : this.text[found.line - 1] + (found.isTouched ? "!" : "");
  }

  #follow(edit: LineEdit): this {
    this.now++;
    this.generations.follow([edit], this.now);
    return this;
  }
}

suite("A line that a program named at a time", () => {
  test("is the one of the text that was saved then, wherever it is now", () => {
    const text = new Edited("abcdef").edit(2, 0, "xy").save(100);
    assert.equal(text.text, "axybcdef");
    assert.deepEqual([text.at(50, 4), text.at(150, 4), text.at(150, 6)], ["d", "b", "d"]);
    text.edit(1, 0, "z").edit(5, 1, "");
    assert.equal(text.text, "zaxycdef");
    assert.deepEqual([text.at(50, 4), text.at(150, 5), text.at(150, 4)], ["d", "c", "?"]);
  });

  test("stays in the text of the last save while lines are edited and not saved", () => {
    const text = new Edited("abcdef").edit(1, 0, "xy");
    assert.deepEqual([text.at(5, 3), text.generations.starts], ["c", []]);
  });

  test("is in the same text after a save of typing within lines, and when nothing was edited", () => {
    const text = new Edited("abcdef").type(3).save(100).save(200);
    assert.deepEqual(text.generations.starts, []);
    text.edit(1, 0, "x").save(300).type(2).save(400).save(500);
    assert.deepEqual(text.generations.starts, [300]);
  });

  test("is known through every save since", () => {
    const text = new Edited("abcdef");
    for (let i = 1; i <= 5; i++) text.edit(1, 0, String(i)).save(100 * i);
    assert.equal(text.text, "54321abcdef");
    const line = 4;
    assert.deepEqual(
      [50, 100, 250, 399, 450, 1000].map((ms) => text.at(ms, line)),
      ["d", "c", "b", "a", "1", "2"],
    );
  });

  test("was edited when its own text was, not when lines came before it", () => {
    const text = new Edited("abcdef").edit(3, 0, "x").type(2);
    assert.deepEqual([text.at(1, 2), text.at(1, 3)], ["b!", "c"]);
  });

  test("is not known when it was removed, or replaced with others as one", () => {
    const text = new Edited("abcdef").edit(2, 3, "xyz");
    assert.deepEqual([text.at(1, 1), text.at(1, 3), text.at(1, 5)], ["a", "?", "e"]);
  });

  test("is not known when it is older than what is kept of the edits, and newer ones are", () => {
    const text = new Edited("ab");
    text.edit(1, 0, "x").save(100);
    for (let i = 0; i < 2100; i++) text.edit(1, i % 2, i % 2 === 0 ? "y" : "");
    text.edit(1, 0, "z").save(5000).edit(1, 0, "w");
    assert.deepEqual([text.at(50, 1), text.at(200, 1), text.at(5000, 2)], ["?", "?", "x"]);
  });

  test("is not known of the time before a text of which no more is known", () => {
    const text = new Edited("abcdef", new TextGenerations(100)).edit(1, 0, "x");
    assert.deepEqual([text.at(50, 2), text.at(100, 2)], ["?", "b"]);
    assert.deepEqual(text.generations.starts, [100]);
  });

  test("is in the text as it was read when its file has changed, whatever was typed since", () => {
    const text = new Edited("abcdef").edit(1, 0, "x");
    const { edited } = text.generations;
    text.edit(1, 0, "y");
    text.generations.begin(100, edited);
    assert.deepEqual([text.text, text.at(50, 2), text.at(150, 2)], ["yxabcdef", "b", "a"]);
  });

  test("that was found in unsaved text moves with the edits since", () => {
    const text = new Edited("abcdef").edit(1, 0, "x");
    const foundMs = text.now;
    text.edit(1, 0, "y").save(100);
    const at = (ms: number, line: number) => text.text[text.generations.lineFound(ms, line)!.line - 1];
    assert.deepEqual([at(foundMs, 3), at(0, 3), at(200, 3)], ["b", "c", "a"]);
  });

  test("is where it was when the edits since the last save were discarded", () => {
    const text = new Edited("abcdef").edit(1, 0, "x").save(100).type(2).edit(2, 2, "").type(1);
    assert.equal(text.text, "xcdef");
    assert.equal(text.at(150, 2), "?");
    const { edited } = text.generations;
    // All lines at once, as an editor puts back what it reads from the file.
    text.edit(1, 5, "xabcdef");
    text.generations.restore();
    assert.ok(text.generations.edited < edited);
    assert.deepEqual([text.at(150, 2), text.at(50, 1), text.at(50, 3)], ["a", "a", "c"]);
    text.type(3).save(300);
    assert.deepEqual(text.generations.starts, [100]);
  });

  test("has unsaved edits from the first one after a save to the next save, or until they are discarded", () => {
    const text = new Edited("abcdef").type(1).save(100);
    const { generations } = text;
    assert.equal(generations.unsavedSince, undefined);
    text.type(1).type(1);
    assert.equal(generations.unsavedSince, 101);
    generations.restore();
    assert.equal(generations.unsavedSince, undefined);
    text.edit(2, 1, "y").save(200);
    assert.equal(generations.unsavedSince, undefined);
  });

  test("costs the same however much is typed within one line", () => {
    const text = new Edited("abcdef");
    for (let i = 0; i < 10_000; i++) text.type(4);
    assert.equal(text.generations.edited, 1);
  });
});
