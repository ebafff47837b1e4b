import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { ConnectionCap } from "../../../../../src/backends/local/receiver/connectionCap.ts";

class Connection extends EventEmitter {
  bytesRead = 0;
  isClosed = false;

  destroy(): void {
    this.isClosed = true;
    this.emit("close");
  }
}

function connection(): Connection & Socket {
  return new Connection() as unknown as Connection & Socket;
}

describe("the cap of connections", () => {
  it("gives the place of the one that has been idle longest to a new one", () => {
    const cap = new ConnectionCap(2);
    const [first, second, third] = [connection(), connection(), connection()];
    for (const each of [first, second, third]) assert.equal(cap.add(each), true);
    assert.deepEqual([first.isClosed, second.isClosed, third.isClosed, cap.size], [true, false, false, 2]);
  });

  it("closes a new one when all are busy", () => {
    const cap = new ConnectionCap(1);
    const [busy, late] = [connection(), connection()];
    cap.add(busy);
    cap.setBusy(busy);
    assert.equal(cap.add(late), false);
    assert.deepEqual([busy.isClosed, late.isClosed], [false, true]);
  });

  it("takes one for busy until the last of its requests is over, where the next was sent before the answer", () => {
    const cap = new ConnectionCap(1);
    const busy = connection();
    cap.add(busy);
    cap.setBusy(busy);
    cap.setBusy(busy);
    cap.setIdle(busy);
    assert.equal(cap.add(connection()), false);
    assert.deepEqual([busy.isClosed, cap.size], [false, 1]);
    cap.setIdle(busy);
    assert.equal(cap.add(connection()), true);
    assert.deepEqual([busy.isClosed, cap.size], [true, 1]);
  });

  it("takes one of HTTP/2 for idle when nothing has come on it for some seconds", () => {
    let now = 0;
    const cap = new ConnectionCap(2, () => now);
    const [quiet, talking] = [connection(), connection()];
    for (const each of [quiet, talking]) {
      cap.add(each);
      cap.setUnseen(each);
    }
    assert.equal(cap.add(connection()), false);
    now += 6_000;
    talking.bytesRead += 100;
    assert.equal(cap.add(connection()), true);
    assert.deepEqual([quiet.isClosed, talking.isClosed, cap.size], [true, false, 2]);
  });
});
