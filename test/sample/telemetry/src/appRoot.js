import { fileURLToPath } from "node:url";

/** The folder of the whole shop on this machine, with a slash at its end. */
export const appRoot = fileURLToPath(new URL("../../", import.meta.url)).replaceAll("\\", "/");

const deployedRoot = process.env.SHOP_ROOT ? `${process.env.SHOP_ROOT}/` : appRoot;

/** The text with this machine's paths turned into those of the deployment (`SHOP_ROOT`). */
export function asDeployed(text) {
  return text.replaceAll(`file://${appRoot}`, deployedRoot).replaceAll(appRoot, deployedRoot);
}
