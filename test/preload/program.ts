import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import esbuild from "esbuild";
import { inProject } from "../../scripts/projectRoot.ts";
import { nodeRequireOption } from "../../src/model/tracedProgram.ts";

/** Path of one of the programs beside this file. */
export function program(name: string): string {
  return inProject("test", "preload", "programs", name);
}

/** The line, from 1, of one of these programs that holds a text. */
export function lineOf(name: string, text: string): number {
  const line =
    readFileSync(program(name), "utf8")
      .split("\n")
      .findIndex((one) => one.includes(text)) + 1;
  assert.ok(line > 0, `${name} has no "${text}"`);
  return line;
}

/** What a program left behind. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Runs a program to its end, with no variables but those it needs and those given. */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Outcome> {
  const { PATH = "", HOME = "", TMPDIR = "" } = process.env;
  const own = { PATH, HOME, ...(TMPDIR && { TMPDIR }), PYTHONDONTWRITEBYTECODE: "1", ...env };
  const child = spawn(command, args, { cwd, env: own, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), 60_000);
  return new Promise((resolve, reject) => {
    for (const event of ["error", "close"]) child.on(event, () => clearTimeout(limit));
    child.on("error", reject);
    child.on("close", (code) => resolve({ stdout, stderr, code }));
  });
}

/** The preload for Node, built into a folder whose name has blanks and quotes; answers with the value for NODE_OPTIONS. */
export async function buildNodePreload(): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), "traceline-preload-")), `a "folder" of mine`);
  mkdirSync(folder);
  const outfile = join(folder, "node.cjs");
  const entryPoints = [inProject("src", "preload", "node.ts")];
  await esbuild.build({
    entryPoints,
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node8",
    logLevel: "error",
  });
  return nodeRequireOption(outfile);
}
