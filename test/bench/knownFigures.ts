/** What was measured of others, once, as medians on 2 cores in a headless Chromium without a GPU; ms, frames/s and MB. */
export interface KnownFigures {
  readonly firstRows: number;
  readonly scroll?: number;
  readonly minimap?: number;
  readonly find?: number;
  readonly collapseAll?: number;
  readonly expandAll?: number;
  readonly openDetails?: number;
  readonly heap?: number;
}

/** Jaeger UI 2.20, its JSON, by number of spans. It opens no trace of 500,000. */
export const jaegerUi: ReadonlyMap<number, KnownFigures> = new Map([
  [
    1000,
    {
      firstRows: 2900,
      scroll: 5.8,
      minimap: 2.6,
      find: 566,
      collapseAll: 72,
      expandAll: 723,
      openDetails: 332,
      heap: 38,
    },
  ],
  [
    10_000,
    {
      firstRows: 3300,
      scroll: 6,
      minimap: 1.3,
      find: 754,
      collapseAll: 81,
      expandAll: 667,
      openDetails: 442,
      heap: 56,
    },
  ],
  [
    50_000,
    {
      firstRows: 4900,
      scroll: 5,
      minimap: 1.2,
      find: 1100,
      collapseAll: 112,
      expandAll: 769,
      openDetails: 411,
      heap: 153,
    },
  ],
  [
    200_000,
    {
      firstRows: 11_500,
      scroll: 5,
      minimap: 0.9,
      find: 2800,
      collapseAll: 297,
      expandAll: 897,
      openDetails: 600,
      heap: 514,
    },
  ],
]);

/** A throw-away prototype of columns in a worker and rows on a canvas, OTLP protobuf, by number of spans. */
export const prototype: ReadonlyMap<number, KnownFigures> = new Map([
  [
    1000,
    {
      firstRows: 326,
      scroll: 50,
      minimap: 60,
      find: 26,
      collapseAll: 12,
      expandAll: 14,
      openDetails: 18,
      heap: 1,
    },
  ],
  [
    10_000,
    {
      firstRows: 550,
      scroll: 53,
      minimap: 59,
      find: 26,
      collapseAll: 7,
      expandAll: 12,
      openDetails: 20,
      heap: 1,
    },
  ],
  [
    50_000,
    {
      firstRows: 760,
      scroll: 55,
      minimap: 60,
      find: 60,
      collapseAll: 6,
      expandAll: 12,
      openDetails: 23,
      heap: 1,
    },
  ],
  [
    200_000,
    {
      firstRows: 1500,
      scroll: 54,
      minimap: 60,
      find: 152,
      collapseAll: 7,
      expandAll: 8,
      openDetails: 20,
      heap: 1,
    },
  ],
  [
    1_000_000,
    { firstRows: 4400, scroll: 56, minimap: 60, find: 566, collapseAll: 5, expandAll: 10, openDetails: 26 },
  ],
]);
