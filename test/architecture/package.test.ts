import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { packExtension, packedFiles } from "../../scripts/package.ts";

const here = dirname(fileURLToPath(import.meta.url));
const golden = join(here, "package.files.txt");
const folder = mkdtempSync(join(tmpdir(), "traceline-package-"));
let files: ReadonlyMap<string, Uint8Array> = new Map();

before(async () => {
  const vsix = join(folder, "traceline.vsix");
  await packExtension(vsix, join(folder, "dist"));
  files = packedFiles(vsix);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("the package holds exactly the files of package.files.txt", () => {
  const expected = readFileSync(golden, "utf8").trim().split("\n");
  assert.deepEqual([...files.keys()].sort(), expected);
});

test("the licences of all that is bundled stand beside it", () => {
  const notices = new TextDecoder().decode(files.get("extension/dist/THIRD-PARTY-NOTICES.txt"));
  const bundled = [
    "undici",
    "pbf",
    "@grpc/grpc-js",
    "@grafana/lezer-traceql",
    "@lezer/lr",
    "@vscode/webview-ui-toolkit",
  ];
  for (const name of bundled)
    assert.match(notices, new RegExp(`^${name} [\\d.]+ \\((MIT|BSD-3-Clause|Apache-2\\.0)\\)$`, "m"));
  const titles = [...notices.matchAll(/^\S+ \d+\.\d+\.\d+\S* \((.*)\)$/gm)];
  assert.ok(titles.length > bundled.length);
  for (const [title, licence] of titles)
    assert.match(licence, /^(MIT|BSD-[23]-Clause|Apache-2\.0|ISC|0BSD)$/, title);
});

test("no bundle evaluates text as code", () => {
  for (const [name, bytes] of files) {
    if (!/\.(js|cjs)$/.test(name)) continue;
    const text = new TextDecoder().decode(bytes);
    assert.equal(
      /\beval\s*\(|\bnew Function\s*\(|[^.\w]Function\s*\(\s*["'`]/.exec(text)?.[0],
      undefined,
      name,
    );
  }
});

test("the bundles need no node_modules: they require Node's own modules, vscode, and each other", () => {
  for (const [name, bytes] of files) {
    if (!name.endsWith(".cjs")) continue;
    const required = [...new TextDecoder().decode(bytes).matchAll(/\brequire\("([^"]+)"\)/g)].map(
      (match) => match[1],
    );
    const foreign = required.filter(
      (module) =>
        !module.startsWith("node:") &&
        module !== "vscode" &&
        !isBuiltin(module) &&
        !files.has(posix.join(posix.dirname(name), module)),
    );
    assert.deepEqual([...new Set(foreign)], [], name);
  }
});

test("what the extension needs later than at its start is not in its own bundle", () => {
  const size = files.get("extension/dist/extension.cjs")?.length ?? 0;
  assert.ok(size > 0 && size < 500_000, `${size} bytes`);
});

test("the package is lean: under two megabytes of code", () => {
  let size = 0;
  for (const [name, bytes] of files) if (/\.(js|cjs|css)$/.test(name)) size += bytes.length;
  assert.ok(size > 0 && size < 2_000_000, `${size} bytes`);
  assert.ok(existsSync(golden));
});

function isBuiltin(module: string): boolean {
  return process.getBuiltinModule(module) !== undefined;
}
