import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The folder of the sample. */
export const shopRoot = join(dirname(fileURLToPath(import.meta.url)), "..");

const onWindows = process.platform === "win32";
const python = join(shopRoot, "inventory/.venv", onWindows ? "Scripts/python.exe" : "bin/python");
const payments = join(shopRoot, "payments/bin", onWindows ? "payments.exe" : "payments");
const nodeFlags = ["--disable-warning=ExperimentalWarning"];

/** The Node services share one installation. */
const nodePackages = {
  preparedIn: ".",
  prepare: [["npm", "ci", "--no-audit", "--no-fund"]],
  ready: () => existsSync(join(shopRoot, "node_modules")),
};

/** `prepare` lists the commands that make a service ready to run; `ready` tells that they are not needed. */
const services = [
  {
    name: "gateway",
    port: 4400,
    folder: "gateway",
    run: [process.execPath, ...nodeFlags, "src/server.js"],
    ...nodePackages,
  },
  {
    name: "pricing",
    port: 4401,
    folder: "pricing",
    run: [process.execPath, ...nodeFlags, "src/server.ts"],
    ...nodePackages,
  },
  {
    name: "inventory",
    port: 4402,
    folder: "inventory",
    run: [python, "server.py"],
    ready: () => spawnSync(python, ["-c", "import opentelemetry.exporter.otlp.proto.http"]).status === 0,
    prepare: [
      [onWindows ? "python" : "python3", "-m", "venv", ".venv"],
      [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"],
    ],
  },
  {
    name: "payments",
    port: 4403,
    folder: "payments",
    run: [payments],
    ready: () => false,
    prepare: [["go", "build", "-trimpath", "-o", payments, "."]],
  },
];

/** Installs and builds what is not there yet, and returns the services that can run; the others are named. */
export function prepareShop() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 18)) throw new Error("The shop needs Node.js 22.18 or newer.");
  const prepared = services.filter(isPrepared);
  if (prepared[0]?.name !== "gateway") throw new Error("The shop cannot run without its gateway.");
  return prepared;
}

function isPrepared({ name, folder, preparedIn = folder, ready, prepare }) {
  if (ready()) return true;
  if (!existsSync(join(shopRoot, "node_modules")))
    console.log("Installing the shop's packages: this is done once.");
  for (const [command, ...parameters] of prepare) {
    const cwd = join(shopRoot, preparedIn);
    const { status, error } = spawnSync(command, parameters, {
      cwd,
      stdio: ["ignore", "ignore", "inherit"],
      shell: onWindows && command === "npm",
    });
    if (status === 0) continue;
    const reason = error?.code === "ENOENT" ? "is not installed" : "failed";
    console.log(`The shop runs without ${name}: ${command} ${reason}.`);
    return false;
  }
  return true;
}

/**
 * Starts the services on loopback and waits until each of them answers.
 * `stop` lets them send their last spans and ends them.
 */
export async function startShop(prepared, { endpoint, environment = {} }) {
  const ports = new Map();
  for (const { name, port } of services) ports.set(name, await freePort(port));
  const urlOf = (name) => `http://127.0.0.1:${ports.get(name)}`;
  const env = {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: "500",
    PRICING_URL: urlOf("pricing"),
    INVENTORY_URL: urlOf("inventory"),
    PAYMENTS_URL: urlOf("payments"),
    ...environment,
  };
  const running = prepared.map(({ name, folder, run: [command, ...parameters] }) =>
    spawn(command, parameters, {
      cwd: join(shopRoot, folder),
      env: { ...env, PORT: String(ports.get(name)) },
      stdio: ["ignore", "inherit", "inherit"],
    }),
  );
  const stop = () => Promise.all(running.map(stopProcess));
  try {
    await Promise.all(prepared.map(({ name }, index) => untilHealthy(name, urlOf(name), running[index])));
  } catch (error) {
    await stop();
    throw error;
  }
  return { gatewayUrl: urlOf("gateway"), stop };
}

/** The wanted port, or any other when that one is taken. */
async function freePort(wanted) {
  for (const port of [wanted, 0]) {
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      continue;
    }
    const free = server.address().port;
    await new Promise((closed) => server.close(closed));
    return free;
  }
  throw new Error("No free port on 127.0.0.1");
}

async function untilHealthy(name, url, child) {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    const healthy = await fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await pause(50);
  }
  throw new Error(`${name} does not answer at ${url}.`);
}

async function stopProcess(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), 8000);
  await exited;
  clearTimeout(forced);
}
