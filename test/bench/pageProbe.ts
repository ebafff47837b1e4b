/** When a trace was to be seen, in ms from the window's navigation to the end of a frame. */
export interface OpenTimes {
  /** The frame in which rows with their names were drawn. */
  readonly firstRows: number;
  /** The frame in which all attributes were there. */
  readonly settled: number;
}

/** What the probe offers inside the page; its OpenTimes it posts to the window around. */
export interface PageProbe {
  /** Begins to note the time of every frame; what it returns ends that and answers the times. */
  frames(): () => number[];
  /** ms from the next event of a kind to the end of the frame after which `done` names a thing that is so. */
  answered(event: string, done: PageSign): Promise<number>;
}

/** What is waited for: rows have come or gone, the details were drawn anew, a find has its count. */
export type PageSign = "rows" | "details" | "count";

declare global {
  interface Window {
    probe: PageProbe;
  }
}

/**
 * Put into every frame before its own scripts. A time is taken in the task after a frame, when all that the frame was to
 * show has been laid out and painted.
 */
export function installProbe(): void {
  if (window === window.top) return;
  const afterFrame = (task: () => void) =>
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = task;
      channel.port2.postMessage(0);
    });
  const whenSo = (done: () => boolean) =>
    new Promise<number>((resolve) => {
      const look = () => afterFrame(() => (done() ? resolve(performance.now()) : look()));
      look();
    });
  const early = performance.timeOrigin - (window.top as Window).performance.timeOrigin;
  const find = (selector: string) => document.querySelector(selector);
  const named = () => {
    const names = document.querySelectorAll(".span-row:not([hidden]) .span-name");
    return names.length >= 10 && Array.from(names).every((name) => name.textContent !== "");
  };
  const opened = [whenSo(named), whenSo(() => document.body?.dataset.traceSettled !== undefined)];
  void Promise.all(opened).then(([rows, all]) =>
    window.parent.postMessage({ times: { firstRows: early + rows, settled: early + all } }, "*"),
  );
  window.probe = {
    frames() {
      const times: number[] = [];
      let on = true;
      const tick = (time: number) => {
        times.push(time);
        if (on) requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
      return () => {
        on = false;
        return times;
      };
    },
    answered(event, sign) {
      const rows = () => find("[role=treegrid]")?.getAttribute("aria-rowcount");
      const before = rows();
      let drawn = false;
      const observer = new MutationObserver(() => {
        drawn = true;
      });
      observer.observe(find(".details")!, { childList: true, subtree: true, characterData: true });
      const signs = {
        rows: () => rows() !== before,
        details: () => drawn,
        count: () => /\d(?!.*…$)/.test(find(".find-count")?.textContent ?? ""),
      };
      return new Promise((resolve) => {
        addEventListener(
          event,
          async () => {
            const began = performance.now();
            const ended = await whenSo(signs[sign]);
            observer.disconnect();
            resolve(ended - began);
          },
          { capture: true, once: true },
        );
      });
    },
  };
}
