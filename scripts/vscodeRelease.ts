import { UserError } from "../src/base/userError.ts";

/** A VS Code that the headless server can be had of, with the Node its native modules were built for. */
export interface VscodeRelease {
  readonly version: string;
  /** Version of the npm package that carries the server. */
  readonly server: string;
  readonly node: string;
}

/** The one that `engines.vscode` of package.json promises. */
export const oldestRelease: VscodeRelease = { version: "1.110.0", server: "4.110.0", node: "22" };
export const newestRelease: VscodeRelease = { version: "1.139.1", server: "4.139.1", node: "24" };

/** Looks a release up by its version; `oldest` and `newest` are names too, and nothing means the newest. */
export function vscodeRelease(version: string | undefined): VscodeRelease {
  if (version === undefined || version === "" || version === "newest") return newestRelease;
  if (version === "oldest") return oldestRelease;
  const known = [oldestRelease, newestRelease].find((release) => release.version === version);
  if (known) return known;
  throw new UserError(
    `VS Code ${version} is not one of the tested versions. Use ${oldestRelease.version} or ${newestRelease.version}.`,
  );
}
