import { registerHooks } from "node:module";

/*
 * Modules of the editor loaded after this one (by `await import`) get `fakeVscodeModule.ts` for "vscode".
 */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== "vscode") return next(specifier, context);
    return { url: new URL("./fakeVscodeModule.ts", import.meta.url).href, shortCircuit: true };
  },
});

export { type Asked, editor } from "./fakeVscodeModule.ts";
