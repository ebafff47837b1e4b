import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { openSideBar, picture, sample, shownTrace, windowStory } from "../support/editorWindowStory.ts";
import { type ShopJaeger, startShopJaeger } from "../support/shopJaeger.ts";

let jaeger: ShopJaeger;
let folder: string;
before(async () => {
  jaeger = await startShopJaeger(sample);
  folder = await mkdtemp(join(tmpdir(), "traceline-restricted-"));
  await mkdir(join(folder, ".vscode"));
  const settings = { "traceline.connections": [{ name: "Stranger", kind: "jaeger", url: jaeger.url }] };
  await writeFile(join(folder, ".vscode", "settings.json"), JSON.stringify(settings));
  await cp(join(sample, "traces"), join(folder, "traces"), { recursive: true });
});
after(async () => {
  await jaeger.close();
  await rm(folder, { recursive: true, force: true });
});

windowStory(
  "In Restricted Mode the connections of the folder are not used, and trace files still open",
  { folder: () => folder, trust: false },
  async (window) => {
    await window.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
    await openSideBar(window);
    await window.page.locator(".part.sidebar .welcome-view", { hasText: "No traces yet" }).waitFor();
    await window.openFile("checkout-slow.otlp.json");
    await shownTrace(window, "POST /checkout");
    await picture(window, "restricted");
    assert.deepEqual(jaeger.asked, []);
  },
);
