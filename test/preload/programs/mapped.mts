// Built by the test into one file with a source map.
import { trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

interface Priced {
  readonly price: number;
}

new NodeTracerProvider().register();

export class Basket {
  total(items: readonly Priced[]): number {
    return trace.getTracer("shop").startActiveSpan("total", (span) => {
      const { attributes } = span as unknown as { attributes: Record<string, unknown> };
      console.log(
        JSON.stringify({
          ...attributes,
          "code.file.path": String(attributes["code.file.path"]).split("/").at(-1),
        }),
      );
      return items.reduce((sum, { price }) => sum + price, 0);
    });
  }
}
new Basket().total([{ price: 1 }]);
