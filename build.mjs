// Bundles the extension, its worker, its pages and the editor tests: `node build.mjs [--watch] [--production] [--out=folder]`
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import esbuild from "esbuild";
import { noticesOf } from "./scripts/notices.mjs";

const watch = process.argv.includes("--watch");
const production = process.argv.includes("--production");
const out = process.argv.find((argument) => argument.startsWith("--out="))?.slice("--out=".length) ?? "dist";

const shared = {
  bundle: true,
  sourcemap: production ? false : "linked",
  minify: production,
  legalComments: "none",
  logLevel: "info",
};

/** What runs in the extension host: CommonJS, for the oldest Node of the oldest VS Code. */
const host = { ...shared, platform: "node", format: "cjs", target: "node22", external: ["vscode"] };

/**
 * The toolkit's base looks for the global object by evaluating text where there is no `globalThis`. Every page has it, and the
 * page's policy forbids the evaluation.
 */
const noEvaluation = {
  name: "no evaluation",
  setup(build) {
    build.onLoad({ filter: /fast-element.*platform\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: text.replaceAll('new Function("return this")()', "globalThis"), loader: "js" };
    });
  },
};

/**
 * gRPC's own statistics service would load message definitions by a library that makes code of text. Nobody asks for that
 * service here; without the library the bundle is 130 KB smaller and evaluates nothing.
 */
const noDefinitions = {
  name: "no definitions",
  setup(build) {
    build.onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ path }) => ({ path, namespace: "none" }));
    build.onLoad({ filter: /.*/, namespace: "none" }, () => ({ contents: "", loader: "js" }));
  },
};

/**
 * What the extension loads when it is first needed, in files of their own: to compile them would make two thirds of what it
 * takes to start (undici alone is more than all of the rest).
 */
const lazy = new Map([
  ["undici", "undici"],
  ["@grafana/lezer-traceql", "traceql"],
]);
const loadedLater = {
  name: "loaded later",
  setup(build) {
    build.onResolve({ filter: /^[@\w]/ }, ({ path, kind }) =>
      kind === "dynamic-import" && lazy.has(path)
        ? { path: `./lazy/${lazy.get(path)}.cjs`, external: true }
        : undefined,
    );
  },
};

/** What runs in a page: one classic script, for it is loaded with a nonce. */
const page = { ...shared, platform: "browser", format: "iife", target: "chrome134", plugins: [noEvaluation] };

/** What runs inside a person's own Node programs, whatever their Node is. */
const preload = { ...shared, platform: "node", format: "cjs", target: "node8", sourcemap: false };

const bundles = [
  {
    ...host,
    entryPoints: ["src/extension.ts"],
    outfile: `${out}/extension.cjs`,
    plugins: [loadedLater],
    // Beside it and by `require`: an `import` of a file by its path is one more loader.
    supported: { "dynamic-import": false },
  },
  {
    ...host,
    entryPoints: [...lazy].map(([name, file]) => ({ in: name, out: file })),
    outdir: `${out}/lazy`,
    outExtension: { ".js": ".cjs" },
  },
  { ...host, entryPoints: ["src/workers/decode.ts"], outfile: `${out}/decode.cjs` },
  {
    ...host,
    entryPoints: ["src/workers/local.ts"],
    outfile: `${out}/local.cjs`,
    plugins: [noDefinitions],
  },
  { ...preload, entryPoints: ["src/preload/node.ts"], outfile: `${out}/preload/node.cjs` },
  {
    ...page,
    entryPoints: [
      { in: "webview/trace/main.ts", out: "trace" },
      { in: "webview/trace/style.css", out: "trace" },
    ],
    outdir: `${out}/webview`,
  },
];
if (!production && existsSync("test/editor/suite.ts")) {
  bundles.push({ ...host, entryPoints: ["test/editor/suite.ts"], outfile: `${out}/test/editor/suite.cjs` });
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
if (watch) {
  const contexts = await Promise.all(bundles.map((options) => esbuild.context(options)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const built = await Promise.all(
    bundles.map((options) => esbuild.build({ ...options, metafile: production })),
  );
  // The licences of what is in the bundles want to stand beside them.
  if (production) {
    const notices = noticesOf(built.map(({ metafile }) => metafile));
    await writeFile(`${out}/THIRD-PARTY-NOTICES.txt`, notices);
  }
}
