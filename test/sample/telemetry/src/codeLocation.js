import { fileURLToPath } from "node:url";
import { appRoot, asDeployed } from "./appRoot.js";

/** Puts on every span the place in the shop's own code that started it. */
export class CodeLocation {
  onStart(span) {
    const frame = callSites().find(isOwnCode);
    if (!frame) return;
    span.setAttribute("code.file.path", asDeployed(pathOf(frame)));
    span.setAttribute("code.line.number", frame.getLineNumber());
    const name = frame.getFunctionName();
    if (name) span.setAttribute("code.function.name", name);
  }

  onEnd() {}

  async forceFlush() {}

  async shutdown() {}
}

/** The stack as V8's call sites, innermost first. */
function callSites() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = (_error, sites) => sites;
  Error.stackTraceLimit = 20;
  const sites = new Error().stack;
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return sites;
}

function isOwnCode(site) {
  const path = pathOf(site);
  return path.startsWith(appRoot) && !path.includes("/node_modules/") && !path.includes("/telemetry/");
}

function pathOf(site) {
  const file = site.getFileName() ?? "";
  return (file.startsWith("file:") ? fileURLToPath(file) : file).replaceAll("\\", "/");
}
