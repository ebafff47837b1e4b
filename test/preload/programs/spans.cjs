// Prints the attributes of the spans it starts in several ways, one JSON line each. SDK names the folder with the SDK.
const load = require("node:module").createRequire(`${process.env.SDK}/`);
const { trace } = load("@opentelemetry/api");
const beforeRegistration = trace.getTracer("early");
const { NodeTracerProvider } = load("@opentelemetry/sdk-trace-node");
new NodeTracerProvider().register();
const tracer = trace.getTracer("shop");

function show(span) {
  const { attributes } = span;
  const file = attributes["code.file.path"];
  console.log(
    JSON.stringify({ ...attributes, ...(file && { "code.file.path": file === __filename ? "here" : file }) }),
  );
  span.end();
}

class Cart {
  load() {
    return tracer.startSpan("load");
  }
  async reload() {
    await null;
    return beforeRegistration.startSpan("reload");
  }
}

function checkout() {
  tracer.startActiveSpan("checkout", show);
}

async function main() {
  show(new Cart().load());
  show(await new Cart().reload());
  checkout();
  show(tracer.startSpan("says itself", { attributes: { "code.filepath": "cart.js" } }));
  show(await Promise.resolve().then(() => tracer.startSpan("in a callback")));
}
main();
