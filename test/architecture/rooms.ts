/**
 * The rooms and what each may import: the table that the import test holds the code to. A room may always import itself.
 * `vscode`, Node and packages are named as "vscode", "node" and the package's name.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  "src/base": [],
  "src/model": ["src/base"],
  "src/preload": ["node"],
  "src/wire": ["src/model", "src/base"],
  "src/formats": ["src/model", "src/base", "pbf"],
  "src/source": ["src/model", "src/base", "@jridgewell/trace-mapping"],
  "src/backends": ["src/formats", "src/model", "src/base", "node", "undici", "@grpc/grpc-js"],
  "src/workers": [
    "src/formats",
    "src/backends/local",
    "src/backends/backend.ts",
    "src/backends/inflating.ts",
    "src/source/maps",
    "src/wire",
    "src/model",
    "src/base",
    "node",
  ],
  "src/editor": [
    "src/workers",
    "src/backends",
    "src/source",
    "src/formats",
    "src/wire",
    "src/model",
    "src/base",
    "node",
    "vscode",
    "@grafana/lezer-traceql",
    "@lezer/common",
  ],
  "src/extension.ts": [
    "src/editor",
    "src/workers",
    "src/backends",
    "src/source",
    "src/model",
    "src/base",
    "vscode",
  ],
  "webview/kit": ["src/wire", "src/model", "src/base", "@vscode/webview-ui-toolkit"],
  "webview/trace": ["webview/kit", "src/wire", "src/model", "src/base"],
};

/** Packages that one module alone may import, so that replacing them touches one file. */
export const onlyIn: Readonly<Record<string, string>> = {
  "@vscode/webview-ui-toolkit": "webview/kit/controls.ts",
  "@jridgewell/trace-mapping": "src/source/maps/readSourceMap.ts",
  "@grpc/grpc-js": "src/backends/local/receiver/grpcReceiver.ts",
  "@grafana/lezer-traceql": "src/editor/traceqlSyntax.ts",
};
