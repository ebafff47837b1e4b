import { hasUnseen } from "./shownText.ts";

/** A path of telemetry taken apart: only what may be compared with the paths of known files. */
export interface SentPath {
  /** Never empty; none is "", "." or "..". */
  readonly segments: readonly string[];
  /** The path is of a system that ignores case. */
  readonly windows: boolean;
}

/** Folders whose files are never source that a span could mean. */
const privateFolders = new Set([".git", ".hg", ".svn", ".vscode", ".idea", ".ssh", ".gnupg", ".aws"]);

/** Names that are devices on Windows, whatever follows the dot. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * The segments of a path as telemetry sends it: absolute or relative, of any system, `file://`, `webpack://`, a URL of the
 * developer's own machine, a Go module path or a bare name. Undefined for all else: shares of other hosts, other schemes,
 * paths that climb out of where they began, home folders, shell text, percent tricks, control characters, devices.
 */
export function sentPath(raw: string): SentPath | undefined {
  const text = raw.trim();
  if (text === "" || text.length > 1024 || hasUnseen(text)) return undefined;
  if (/^[~<-]|^[\\/]{2}|\$\(|\$\{|`|[*?|"]/.test(text) && !bundled.test(text) && !served.test(text))
    return undefined;
  const bundle = bundled.exec(text);
  if (bundle !== null) return segmentsOf(text.slice(bundle[0].length).replace(/\?[^/]*$/, ""), true);
  const url = served.exec(text);
  if (url !== null) return decodedSegments(text.slice(url[0].length).replace(/[?#].*$/, ""));
  const local = /^file:(?:\/\/(?:localhost)?)?(?=\/)(?!\/\/)/i.exec(text);
  if (local !== null) return decodedSegments(text.slice(local[0].length));
  const drive = /^[A-Za-z]:(?=[\\/])/.exec(text);
  const rest = drive === null ? text : text.slice(2);
  if (/%(?:2[ef]|5c|00|25)/i.test(rest) || rest.includes(":")) return undefined;
  return segmentsOf(rest, false, drive !== null || rest.includes("\\"));
}

/** webpack://shop/./src/x.ts, webpack-internal:///(rsc)/./app/page.tsx, turbopack:///[project]/src/x.ts. */
const bundled =
  /^(?:rsc:\/\/React\/\w+\/)?(?:webpack(?:-internal)?|turbopack):\/\/(?:[^/]*\/)(?:(?:\([\w-]+\)|\[[\w-]+\])\/)?/;

/** What a development server on this machine serves. */
const served = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\//i;

function decodedSegments(path: string): SentPath | undefined {
  const windows = /^\/?[A-Za-z]:\//.test(path);
  const segments: string[] = [];
  for (const segment of path.replace(/^\/?[A-Za-z]:\//, "/").split("/")) {
    const decoded = decodedSegment(segment);
    if (decoded === undefined || /[\\/]|^\.\.?$/.test(decoded) !== /[\\/]|^\.\.?$/.test(segment))
      return undefined;
    segments.push(decoded);
  }
  return segmentsOf(segments.join("/"), false, windows);
}

function decodedSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function segmentsOf(path: string, mayClimb: boolean, windows = false): SentPath | undefined {
  const segments: string[] = [];
  for (const segment of path.split(/[\\/]/)) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined && !mayClimb) return undefined;
  }
  const last = segments[segments.length - 1];
  if (
    last === undefined ||
    hasUnseen(path) ||
    /[:*?"|<>]/.test(last) ||
    /^[.~-]/.test(last) ||
    device.test(last)
  )
    return undefined;
  return segments.some((segment) => privateFolders.has(segment.toLowerCase()))
    ? undefined
    : { segments, windows };
}
