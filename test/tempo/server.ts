import { after, type TestContext, test } from "node:test";
import { skipOrFail } from "../../scripts/jaeger.ts";
import type { TempoSettings } from "../../scripts/tempo/tempoConfig.ts";
import { startTempo, type Tempo, type TempoLine } from "../../scripts/tempo.ts";
import { UserError } from "../../src/base/userError.ts";

const running = new Map<string, Promise<Tempo>>();

/**
 * A test against a real Tempo: one server per test file, line and settings, stopped at the end of the file. Where Tempo cannot be
 * had the test is skipped with the reason, and on CI it fails.
 */
export function tempoTest(
  title: string,
  body: (tempo: Tempo, t: TestContext) => Promise<void>,
  settings: TempoSettings = {},
  line: TempoLine = "newest",
): void {
  test(title, { timeout: 1_800_000 }, async (t) => {
    const key = JSON.stringify([settings, line]);
    const started = running.get(key) ?? startTempo(settings, line);
    running.set(key, started);
    let tempo: Tempo;
    try {
      tempo = await started;
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== "tempoUnavailable") throw error;
      return skipOrFail(error.message, t);
    }
    await body(tempo, t);
  });
}

after(async () => {
  const stopping = [...running.values()].map(async (started) =>
    (await started.catch(() => undefined))?.stop(),
  );
  await Promise.all(stopping);
});
