/** The ids of the known trace. */
export const vulture = {
  traceId: "7a085853722dc6d2a9f2c8b1e0d3f4a5",
  service: "vulture",
  root: "f00dcafe00000001",
} as const;

const text = (value: string) => ({ stringValue: value });
const int = (value: string) => ({ intValue: value });
const list = (...values: object[]) => ({ arrayValue: { values } });
const map = (members: Readonly<Record<string, object>>) => ({ kvlistValue: { values: attributes(members) } });

function attributes(members: Readonly<Record<string, object>>): { key: string; value: object }[] {
  return Object.entries(members).map(([key, value]) => ({ key, value }));
}

/** Attributes of every type and at the edges of each. */
const everyType = {
  "text.plain": text("plain"),
  "text.empty": text(""),
  "text.unicode": text("naïve 日本語 🦅 \u202e"),
  "text.lines": text('one\ntwo\t"three" \\four'),
  "text.markup": text("<img src=x onerror=alert(1)>"),
  "text.long": text("x".repeat(2_000)),
  "int.zero": int("0"),
  "int.largest": int("9223372036854775807"),
  "int.smallest": int("-9223372036854775808"),
  "int.odd": int("9007199254740993"),
  "bool.true": { boolValue: true },
  "bool.false": { boolValue: false },
  "double.third": { doubleValue: 0.1 },
  "double.large": { doubleValue: 1.5e300 },
  "double.whole": { doubleValue: 3 },
  "bytes.some": { bytesValue: "AAECAwT/" },
  "list.texts": list(text("a"), text("b")),
  "list.ints": list(int("1"), int("9223372036854775807")),
  "map.nested": map({ deep: map({ more: int("1") }), inner: text("v") }),
};

/** A trace with everything that OTLP can say of a span, as an OTLP/JSON request; it begins at `startMs` (unix ms). */
export function vultureRequest(startMs: number): object {
  const at = (offsetNs: number) => String(BigInt(startMs) * 1_000_000n + BigInt(offsetNs));
  const span = (
    spanId: string,
    parentSpanId: string,
    name: string,
    from: number,
    to: number,
    more: object,
  ) => ({
    traceId: vulture.traceId,
    spanId,
    ...(parentSpanId === "" ? {} : { parentSpanId }),
    name,
    startTimeUnixNano: at(from),
    endTimeUnixNano: at(to),
    ...more,
  });
  const exception = attributes({
    "exception.type": text("TypeError"),
    "exception.message": text("nothing to eat"),
    "exception.stacktrace": text("TypeError: nothing to eat\n    at eat (/srv/vulture/src/eat.js:7:9)"),
  });
  return {
    resourceSpans: [
      {
        resource: {
          attributes: attributes({
            "service.name": text(vulture.service),
            "service.version": text("1.2.3"),
            "process.pid": int("4711"),
          }),
        },
        scopeSpans: [
          {
            scope: { name: "nest", version: "0.9" },
            spans: [
              span(vulture.root, "", "circle", 0, 500_000_123, {
                kind: 2,
                attributes: attributes(everyType),
                status: { code: 2, message: "it broke" },
                events: [
                  { timeUnixNano: at(100_000_001), name: "exception", attributes: exception },
                  {
                    timeUnixNano: at(100_000_002),
                    name: "landed",
                    attributes: attributes({ height: int("12") }),
                  },
                ],
                links: [
                  {
                    traceId: "0af7651916cd43dd8448eb211c80319c",
                    spanId: "b7ad6b7169203331",
                    attributes: attributes({ why: text("follows") }),
                  },
                ],
              }),
              span("f00dcafe00000002", vulture.root, "look", 1_000, 1_001, { kind: 3, status: { code: 1 } }),
              span("f00dcafe00000003", vulture.root, "dive", 2_000_000, 302_000_000, { kind: 4 }),
              span("f00dcafe00000004", "f00dcafe00000003", "eat", 2_000_000, 252_000_000, { kind: 5 }),
              span("f00dcafe00000005", "f00dcafe000000ff", "lost", 400_000_000, 400_500_000, { kind: 1 }),
            ],
          },
        ],
      },
    ],
  };
}
