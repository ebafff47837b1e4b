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
export function javascriptSdk(version: string): Promise<string> {
  return installed(`otel-js-${version}`, javascript.get(version)!);
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

/** What the tests compile TypeScript with, beside esbuild, and the SDK for what was compiled. */
const compilerPackages = {
  "@babel/core": "7.29.13",
  "@babel/plugin-transform-modules-commonjs": "7.29.14",
  "@babel/preset-typescript": "7.29.7",
  "@babel/register": "7.29.13",
  "@opentelemetry/api": "1.9.1",
  "@opentelemetry/sdk-trace-node": "2.12.0",
  "@swc-node/register": "1.12.1",
  "@swc/core": "1.16.22",
  esbuild: "0.28.2",
  "esbuild-register": "3.6.0",
  rollup: "4.68.7",
  "source-map-support": "0.5.21",
  "ts-loader": "9.6.2",
  "ts-node": "10.9.2",
  tsx: "4.23.15",
  typescript: "5.9.3",
  webpack: "5.112.2",
};

/** A folder with these in its node_modules, installed once into `.cache/tools/`; rejects where npm cannot. */
export function compilers(): Promise<string> {
  return installed("compilers-js-1", compilerPackages);
}

/** The program of another Node than the tests run on, installed once into `.cache/tools/`; rejects where npm has none. */
export async function otherNode(version: string): Promise<string> {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = await installed(`node-${version}`, { [name]: version });
  return join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
}

async function installed(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  const folder = inProject(".cache", "tools", name);
  await installOnce(folder, async (part) => {
    await writeFile(join(part, "package.json"), JSON.stringify({ name, private: true, dependencies }));
    await runToEnd("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: part });
  });
  return folder;
}
