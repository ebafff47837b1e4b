import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The notices that go with bundled packages: name, version and licence of each, with its text where the package has one. */
export function noticesOf(metafiles) {
  const folders = new Set();
  for (const { inputs } of metafiles) {
    for (const input of Object.keys(inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  const packages = [...folders].map(packageAt).sort((a, b) => a.title.localeCompare(b.title));
  const head = "Traceline contains the following packages, each under the licence that follows its name.";
  return `${[head, ...packages.map(({ title, text }) => `${title}\n\n${text}`)].join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

function packageAt(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  const path = join(folder, file ?? "LICENSE");
  const text = existsSync(path) ? readFileSync(path, "utf8").trim() : `Licence: ${license}.`;
  return { title: `${name} ${version} (${license})`, text };
}
