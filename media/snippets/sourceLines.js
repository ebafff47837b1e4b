/** Puts the line of the program's own code on each span as it starts. Run with --enable-source-maps for TypeScript. */
class SourceLines {
  onStart(span) {
    // Instrumentations start spans far below the code that they are called by.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 50;
    const { stack } = new Error();
    Error.stackTraceLimit = limit;
    const frame = String(stack)
      .split("\n")
      .slice(2)
      .find((one) => /[\\/]/.test(one) && !/node_modules|\(?node:/.test(one));
    const match = /at (?:async )?(?:(.+?) \()?(file:\/\/)?(.+?):(\d+):\d+\)?$/.exec(frame ?? "");
    if (!match) return;
    const [, name, isUrl, path, line] = match;
    span.setAttribute("code.file.path", isUrl ? decodeURIComponent(path).replace(/^\/(?=\w:)/, "") : path);
    span.setAttribute("code.line.number", Number(line));
    if (name) span.setAttribute("code.function.name", name);
  }
  onEnd() {}
  async forceFlush() {}
  async shutdown() {}
}
// new NodeSDK({ spanProcessors: [new SourceLines(), new BatchSpanProcessor(new OTLPTraceExporter())] })
