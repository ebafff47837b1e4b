import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inflateRawSync } from "node:zlib";
import { projectRoot } from "./projectRoot.ts";

/**
 * Packs the extension into `vsix` with a production build. The build stands in `.vscodeignore`'s allow-list as `dist/`, so
 * the project is packed from a copy of what the list names: a development build in `dist/` stays as it is.
 */
export async function packExtension(vsix: string, dist?: string): Promise<void> {
  const staged = mkdtempSync(join(tmpdir(), "traceline-vsix-"));
  try {
    const build = [join(projectRoot, "build.mjs"), "--production", `--out=${dist ?? join(staged, "dist")}`];
    execFileSync(process.execPath, build, { cwd: projectRoot, stdio: ["ignore", "ignore", "inherit"] });
    if (dist !== undefined) cpSync(dist, join(staged, "dist"), { recursive: true });
    for (const name of ["package.json", ".vscodeignore", "README.md", "CHANGELOG.md", "LICENSE", "media"]) {
      cpSync(join(projectRoot, name), join(staged, name), { recursive: true });
    }
    const vsce = join(projectRoot, "node_modules", "@vscode", "vsce", "vsce");
    const options = [
      "package",
      "--no-dependencies",
      "--allow-missing-repository",
      // The pictures are in the package, beside the README.
      "--no-rewrite-relative-links",
      "--skip-license",
      "--out",
      resolve(vsix),
    ];
    execFileSync(process.execPath, [vsce, ...options], { cwd: staged, stdio: ["ignore", "pipe", "inherit"] });
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** The files of a VSIX by name, read from its zip directory. */
export function packedFiles(vsix: string): Map<string, Uint8Array> {
  const zip = readFileSync(vsix);
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  let at = zip.readUInt32LE(end + 16);
  const files = new Map<string, Uint8Array>();
  for (let i = zip.readUInt16LE(end + 10); i > 0; i--) {
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + size);
    files.set(name, method === 0 ? bytes : inflateRawSync(bytes));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

if (import.meta.main) {
  const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
  const vsix = join(projectRoot, `traceline-${version}.vsix`);
  await packExtension(vsix);
  console.log(`Packed ${vsix}: ${packedFiles(vsix).size} files.`);
}
