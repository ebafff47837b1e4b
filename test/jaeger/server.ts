import { after, type TestContext, test } from "node:test";
import { type Jaeger, skipOrFail, startJaeger } from "../../scripts/jaeger.ts";
import type { JaegerOptions } from "../../scripts/jaegerConfig.ts";
import { UserError } from "../../src/base/userError.ts";

const running = new Map<string, Promise<Jaeger>>();

/**
 * A test against a real Jaeger: one server per test file and options, stopped at the end of the file. Where Jaeger cannot be
 * had the test is skipped with the reason, and on CI it fails.
 */
export function jaegerTest(
  title: string,
  body: (jaeger: Jaeger, t: TestContext) => Promise<void>,
  options: JaegerOptions = {},
): void {
  test(title, { timeout: 1_800_000 }, async (t) => {
    const key = JSON.stringify(options);
    const started = running.get(key) ?? startJaeger(options);
    running.set(key, started);
    let jaeger: Jaeger;
    try {
      jaeger = await started;
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== "jaegerUnavailable") throw error;
      return skipOrFail(error.message, t);
    }
    await body(jaeger, t);
  });
}

after(async () => {
  for (const started of running.values()) await (await started.catch(() => undefined))?.stop();
});
