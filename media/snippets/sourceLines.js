/** Puts the line of the program's own code on each span as it starts. Run with --enable-source-maps for TypeScript. */
class SourceLines {
  onStart(span) {
    const line = new Error().stack
      .split("\n")
      .slice(2)
      .find((frame) => /[\\/]/.test(frame) && !/node_modules|\(?node:/.test(frame));
    const match = /at (?:async )?(?:(.+?) \()?(?:file:\/\/)?(.+?):(\d+):\d+\)?$/.exec(line ?? "");
    if (!match) return;
    span.setAttribute("code.file.path", match[2]);
    span.setAttribute("code.line.number", Number(match[3]));
    if (match[1]) span.setAttribute("code.function.name", match[1]);
  }
  onEnd() {}
  async forceFlush() {}
  async shutdown() {}
}
// new NodeSDK({ spanProcessors: [new SourceLines(), new BatchSpanProcessor(new OTLPTraceExporter())] })
