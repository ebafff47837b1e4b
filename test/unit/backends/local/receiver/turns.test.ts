import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as afterMicrotasks } from "node:timers/promises";
import { type Turn, Turns } from "../../../../../src/backends/local/receiver/turns.ts";

/** Takes so many turns of `most` at a time; `come` has the numbers of those that have come, in their order. */
function takeTurns(most: number, count: number): { turns: Turn[]; come: number[]; left: number[] } {
  const turns = new Turns(most);
  const come: number[] = [];
  const left: number[] = [];
  const taken = Array.from({ length: count }, (_, i) => {
    const turn = turns.take();
    void turn.come.then((has) => (has ? come : left).push(i));
    return turn;
  });
  return { turns: taken, come, left };
}

describe("turns", () => {
  it("come at once to as many as may go on, and to the others in their order", async () => {
    const { turns, come } = takeTurns(2, 5);
    await afterMicrotasks();
    assert.deepEqual(come, [0, 1]);
    assert.deepEqual(
      turns.map(({ waits }) => waits),
      [false, false, true, true, true],
    );
    turns[1].end();
    await afterMicrotasks();
    assert.deepEqual(come, [0, 1, 2]);
    turns[0].end();
    turns[2].end();
    await afterMicrotasks();
    assert.deepEqual(come, [0, 1, 2, 3, 4]);
  });

  it("pass over one that has given up its wait", async () => {
    const { turns, come, left } = takeTurns(1, 3);
    turns[1].end();
    assert.equal(turns[1].waits, false);
    turns[0].end();
    await afterMicrotasks();
    assert.deepEqual([come, left], [[0, 2], [1]]);
  });

  it("let one go on only, however often another ends", async () => {
    const { turns, come } = takeTurns(1, 3);
    turns[0].end();
    turns[0].end();
    await afterMicrotasks();
    assert.deepEqual(come, [0, 1]);
  });
});
