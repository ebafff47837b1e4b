// Compiled by the tests in many ways. What JavaScript has no lines for comes first, so that a wrong line shows.
import { trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

interface Priced {
  readonly price: number;
}

type Items = readonly Priced[];

new NodeTracerProvider().register();

export class Basket {
  total(items: Items): number {
    const span = trace.getTracer("shop").startSpan("total");
    console.log(JSON.stringify((span as unknown as { attributes: object }).attributes));
    span.end();
    return items.reduce((sum, { price }) => sum + price, 0);
  }
}
new Basket().total([{ price: 1 }]);
