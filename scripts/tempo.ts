import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../src/base/userError.ts";
import { freePorts } from "../test/support/freePort.ts";
import { installOnce } from "./installOnce.ts";
import { inProject } from "./projectRoot.ts";
import { runToEnd, startProcess } from "./runningProcess.ts";
import { makeTempFolder } from "./tempFolder.ts";
import { type TempoSettings, tempoConfig, tempoLimits } from "./tempo/tempoConfig.ts";

/** A running Tempo that keeps its traces in a temporary folder. */
export interface Tempo {
  readonly version: string;
  /** Base address of the query API, without a slash at its end; with the `apiPrefix` that was asked for. */
  readonly url: string;
  /** Base address of OTLP over HTTP: traces go to `/v1/traces` under it. */
  readonly otlpHttp: string;
  /** Address of OTLP over gRPC, plain text. */
  readonly otlpGrpc: string;
  /**
   * From now on answers of a trace that has more bytes than this are cut, and told to be PARTIAL; undefined lifts that. What
   * was sent before stays whole in the store.
   */
  limitTraceBytes(bytes: number | undefined): Promise<void>;
  logTail(): string;
  stop(): Promise<void>;
}

/** Which Tempo: the newest that can be had, or one from before `/api/v2/traces` and instant metrics queries. */
export type TempoLine = "newest" | "before2.6";

interface TempoRelease {
  /** The release that its commit went into, and the commit. */
  readonly version: string;
  readonly module: string;
  /** A dependency, with the version to take instead of one that today's Go does not compile. */
  readonly replaced?: string;
  readonly linkerFlags?: string;
}

const MODULE = "github.com/grafana/tempo";

/**
 * Tempo's release tags are no valid module versions, so commits of its main branch are built. These are ones that a module
 * proxy serves and whose sums stand in a public go.sum; `scripts/tempo/go.sum` repeats those.
 */
const releases: Readonly<Record<TempoLine, TempoRelease>> = {
  newest: { version: "2.8.0-87c2dc380cec", module: `${MODULE}@v1.5.1-0.20250529124718-87c2dc380cec` },
  "before2.6": {
    version: "2.5.0-b6312f4a8ed7",
    module: `${MODULE}@v1.5.1-0.20240410165425-b6312f4a8ed7`,
    replaced: "github.com/grafana/pyroscope-go/godeltaprof@v0.1.8",
    // Its parquet reader reaches into the runtime, which Go allows since 1.23 only when told to.
    linkerFlags: "-checklinkname=0",
  },
};

const HEALTHY_MS = 60_000;
/** Longer than Tempo's period of reading its limits. */
const LIMITS_READ_MS = 700;
const TRIES = 3;

/** Starts a Tempo on free ports, building it at first use. A UserError with code `tempoUnavailable` says why it cannot. */
export async function startTempo(settings: TempoSettings = {}, line: TempoLine = "newest"): Promise<Tempo> {
  const release = releases[line];
  const program = await installTempo(release);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(program, release.version, await freePorts(4), settings);
    } catch (error) {
      const portTaken = error instanceof Error && error.message.includes("address already in use");
      if (!portTaken || attempt === TRIES) throw error;
    }
  }
}

/** Builds a Tempo into `.cache/tools/` unless it is there already; answers the path of the program. */
async function installTempo(release: TempoRelease): Promise<string> {
  const place = inProject(".cache", "tools", `tempo-${release.version}`);
  const program = join(place, "tempo");
  if (existsSync(program)) return program;
  await runToEnd("go", ["version"]).catch((cause) => {
    throw new UserError("Tempo is built from source, and Go was not found. Install Go 1.24.3 or newer.", {
      code: "tempoUnavailable",
      cause,
    });
  });
  await installOnce(place, (folder) => build(release, folder)).catch((cause: Error) => {
    throw new UserError(`Tempo ${release.version} could not be built: ${cause.message}`, {
      code: "tempoUnavailable",
      cause,
    });
  });
  return program;
}

/**
 * Builds inside the module's own folder, where Tempo's own replacements apply and every dependency is checked against the
 * sums its authors published. A dependency that is replaced here goes into a copy of its go.mod.
 */
async function build({ version, module, replaced, linkerFlags = "" }: TempoRelease, folder: string) {
  const named = { cwd: inProject("scripts", "tempo") };
  const answer = await runToEnd("go", ["mod", "download", "-json", module], named);
  const { Dir: source } = JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1)) as {
    Dir: string;
  };
  const inSource = { cwd: source, env: { ...process.env, CGO_ENABLED: "0" } };
  let modules = ["-mod=readonly"];
  if (replaced !== undefined) {
    const file = join(folder, "tempo.mod");
    await writeFile(file, await readFile(join(source, "go.mod")));
    await writeFile(join(folder, "tempo.sum"), await readFile(join(source, "go.sum")));
    await runToEnd("go", ["mod", "edit", `-replace=${replaced.split("@")[0]}=${replaced}`, file]);
    modules = ["-mod=mod", `-modfile=${file}`];
  }
  console.log(`Building Tempo ${version}, once (some minutes).`);
  const flags = `-ldflags=-s -w ${linkerFlags} -X main.Version=${version}`;
  const args = ["build", ...modules, "-trimpath", flags, "-o", join(folder, "tempo"), "./cmd/tempo"];
  await runToEnd("go", args, inSource);
}

async function startOn(
  program: string,
  version: string,
  ports: readonly number[],
  settings: TempoSettings,
): Promise<Tempo> {
  const [http, grpc, otlpHttp, otlpGrpc] = ports;
  const folder = await makeTempFolder("traceline-tempo-");
  const config = join(folder.path, "tempo.yaml");
  const limits = join(folder.path, "overrides.yaml");
  await writeFile(limits, tempoLimits());
  await writeFile(config, tempoConfig({ http, grpc, otlpHttp, otlpGrpc, folder: folder.path }, settings));
  const server = startProcess(program, [`-config.file=${config}`], { cwd: folder.path });
  const stop = async () => {
    await server.stop();
    await folder.remove();
  };
  let ended: number | string | undefined;
  void server.exited.then((code) => {
    ended = code;
  });
  const deadline = Date.now() + HEALTHY_MS;
  while (!(await isReady(`http://127.0.0.1:${http}/ready`))) {
    if (ended === undefined && Date.now() < deadline) {
      await sleep(100);
      continue;
    }
    await stop();
    const what = ended === undefined ? `was not ready within ${HEALTHY_MS / 1000} s` : `ended with ${ended}`;
    throw new Error(`Tempo ${version} ${what}:\n${server.logTail()}`);
  }
  return {
    version,
    url: `http://127.0.0.1:${http}${settings.apiPrefix ?? ""}`,
    otlpHttp: `http://127.0.0.1:${otlpHttp}`,
    otlpGrpc: `http://127.0.0.1:${otlpGrpc}`,
    async limitTraceBytes(bytes) {
      await writeFile(limits, tempoLimits(bytes));
      await sleep(LIMITS_READ_MS);
    },
    logTail: server.logTail,
    stop,
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
