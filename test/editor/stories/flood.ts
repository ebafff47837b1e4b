import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import * as vscode from "vscode";
import { change, closeAll, lensesOf, sampleFile, sampleFolder, until } from "../../support/editorSuite.ts";
import type { FloodFigures } from "../../support/floodProcess.ts";
import { story } from "../story.ts";

const spansPerSecond = 20_000;
const seconds = Number(process.env.TRACELINE_FLOOD_SECONDS ?? 20);
/** The histogram counts from one look to the next, which are this far apart where nothing else runs. */
const resolution = 10;

export function floodStories(): void {
  story(
    "While 20,000 spans a second arrive the editor's other extensions wait for nothing",
    async () => {
      const [http, grpc] = [await freePort(), await freePort()];
      const back = [await change("receiver.httpPort", http), await change("receiver.grpcPort", grpc)];
      await vscode.commands.executeCommand("traceline.recent.focus");
      const taxes = sampleFile("pricing/src/taxes.ts");
      await vscode.window.showTextDocument(taxes);
      void vscode.commands.executeCommand("traceline.startReceiver", true);
      await until("the receiver answers", async () => (await fetch(`http://127.0.0.1:${http}/`)).status > 0);
      const before = process.memoryUsage().rss;
      let most = before;
      const sampling = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss);
      }, 250);
      const idle = new Worker(idleThread, { eval: true });
      const delay = monitorEventLoopDelay({ resolution });
      delay.enable();
      const figures = await flood(http);
      delay.disable();
      clearInterval(sampling);
      const idleP99 = await lateness(idle);
      const ms = (percent: number) => Math.round(delay.percentile(percent) / 1e6) - resolution;
      const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
      const { sent, stored, refused, p50, p99 } = figures;
      console.log(
        `# ${sent} spans in ${seconds} s: ${stored} stored, ${refused} refused, answers p50 ${p50} ms p99 ${p99} ms; ` +
          `delay of the event loop p50 ${ms(50)} p99 ${ms(99)} max ${ms(100)} ms, of an idle thread p99 ${idleP99} ms; ` +
          `memory ${megabytes(before)} to at most ${megabytes(most)} MB`,
      );
      assert.equal(stored + refused, sent);
      assert.ok(
        ms(99) - idleP99 < 100,
        `the event loop was late by ${ms(99)} ms, an idle one by ${idleP99} ms`,
      );
      assert.ok(megabytes(most - before) < 1_000, `${megabytes(most)} MB`);
      await until("the lens counts them", async () =>
        (await lensesOf(taxes)).some(({ title }) => /\d{2},\d{3} calls/.test(title)),
      );
      await vscode.commands.executeCommand("traceline.stopReceiver");
      for (const restore of back) await restore();
      await closeAll();
    },
    (seconds + 60) * 1_000,
  );
}

/** What a machine with other work to do costs a thread that has none. */
const idleThread = `
  const { parentPort } = require("node:worker_threads");
  const delay = require("node:perf_hooks").monitorEventLoopDelay({ resolution: ${resolution} });
  delay.enable();
  parentPort.once("message", () => parentPort.postMessage(delay.percentile(99)));
`;

async function lateness(thread: Worker): Promise<number> {
  thread.postMessage("end");
  const [p99] = (await once(thread, "message")) as [number];
  return Math.round(p99 / 1e6) - resolution;
}

/** Sends the spans from another process, on the Node of the project. */
async function flood(port: number): Promise<FloodFigures> {
  const root = join(sampleFolder(), "..", "..");
  const program = join(root, "test", "support", "floodProcess.ts");
  const parameters = [program, port, spansPerSecond, seconds].map(String);
  const { stdout } = await promisify(execFile)(join(root, "node_modules", ".bin", "node"), parameters);
  return JSON.parse(stdout) as FloodFigures;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
