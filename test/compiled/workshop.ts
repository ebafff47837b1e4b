import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { buildNodePreload, type Outcome, program, run } from "../preload/program.ts";
import { compilers, otherNode } from "../preload/tracingSdks.ts";

/** A place to compile and run TypeScript programs in. */
export interface Workshop {
  /** Why there is none; "" when there is. */
  readonly missing: string;
  /** A new folder with `src/shop.ts`, a tsconfig.json, and the compilers and the SDK in its node_modules. */
  project(type?: "commonjs" | "module"): string;
  /** Runs Node with these arguments, in every version; answers with the attributes of the one span by version. */
  runAll(args: readonly string[], options?: RunOptions): Promise<unknown[]>;
  /** Runs every version of Node without and with the preload. */
  runBoth(args: readonly string[], cwd: string): Promise<{ without: Outcome; withPlaces: Outcome }[]>;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Only in major versions from this one, and below this one. */
  readonly since?: number;
  readonly below?: number;
}

/** Beside that of the tests: the oldest that is tried, and the one that most have. */
const versions = ["18.20.8", "22.23.3"];

export async function workshop(): Promise<Workshop> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "traceline workshop-")));
  after(() => rmSync(root, { recursive: true, force: true }));
  const nodes = new Map([[majorOf(process.version), process.execPath]]);
  let tools = "";
  let missing = "";
  try {
    tools = await compilers();
    for (const version of versions) nodes.set(majorOf(version), await otherNode(version));
  } catch (error) {
    missing = `the compilers cannot be installed here: ${(error as Error).message.split("\n")[0]}`;
  }
  const preload = await buildNodePreload();
  let made = 0;
  return {
    missing,
    project(type = "commonjs") {
      const folder = join(root, String(++made));
      mkdirSync(join(folder, "src"), { recursive: true });
      copyFileSync(program("shop.mts"), join(folder, "src", "shop.ts"));
      symlinkSync(join(tools, "node_modules"), join(folder, "node_modules"), "junction");
      writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "shop", private: true, type }));
      const module = type === "module" ? "esnext" : "commonjs";
      const compilerOptions = {
        target: "es2022",
        module,
        moduleResolution: "node10",
        sourceMap: true,
        types: [],
      };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
      return folder;
    },
    async runBoth(args, cwd) {
      const both: { without: Outcome; withPlaces: Outcome }[] = [];
      for (const node of nodes.values()) {
        const without = await run(node, args, {}, cwd);
        both.push({ without, withPlaces: await run(node, args, { NODE_OPTIONS: preload }, cwd) });
      }
      return both;
    },
    async runAll(args, { cwd, since = 0, below = Number.POSITIVE_INFINITY } = {}) {
      const outcomes: unknown[] = [];
      for (const [version, node] of nodes) {
        if (version < since || version >= below) continue;
        const { stdout, stderr, code } = await run(node, args, { NODE_OPTIONS: preload }, cwd);
        assert.equal(code, 0, stderr);
        assert.equal(stderr, "");
        outcomes.push(JSON.parse(stdout));
      }
      return outcomes;
    },
  };
}

function majorOf(version: string): number {
  return Number.parseInt(version.replace("v", ""), 10);
}
