import { after, type TestContext, test } from "node:test";
import { skipOrFail } from "../../scripts/jaeger.ts";
import { startZipkin, type Zipkin } from "../../scripts/zipkin.ts";
import { UserError } from "../../src/base/userError.ts";

const running = new Map<string, Promise<Zipkin>>();

/**
 * A test against a real Zipkin: one server per test file and settings (environment variables), stopped at the end of the
 * file. Where Zipkin cannot be had the test is skipped with the reason, and on CI it fails.
 */
export function zipkinTest(
  title: string,
  body: (zipkin: Zipkin, t: TestContext) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): void {
  test(title, { timeout: 300_000 }, async (t) => {
    const key = JSON.stringify(settings);
    const started = running.get(key) ?? startZipkin(settings);
    running.set(key, started);
    let zipkin: Zipkin;
    try {
      zipkin = await started;
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== "zipkinUnavailable") throw error;
      return skipOrFail(error.message, t);
    }
    await body(zipkin, t);
  });
}

after(async () => {
  for (const started of running.values()) await (await started.catch(() => undefined))?.stop();
});
