import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installOnce } from "../../scripts/installOnce.ts";
import { inProject } from "../../scripts/projectRoot.ts";
import { runToEnd } from "../../scripts/runningProcess.ts";

/** The OpenTelemetry SDKs for JavaScript that programs of the tests use: the first of 1.x with its present API, the last, and two of 2.x. */
const javascript = new Map<string, Readonly<Record<string, string>>>([
  ["1.8", { "@opentelemetry/api": "1.3.0", "@opentelemetry/sdk-trace-node": "1.8.0" }],
  [
    "1.30",
    {
      "@opentelemetry/api": "1.9.0",
      "@opentelemetry/sdk-trace-node": "1.30.1",
      "@opentelemetry/instrumentation": "0.57.2",
      "@opentelemetry/instrumentation-http": "0.57.2",
    },
  ],
  ["2.0", { "@opentelemetry/api": "1.9.0", "@opentelemetry/sdk-trace-node": "2.0.1" }],
  [
    "2.12",
    {
      "@opentelemetry/api": "1.9.1",
      "@opentelemetry/sdk-trace-node": "2.12.0",
      "@opentelemetry/instrumentation": "0.223.0",
      "@opentelemetry/instrumentation-http": "0.223.0",
    },
  ],
]);
export const javascriptSdks = [...javascript.keys()];

/** A folder with the SDK in its node_modules, installed once into `.cache/tools/`; rejects where npm cannot. */
export async function javascriptSdk(version: string): Promise<string> {
  const folder = inProject(".cache", "tools", `otel-js-${version}`);
  await installOnce(folder, async (part) => {
    const manifest = { name: "programs", private: true, dependencies: javascript.get(version) };
    await writeFile(join(part, "package.json"), JSON.stringify(manifest));
    await runToEnd("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: part });
  });
  return folder;
}

/** The Python of a virtual environment with OpenTelemetry's SDK, made once in `.cache/tools/`; rejects where pip cannot. */
export async function pythonSdk(): Promise<string> {
  const folder = inProject(".cache", "tools", "otel-python-1.45");
  const python = join(folder, "bin", "python");
  await mkdir(inProject(".cache", "tools"), { recursive: true });
  // A virtual environment cannot be moved, so it is made in place, and the mark says that it is complete.
  await installOnce(`${folder}.done`, async (part) => {
    await runToEnd("python3", ["-m", "venv", "--clear", folder], { cwd: part });
    const packages = [
      "opentelemetry-sdk==1.45.2",
      "opentelemetry-distro==0.66b2",
      "opentelemetry-exporter-otlp==1.45.2",
    ];
    await runToEnd(python, ["-m", "pip", "install", "-q", ...packages], { cwd: part });
  });
  return python;
}
