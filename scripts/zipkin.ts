import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../src/base/userError.ts";
import { freePort } from "../test/support/freePort.ts";
import { installOnce } from "./installOnce.ts";
import { inProject } from "./projectRoot.ts";
import { runToEnd, startProcess } from "./runningProcess.ts";

/** A running Zipkin that keeps its traces in memory. */
export interface Zipkin {
  readonly version: string;
  /** Base address of its page, its query API and its collector (`/api/v2/spans`), without a slash at its end. */
  readonly url: string;
  logTail(): string;
  stop(): Promise<void>;
}

const VERSION = "3.6.1";
const ARTIFACT = `io.zipkin:zipkin-server:${VERSION}:jar:exec`;
const JAR = `zipkin-server-${VERSION}-exec.jar`;
const HEALTHY_MS = 90_000;
const TRIES = 3;

/**
 * Starts a Zipkin on a free port, fetching it at first use; `settings` are its environment variables. A UserError with code
 * `zipkinUnavailable` says why it cannot.
 */
export async function startZipkin(settings: Readonly<Record<string, string>> = {}): Promise<Zipkin> {
  const jar = await installZipkin();
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(jar, await freePort(), settings);
    } catch (error) {
      const portTaken = error instanceof Error && /address already in use|BindException/i.test(error.message);
      if (!portTaken || attempt === TRIES) throw error;
    }
  }
}

/** Fetches Zipkin from Maven Central into `.cache/tools/` unless it is there already; answers the path of its jar. */
export async function installZipkin(): Promise<string> {
  const place = inProject(".cache", "tools", `zipkin-${VERSION}`);
  const jar = join(place, JAR);
  await mustRun("java", "-version", "Zipkin runs on Java, which was not found. Install Java 17 or newer.");
  if (existsSync(jar)) return jar;
  await mustRun("mvn", "-version", "Zipkin is fetched with Maven, which was not found. Install Maven.");
  await installOnce(place, async (folder) => {
    console.log(`Fetching Zipkin ${VERSION}, once.`);
    const args = ["-q", "-B", "dependency:copy", `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`];
    await runToEnd("mvn", args, { cwd: folder }).catch((error: Error) => {
      throw new UserError(`Zipkin ${VERSION} could not be fetched: ${error.message}`, {
        code: "zipkinUnavailable",
        cause: error,
      });
    });
  });
  return jar;
}

async function mustRun(program: string, argument: string, otherwise: string): Promise<void> {
  await runToEnd(program, [argument]).catch((cause) => {
    throw new UserError(otherwise, { code: "zipkinUnavailable", cause });
  });
}

async function startOn(
  jar: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Zipkin> {
  const url = `http://127.0.0.1:${port}`;
  // Optimising the server would cost the two seconds in which a test is over.
  const server = startProcess("java", ["-Xmx512m", "-XX:TieredStopAtLevel=1", "-jar", jar], {
    env: {
      ...process.env,
      STORAGE_TYPE: "mem",
      SELF_TRACING_ENABLED: "false",
      ...settings,
      QUERY_PORT: String(port),
    },
  });
  let ended: number | string | undefined;
  void server.exited.then((code) => {
    ended = code;
  });
  const deadline = Date.now() + HEALTHY_MS;
  while (!(await isHealthy(`${url}/health`))) {
    if (ended === undefined && Date.now() < deadline) {
      await sleep(100);
      continue;
    }
    await server.stop();
    const what =
      ended === undefined ? `was not healthy within ${HEALTHY_MS / 1000} s` : `ended with ${ended}`;
    throw new Error(`Zipkin ${VERSION} ${what}:\n${server.logTail()}`);
  }
  return { version: VERSION, url, logTail: server.logTail, stop: server.stop };
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
