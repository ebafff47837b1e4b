import { join } from "node:path";
import { sample, shownTrace, windowStory } from "../support/editorWindowStory.ts";

windowStory(
  "A window that npm start opens begins with the waterfall of the recording",
  { env: { TRACELINE_OPEN: join(sample, "traces", "shop.otlp.jsonl") } },
  async (window) => {
    await shownTrace(window, "POST /checkout");
  },
);
