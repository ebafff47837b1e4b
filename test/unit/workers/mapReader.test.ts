import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { mappedPlace } from "../../../src/source/maps/sourceMap.ts";
import { createMapReader } from "../../../src/workers/mapReader.ts";
import { lineMap } from "../source/mapText.ts";

const reader = createMapReader(new URL("../../../src/workers/decode.ts", import.meta.url));
const never = new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text).buffer;

after(() => reader.dispose());

describe("reading source maps in a thread", () => {
  it("answers a map as columns, several at a time", async () => {
    const lines = [3, 7, 11];
    const reads = lines.map((line) => reader.read(bytes(lineMap([line], "src/a.ts")), false, never));
    for (const [i, { map }] of (await Promise.all(reads)).entries()) {
      assert.equal(map && mappedPlace(map, 1, 0)?.line, lines[i]);
    }
  });

  it("answers where a script says that its map is", async () => {
    const read = await reader.read(bytes("run();\n//# sourceMappingURL=a.js.map\n"), true, never);
    assert.deepEqual(read, { link: "a.js.map", map: undefined });
  });

  it("takes the bytes and leaves nothing of them to the caller", async () => {
    const given = bytes(lineMap([1], "a.ts"));
    await reader.read(given, false, never);
    assert.equal(given.byteLength, 0);
  });

  it("answers none for what is no map, and goes on", async () => {
    assert.deepEqual(await reader.read(bytes("{"), false, never), { link: "", map: undefined });
    assert.ok((await reader.read(bytes(lineMap([1], "a.ts")), false, never)).map !== undefined);
  });

  it("rejects when it is aborted, before and while it reads, and goes on with the next", async () => {
    const reason = new Error("enough");
    await assert.rejects(reader.read(bytes("{}"), false, AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const reading = reader.read(bytes("[".repeat(8_000_000)), false, controller.signal);
    controller.abort(reason);
    await assert.rejects(reading, reason);
    assert.ok((await reader.read(bytes(lineMap([1], "a.ts")), false, never)).map !== undefined);
  });
});
