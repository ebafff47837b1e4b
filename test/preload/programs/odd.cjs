// Registers things that are no provider of an SDK with the registry of the API, as strangers and mocks do.
const key = Symbol.for("opentelemetry.js.api.1");
const seen = [];
const span = (more) => ({ end() {}, ...more });
const throwing = new Proxy(
  {},
  {
    get: (_, name) => {
      throw new Error(`asked for ${String(name)}`);
    },
  },
);
const tracers = [
  { startSpan: () => span() },
  { startSpan: () => null },
  { startSpan: () => throwing },
  {
    startSpan: () =>
      Object.freeze(
        span({
          attributes: {},
          isRecording: () => true,
          setAttribute: () => {
            throw new Error("no");
          },
        }),
      ),
  },
  Object.freeze({
    startSpan: () => span({ attributes: {}, isRecording: () => false, setAttribute: () => seen.push("set") }),
  }),
];
class Tracer {
  startSpan(name) {
    if (name === "fail") throw new RangeError("failed");
    return span({ attributes: null, isRecording: () => true });
  }
}
tracers.push(new Tracer());
globalThis[key] ??= { version: "1.9.0" };
const registry = globalThis[key];
for (const tracer of tracers) {
  delete registry.trace;
  registry.trace = Object.freeze({ getTracer: () => tracer });
  registry.trace = { getTracer: () => tracer, setDelegate: 7 };
  console.log(
    Object.keys(registry).join(),
    registry.trace.getTracer("a") === tracer,
    registry.trace.getTracer("b") === tracer,
  );
  try {
    const started = registry.trace.getTracer("c").startSpan("fail");
    console.log(started === throwing ? "throwing" : JSON.stringify(started));
  } catch (error) {
    console.log(String(error), error.stack.includes("odd.cjs"));
  }
}
Object.freeze(Error);
console.log(
  seen.length,
  new Tracer().startSpan.name,
  new Tracer().startSpan.length,
  new Tracer().startSpan("x").attributes,
);
