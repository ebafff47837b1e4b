import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../src/base/userError.ts";
import { freePorts } from "../test/support/freePort.ts";
import { installOnce } from "./installOnce.ts";
import { type JaegerOptions, jaegerConfig } from "./jaegerConfig.ts";
import { inProject } from "./projectRoot.ts";
import { runToEnd, startProcess } from "./runningProcess.ts";
import { makeTempFolder } from "./tempFolder.ts";

/** A running Jaeger that keeps its traces in memory. */
export interface Jaeger {
  readonly version: string;
  /** The address of the UI and of both query APIs, its base path included, without a slash at its end. */
  readonly uiUrl: string;
  /** Base address of OTLP over HTTP: traces go to `/v1/traces` under it. */
  readonly otlpHttp: string;
  /** Address of OTLP over gRPC, plain text. */
  readonly otlpGrpc: string;
  logTail(): string;
  stop(): Promise<void>;
}

interface JaegerRelease {
  readonly version: string;
  readonly module: string;
}

const MODULE = "github.com/jaegertracing/jaeger";

/**
 * Newest first; the first one that the Go module proxy serves is built. Jaeger's v2 tags are no valid module versions,
 * so the newest is named by its commit. A proxy may not serve every commit, but it keeps tags: v1.76.0 and v2.13.0 are
 * one commit, the last that has a tag Go takes.
 */
const releases: readonly JaegerRelease[] = [
  { version: "2.20.0", module: `${MODULE}@798e4b0fcf22609e381df764a01461affd813e1e` },
  { version: "2.13.0", module: `${MODULE}@v1.76.0` },
];

const HEALTHY_MS = 60_000;
const TRIES = 3;

/** Starts a Jaeger on free ports, building it at first use. A UserError with code `jaegerUnavailable` says why it cannot. */
export async function startJaeger(options: JaegerOptions = {}): Promise<Jaeger> {
  const { version, program } = await installJaeger();
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(version, program, await freePorts(5), options);
    } catch (error) {
      const portTaken = error instanceof Error && error.message.includes("address already in use");
      if (!portTaken || attempt === TRIES) throw error;
    }
  }
}

/** For a test that cannot run here: skips it, but on CI (CI=true), where everything must have run, fails it. */
export function skipOrFail(reason: string, t?: { skip(message?: string): void }): void {
  if (process.env.CI === "true") throw new Error(`On CI this may not be skipped: ${reason}`);
  t?.skip(reason);
}

/** Builds Jaeger into `.cache/tools/` unless a release is there already. */
export async function installJaeger(): Promise<{ version: string; program: string }> {
  const place = ({ version }: JaegerRelease) => inProject(".cache", "tools", `jaeger-${version}`);
  const program = (release: JaegerRelease) => join(place(release), "jaeger");
  const installed = releases.find((release) => existsSync(program(release)));
  if (installed) return { version: installed.version, program: program(installed) };
  if (!(await goIsThere())) {
    throw new UserError("Jaeger is built from source, and Go was not found. Install Go 1.26 or newer.", {
      code: "jaegerUnavailable",
    });
  }
  const refusals: string[] = [];
  for (const release of releases) {
    try {
      await installOnce(place(release), (folder) => build(release, folder));
      return { version: release.version, program: program(release) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.log(`Jaeger ${release.version} cannot be built here: ${reason}`);
      refusals.push(`${release.version}: ${reason}`);
    }
  }
  throw new UserError(`No release of Jaeger could be built.\n${refusals.join("\n")}`, {
    code: "jaegerUnavailable",
  });
}

/**
 * Builds inside the module's own folder, so that Jaeger's go.mod and go.sum hold as for its authors: its replacements
 * apply, and every dependency is checked against the sums they published.
 */
async function build(release: JaegerRelease, folder: string): Promise<void> {
  const answer = await runToEnd("go", ["mod", "download", "-json", release.module], { cwd: folder }).catch(
    (error) => {
      throw new Error(refusalOf(error));
    },
  );
  const { Dir: source } = JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1)) as {
    Dir: string;
  };
  console.log(`Building Jaeger ${release.version}, once (some minutes).`);
  const env = { ...process.env, CGO_ENABLED: "0" };
  const args = [
    "build",
    "-mod=readonly",
    "-trimpath",
    "-ldflags=-s -w",
    "-o",
    join(folder, "jaeger"),
    "./cmd/jaeger",
  ];
  await runToEnd("go", args, { cwd: source, env });
}

function refusalOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const told = /"Error": "(.*)"/.exec(text)?.[1];
  return told ? (JSON.parse(`"${told}"`) as string).replaceAll(/\s+/g, " ") : text;
}

async function startOn(
  version: string,
  program: string,
  ports: readonly number[],
  options: JaegerOptions,
): Promise<Jaeger> {
  const [ui, uiGrpc, otlpHttp, otlpGrpc, health] = ports.map((port) => `127.0.0.1:${port}`);
  const folder = await makeTempFolder("traceline-jaeger-");
  const config = join(folder.path, "config.yaml");
  await writeFile(config, jaegerConfig(version, { ui, uiGrpc, otlpHttp, otlpGrpc, health }, options));
  const server = startProcess(program, ["--config", config]);
  const stop = async () => {
    await server.stop();
    await folder.remove();
  };
  let ended: number | string | undefined;
  void server.exited.then((code) => {
    ended = code;
  });
  const deadline = Date.now() + HEALTHY_MS;
  while (!(await healthy(`http://${health}/status`))) {
    if (ended === undefined && Date.now() < deadline) {
      await sleep(100);
      continue;
    }
    await stop();
    const what =
      ended === undefined ? `was not healthy within ${HEALTHY_MS / 1000} s` : `ended with ${ended}`;
    throw new Error(`Jaeger ${version} ${what}:\n${server.logTail()}`);
  }
  return {
    version,
    uiUrl: `http://${ui}${options.basePath ?? ""}`,
    otlpHttp: `http://${otlpHttp}`,
    otlpGrpc: `http://${otlpGrpc}`,
    logTail: server.logTail,
    stop,
  };
}

async function healthy(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function goIsThere(): Promise<boolean> {
  return runToEnd("go", ["version"]).then(
    () => true,
    () => false,
  );
}
