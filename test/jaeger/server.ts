import { after, type TestContext, test } from "node:test";
import { type Jaeger, skipOrFail, startJaeger } from "../../scripts/jaeger.ts";
import { UserError } from "../../src/base/userError.ts";

let started: Promise<Jaeger> | undefined;

/**
 * A test against a real Jaeger: one server per test file, stopped at the end of the file. Where Jaeger cannot be had
 * the test is skipped with the reason, and on CI it fails.
 */
export function jaegerTest(title: string, body: (jaeger: Jaeger, t: TestContext) => Promise<void>): void {
  test(title, { timeout: 1_800_000 }, async (t) => {
    started ??= startJaeger();
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
  const jaeger = await started?.catch(() => undefined);
  await jaeger?.stop();
});
