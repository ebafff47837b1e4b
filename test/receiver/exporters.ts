import { copyFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installOnce } from "../../scripts/installOnce.ts";
import { inProject } from "../../scripts/projectRoot.ts";
import { runToEnd } from "../../scripts/runningProcess.ts";
import { pythonSdk } from "../preload/tracingSdks.ts";

/** A program that sends the known trace by official exporters: it is called with a protocol as its last argument. */
export interface Sender {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const program = (...names: string[]): string => inProject("test", "receiver", "programs", ...names);
const tools = (name: string): string => inProject(".cache", "tools", name);

const javascript = {
  "@opentelemetry/api": "1.9.1",
  "@opentelemetry/api-logs": "0.223.0",
  "@opentelemetry/exporter-logs-otlp-grpc": "0.223.0",
  "@opentelemetry/exporter-logs-otlp-http": "0.223.0",
  "@opentelemetry/exporter-logs-otlp-proto": "0.223.0",
  "@opentelemetry/exporter-trace-otlp-grpc": "0.223.0",
  "@opentelemetry/exporter-trace-otlp-http": "0.223.0",
  "@opentelemetry/exporter-trace-otlp-proto": "0.223.0",
  "@opentelemetry/exporter-zipkin": "2.12.0",
  "@opentelemetry/sdk-logs": "0.223.0",
  "@opentelemetry/sdk-trace-base": "2.12.0",
};

/** Each is installed once into `.cache/tools/`, and rejects where that cannot be. */
export async function javascriptSender(): Promise<Sender> {
  const folder = tools("otel-exporters-js-0.223");
  await installOnce(folder, async (part) => {
    const manifest = { name: "programs", private: true, dependencies: javascript };
    await writeFile(join(part, "package.json"), JSON.stringify(manifest));
    await runToEnd("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: part });
  });
  return { command: process.execPath, args: [program("send.cjs")], env: { SDK: folder } };
}

export async function pythonSender(): Promise<Sender> {
  return { command: await pythonSdk(), args: [program("send.py")], env: {} };
}

export async function goSender(): Promise<Sender> {
  const folder = tools("otel-exporters-go-1.47");
  await installOnce(folder, async (part) => {
    for (const name of await readdir(program("go"))) await copyFile(program("go", name), join(part, name));
    await runToEnd("go", ["build", "-o", "send", "."], { cwd: part });
  });
  return { command: join(folder, "send"), args: [], env: {} };
}

const agentVersion = "2.11.0";
/** Of the API that this agent has. */
const apiVersion = "1.45.0";

/** The Java agent in a program that uses OpenTelemetry's API. */
export async function javaSender(): Promise<Sender> {
  const folder = tools(`otel-java-agent-${agentVersion}`);
  const agent = `opentelemetry-javaagent-${agentVersion}.jar`;
  const jars = ["opentelemetry-api", "opentelemetry-context"].map((name) => `${name}-${apiVersion}.jar`);
  await installOnce(folder, async (part) => {
    const artifacts = [
      `io.opentelemetry.javaagent:opentelemetry-javaagent:${agentVersion}`,
      `io.opentelemetry:opentelemetry-api:${apiVersion}`,
      `io.opentelemetry:opentelemetry-context:${apiVersion}`,
    ];
    for (const artifact of artifacts) {
      const args = ["-q", "-B", "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${part}`];
      await runToEnd("mvn", args, { cwd: part });
    }
    await runToEnd("javac", ["-cp", jars.join(":"), "-d", ".", program("java", "Send.java")], { cwd: part });
  });
  const classPath = [folder, ...jars.map((jar) => join(folder, jar))].join(":");
  return {
    command: "java",
    args: [`-javaagent:${join(folder, agent)}`, "-XX:TieredStopAtLevel=1", "-cp", classPath, "Send"],
    env: {
      OTEL_SERVICE_NAME: "vulture",
      OTEL_RESOURCE_ATTRIBUTES: "service.version=1.2.3",
      OTEL_METRICS_EXPORTER: "none",
      // The agent's own lines about itself.
      OTEL_JAVAAGENT_LOGGING: "none",
    },
  };
}
