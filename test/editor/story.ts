/** What a person does in the editor and what they then see; `body` throws when it is not so. */
interface Story {
  readonly title: string;
  readonly body: () => Promise<void> | void;
  readonly limitMs: number;
}

export interface StoryCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const STORY_MS = 60_000;
const stories: Story[] = [];

/** Adds a story to the suite; they run one after another, in the order they were added. */
export function story(title: string, body: () => Promise<void> | void, limitMs = STORY_MS): void {
  stories.push({ title, body, limitMs });
}

/** Thrown by `skip`: the story cannot be told here, and why. */
class Skipped extends Error {}

/** Ends the running story as skipped. */
export function skip(reason: string): never {
  throw new Skipped(reason);
}

/**
 * Runs every story, or those whose title contains TRACELINE_STORY, prints one line each and then the counts as a line
 * of JSON under `stories`. Rejects when one failed or there was none.
 */
export async function runStories(): Promise<void> {
  const wanted = process.env.TRACELINE_STORY ?? "";
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const { title, body, limitMs } of stories) {
    if (!title.includes(wanted)) continue;
    const started = performance.now();
    try {
      await withLimit(body, limitMs);
      passed++;
      console.log(`ok - ${title} (${Math.round(performance.now() - started)} ms)`);
    } catch (error) {
      if (error instanceof Skipped) {
        skipped++;
        console.log(`ok - ${title} # SKIP ${error.message}`);
      } else {
        failed++;
        console.log(`not ok - ${title}\n${indented(error)}`);
      }
    }
  }
  const counts: StoryCounts = { passed, failed, skipped };
  console.log(JSON.stringify({ stories: counts }));
  if (failed > 0) throw new Error(`${failed} of ${passed + failed} stories failed`);
  if (passed + skipped === 0) throw new Error(`no story has "${wanted}" in its title`);
}

async function withLimit(body: Story["body"], limitMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    await Promise.race([body(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function indented(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.replace(/^/gm, "    ");
}
