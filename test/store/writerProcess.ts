// A window that receives: takes the lease of the folder, then keeps numbered traces and prints the number of each that was
// acknowledged. Run as a child: node writerProcess.ts <folder> <name> [ttl ms] [first number]
import { acquireLease, releaseLease, renewLease } from "../../src/backends/local/store/lease.ts";
import { openWriter } from "../../src/backends/local/store/openStore.ts";
import { numberedBatch } from "./numberedBatch.ts";

const [folder, name, ttlText = "1000", firstText = "0"] = process.argv.slice(2);
const ttlMs = Number(ttlText);
let ended = false;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function hold(token: string): Promise<void> {
  let lost = false;
  const writer = openWriter(folder, {
    fence: token,
    limits: { maxSpans: 0, maxBytes: 0, maxAgeHours: 0 },
    onNotice: (text) => say(`notice ${text}`),
    onLost: () => {
      lost = true;
    },
  });
  const renewing = setInterval(() => {
    try {
      if (!renewLease(folder, token, ttlMs)) lost = true;
    } catch {
      // A fault of the disk ends no lease, as with `LeaseKeeper`.
    }
  }, ttlMs / 4);
  say(`holds ${name}`);
  for (let number = Number(firstText); !lost && !ended; number++) {
    try {
      await writer.take(numberedBatch(name, number));
      say(`ack ${number}`);
    } catch (error) {
      if (error instanceof Error && error.name === "FenceLost") break;
      say(`refused ${number}: ${error}`);
    }
    // Time for indexing, so that its writes are cut off too.
    if (number % 8 === 0) await pause(1);
  }
  clearInterval(renewing);
  await writer.close().catch(() => {});
  if (!lost) releaseLease(folder, token);
  say(lost ? `lost ${name}` : `closed ${name}`);
}

process.stdin.on("data", () => {
  ended = true;
});
process.stdin.on("end", () => {
  ended = true;
});
let waits = false;
while (!ended) {
  const answer = acquireLease(folder, name, ttlMs);
  if (answer.acquired) {
    await hold(answer.token);
    break;
  }
  if (!waits) say(`waits ${name}`);
  waits = true;
  await pause(50);
}
process.exit(0);
