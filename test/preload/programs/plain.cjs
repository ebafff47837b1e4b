// No OpenTelemetry here: prints what a preload could disturb.
const { fork, execFileSync } = require("node:child_process");
const { Worker, isMainThread } = require("node:worker_threads");

if (!isMainThread) {
  console.log("worker", Object.keys(globalThis).length, Error.stackTraceLimit);
} else if (process.send) {
  console.log("forked", process.argv.length);
  process.disconnect();
} else {
  main();
}

async function main() {
  console.log(Object.keys(globalThis).sort().join());
  console.log(Error.stackTraceLimit, typeof Error.prepareStackTrace, process.execArgv, process.argv.length);
  console.log(new Error("told").stack.split("\n").slice(0, 2).join());
  console.log(
    require.main === module,
    module.children.length,
    Object.keys(require.cache).includes(__filename),
  );
  console.log(execFileSync(process.execPath, ["-p", "1 + 1"], { encoding: "utf8" }).trim());
  await new Promise((done) => fork(__filename).on("exit", done));
  await new Promise((done) => new Worker(__filename).on("exit", done));
  process.on("beforeExit", () => console.log("before exit"));
  process.on("exit", (code) => console.log("exit", code));
  process.on("unhandledRejection", (reason) => {
    console.log("unhandled", reason.message);
    setImmediate(() => {
      if (process.argv[2] === "throw") throw new TypeError("uncaught");
      process.exitCode = 7;
    });
  });
  Promise.reject(new Error("nobody asked"));
}
