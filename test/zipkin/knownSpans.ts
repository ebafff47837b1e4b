/** The ids of the known traces: of 128 bits, of 64, and of 64 with leading zeros. */
export const known = {
  long: "7a085853722dc6d2a9f2c8b1e0d3f4a5",
  short: "463ac35c9f6413ad",
  zeros: "000000000000abcd",
} as const;

/** Span ids of the long trace: `call` is the one that both halves of a call share. */
export const spanIds = {
  root: "f00dcafe00000001",
  call: "f00dcafe00000002",
  query: "f00dcafe00000003",
  message: "f00dcafe00000004",
  lost: "f00dcafe00000005",
  open: "f00dcafe00000006",
} as const;

const gateway = { serviceName: "gateway", ipv4: "192.0.2.1", port: 8080 };
const pricing = { serviceName: "pricing", ipv4: "192.0.2.2", ipv6: "2001:db8::c001", port: 9000 };

const everyText = {
  "text.plain": "plain",
  "text.empty": "",
  "text.unicode": "naïve 日本語 🦅 \u202e",
  "text.lines": 'one\ntwo\t"three" \\four',
  "text.markup": "<img src=x onerror=alert(1)>",
  "text.long": "x".repeat(2_000),
  "code.filepath": "/srv/gateway/src/checkout.ts",
  "code.lineno": "42",
  "list.as.text": '["a","b"]',
};

/** The known traces as a list of Zipkin v2 spans; they begin at `startMs` (unix ms). */
export function knownSpans(startMs: number): readonly object[] {
  const at = (micros: number) => startMs * 1000 + micros;
  const { long: traceId } = known;
  const { root, call, query, message, lost, open } = spanIds;
  return [
    {
      traceId,
      id: root,
      name: "post /checkout",
      kind: "SERVER",
      timestamp: at(0),
      duration: 500_001,
      localEndpoint: gateway,
      remoteEndpoint: { ipv4: "198.51.100.7", port: 51234 },
      tags: everyText,
      annotations: [
        { timestamp: at(100_001), value: "cart locked" },
        { timestamp: at(100_002), value: 'landed: {"height":12}' },
      ],
    },
    {
      traceId,
      parentId: root,
      id: call,
      name: "get /price",
      kind: "CLIENT",
      timestamp: at(1_000),
      duration: 300_000,
      localEndpoint: gateway,
      remoteEndpoint: pricing,
      tags: { "http.method": "GET" },
    },
    {
      traceId,
      parentId: root,
      id: call,
      name: "get /price",
      kind: "SERVER",
      shared: true,
      timestamp: at(2_000),
      duration: 290_000,
      localEndpoint: pricing,
      tags: { error: "no price for “chair”", "http.status_code": "500" },
    },
    {
      traceId,
      parentId: call,
      id: query,
      name: "select prices",
      timestamp: at(3_000),
      duration: 200_000,
      localEndpoint: pricing,
      tags: {
        "otel.status_code": "ERROR",
        error: "timeout",
        "otel.scope.name": "db",
        "otel.scope.version": "1.2",
      },
    },
    {
      traceId,
      parentId: root,
      id: message,
      name: "orders send",
      kind: "PRODUCER",
      timestamp: at(400_000),
      duration: 1,
      localEndpoint: gateway,
      remoteEndpoint: { serviceName: "kafka" },
    },
    {
      traceId,
      parentId: "f00dcafe000000ff",
      id: lost,
      name: "lost",
      timestamp: at(410_000),
      duration: 500,
      localEndpoint: gateway,
    },
    { traceId, parentId: root, id: open, name: "still open", timestamp: at(420_000), localEndpoint: gateway },
    ...[known.short, known.zeros].map((id, i) => ({
      traceId: id,
      id: "b7ad6b7169203331",
      name: "get /health",
      kind: "SERVER",
      timestamp: at(-1_000_000 * (i + 1)),
      duration: 900,
      localEndpoint: { serviceName: "health" },
    })),
  ];
}
