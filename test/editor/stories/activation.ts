import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { closeAll, openSlowCheckout, until } from "../../support/editorSuite.ts";
import { story } from "../story.ts";

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

/** Threads of the extension host that run Traceline's worker. */
function threads(): number {
  const report = process.report?.getReport() as { workers?: { javascriptStack?: unknown }[] } | undefined;
  return report?.workers?.length ?? 0;
}

export function activationStories(): void {
  story(
    "Activation starts no thread and listens at no port; the first trace starts the decoder",
    async () => {
      const extension = vscode.extensions.getExtension("traceline.traceline");
      assert.ok(extension, "VS Code does not list traceline.traceline");
      const listening = () =>
        process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
      const before = { threads: threads(), listening: listening() };
      await extension.activate();
      assert.equal(extension.isActive, true);
      assert.deepEqual({ threads: threads(), listening: listening() }, before);
      await openSlowCheckout();
      assert.equal(threads(), before.threads + 1);
      assert.equal(listening(), before.listening);
      await closeAll();
    },
  );

  story("Every command of the manifest is registered", async () => {
    const extension = vscode.extensions.getExtension("traceline.traceline")!;
    const { contributes } = JSON.parse(
      readFileSync(join(extension.extensionPath, "package.json"), "utf8"),
    ) as Manifest;
    const missing = await until("the commands are known", async () => {
      const registered = new Set(await vscode.commands.getCommands(true));
      return contributes.commands.filter(({ command }) => !registered.has(command));
    });
    assert.deepEqual(missing, []);
  });
}
