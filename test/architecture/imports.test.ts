import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { onlyIn, rooms } from "./rooms.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

interface Import {
  readonly from: string;
  /** A path from the project's root, or "node", "vscode", or a package. */
  readonly to: string;
}

const files = ["src", "webview"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .map((name) => name.split(sep).join("/"))
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(root, from), "utf8");
  const found = text.matchAll(
    /^\s*(?:import|export)\b[^"';]*?from\s+"([^"]+)"|\bimport\s*\(\s*"([^"]+)"|^\s*import\s+"([^"]+)"/gm,
  );
  return [...found].map((match) => ({ from, to: target(from, match[1] ?? match[2] ?? match[3]) }));
});

function target(from: string, specifier: string): string {
  if (specifier.startsWith(".")) return posix.normalize(posix.join(posix.dirname(from), specifier));
  if (specifier.startsWith("node:")) return "node";
  if (specifier === "vscode") return "vscode";
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function roomOf(path: string): string | undefined {
  return Object.keys(rooms).find((room) => path === room || path.startsWith(`${room}/`));
}

function isInside(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

test("every source file stands in a room", () => {
  assert.deepEqual(
    files.filter((file) => roomOf(file) === undefined),
    [],
  );
});

test("imports were found to look at", () => {
  assert.ok(imports.length > 200, `only ${imports.length}`);
});

for (const [room, allowed] of Object.entries(rooms)) {
  test(`${room} imports only ${allowed.join(", ") || "itself"}`, () => {
    const wrong = imports
      .filter(({ from }) => roomOf(from) === room)
      .filter(({ to }) => !isInside(to, room) && !allowed.some((place) => isInside(to, place)))
      .map(({ from, to }) => `${from} → ${to}`);
    assert.deepEqual(wrong, []);
  });
}

for (const [name, file] of Object.entries(onlyIn)) {
  test(`${name} is imported by ${file} alone`, () => {
    const users = new Set(imports.filter(({ to }) => to === name).map(({ from }) => from));
    assert.deepEqual([...users], [file]);
  });
}

test("no source file draws HTML from text", () => {
  const sinks =
    /\b(?:innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|createContextualFragment)\b/;
  const users = files.filter((file) => sinks.test(readFileSync(join(root, file), "utf8")));
  assert.deepEqual(users, []);
});

test("hardly any source file is longer than 300 lines", () => {
  const long = files.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 300);
  assert.ok(long.length <= 6, long.join(", "));
  assert.equal(relative(root, join(root, "src")), "src");
});
