import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const read = (file: string) => readFileSync(join(root, file), "utf8");

const declared: string[] = manifest.contributes.commands.map((entry: { command: string }) => entry.command);
const registered = [...read("src/editor/commands.ts").matchAll(/^ {4}"(traceline\.\w+)":/gm)].map(
  (match) => match[1],
);
const internal = ["traceline.openHintTrace", "traceline.searchHintPlace", "traceline.openSettings"];
const settings: string[] = Object.keys(manifest.contributes.configuration.properties).map((name) =>
  name.slice("traceline.".length),
);
const listed = [...read("src/editor/settings.ts").matchAll(/^ {2}"?([\w.]+)"?: .+;$/gm)].map(
  (match) => match[1],
);

test("every command of the manifest is registered, and every registered one is declared or internal", () => {
  assert.deepEqual([...declared, ...internal].sort(), [...registered].sort());
});

test("every setting of the manifest is in the list of settings, and the reverse", () => {
  assert.deepEqual([...settings].sort(), [...listed].sort());
});

test("every setting says what it is", () => {
  const properties: Record<
    string,
    { description?: string; markdownDescription?: string; default?: unknown }
  > = manifest.contributes.configuration.properties;
  for (const [name, property] of Object.entries(properties)) {
    assert.ok((property.description ?? property.markdownDescription ?? "").length > 10, name);
    assert.notEqual(property.default, undefined, name);
  }
});

test("every command and setting is in the README", () => {
  const readme = read("README.md");
  for (const entry of manifest.contributes.commands as { command: string; title: string }[]) {
    assert.ok(readme.includes(entry.title), `${entry.title} is missing`);
  }
  for (const name of settings)
    assert.ok(readme.includes(`traceline.${name}`), `traceline.${name} is missing`);
});

test("the empty view of traces leads to what makes a program send some, before and while it receives", () => {
  const welcome: { view: string; contents: string; when?: string }[] = manifest.contributes.viewsWelcome;
  for (const when of ["!traceline.hasConnection && !traceline.receiving", "traceline.receiving"]) {
    const contents = welcome.find(
      (entry) => entry.view === "traceline.recent" && entry.when === when,
    )?.contents;
    assert.match(
      contents ?? "",
      /OpenTelemetry[^[]*\[Set Up Tracing\]\(command:traceline\.setUpTracing\)/,
      when,
    );
  }
});

test("menus and keys name declared commands only", () => {
  const menus: { command?: string }[][] = Object.values(manifest.contributes.menus);
  const used = [...menus.flat(), ...manifest.contributes.keybindings].map((entry) => entry.command);
  assert.deepEqual(
    used.filter((command) => !declared.includes(command ?? "")),
    [],
  );
});

test("in Restricted Mode what a workspace could misuse is withheld", () => {
  const { untrustedWorkspaces } = manifest.capabilities;
  assert.equal(untrustedWorkspaces.supported, "limited");
  assert.deepEqual(untrustedWorkspaces.restrictedConfigurations, [
    "traceline.connections",
    "traceline.pathMappings",
    "traceline.receiver.startAutomatically",
  ]);
});

test("no workspace says where the receiver listens, whom it lets in, what is kept, or which program prints tokens", () => {
  const { properties } = manifest.contributes.configuration as {
    properties: Record<string, { scope?: string }>;
  };
  const ofMachine = Object.keys(properties).filter(
    (name) =>
      /^traceline\.(receiver|received|authCommands)/.test(name) &&
      name !== "traceline.receiver.startAutomatically",
  );
  assert.ok(ofMachine.length >= 10);
  for (const name of ofMachine) assert.equal(properties[name].scope, "machine", name);
});

test("no dependency is installed beside the bundle", () => {
  assert.equal(manifest.dependencies, undefined);
});
