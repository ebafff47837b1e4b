// Asks a server of its own, both seen by the instrumentation of HTTP, and prints where the two spans say they are.
const load = require("node:module").createRequire(`${process.env.SDK}/`);
const { trace } = load("@opentelemetry/api");
const { NodeTracerProvider } = load("@opentelemetry/sdk-trace-node");
const { HttpInstrumentation } = load("@opentelemetry/instrumentation-http");
const spans = [];
const processor = {
  onStart() {},
  onEnd: (span) => spans.push(span),
  forceFlush: async () => {},
  shutdown: async () => {},
};
trace.setGlobalTracerProvider(new NodeTracerProvider({ spanProcessors: [processor] }));
new HttpInstrumentation().enable();
const http = require("node:http");

const server = http
  .createServer((_request, response) => response.end("ok"))
  .listen(0, "127.0.0.1", () => {
    askOwnServer(server.address().port);
  });

function askOwnServer(port) {
  const request = http.get({ host: "127.0.0.1", port }, (response) => {
    response.resume();
    response.on("end", () => server.close(() => setImmediate(print)));
  });
  request.end();
}

function print() {
  for (const { kind, attributes } of spans) {
    console.log(
      kind === 2 ? "client" : "server",
      attributes["code.line.number"] ?? "none",
      attributes["code.function.name"] ?? "",
    );
  }
}
