/** Line drawings on a 16 x 16 grid, one path each. */
const drawings = {
  search: { d: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14" },
  filter: { d: "M2 3.5h12M4.5 8h7M6.5 12.5h3" },
  zoomIn: { d: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14M5 7h4M7 5v4" },
  zoomOut: { d: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14M5 7h4" },
  zoomReset: { d: "M2.5 3v10M13.5 3v10M5 8h6M6.5 6 4.5 8l2 2M9.5 6l2 2-2 2" },
  zoomSelection: { d: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10M5 8h6" },
  panLeft: { d: "M13.5 8h-11M6 4.5 2.5 8 6 11.5" },
  panRight: { d: "M2.5 8h11M10 4.5 13.5 8 10 11.5" },
  collapseAll: { d: "M3 5.5h10v8H3zM5.5 9.5h5M5 3h9v7.5" },
  expandAll: { d: "M3 5.5h10v8H3zM5.5 9.5h5M8 7v5M5 3h9v7.5" },
  lessDepth: { d: "M2.5 3.5h11M2.5 12.5h4M11 6.5v7M8.5 9 11 6.5 13.5 9" },
  moreDepth: { d: "M2.5 3.5h11M2.5 12.5h4M11 6.5v7M8.5 11l2.5 2.5 2.5-2.5" },
  criticalPath: { d: "M2 4h5v4h4v4h3" },
  error: { d: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6" },
  nextError: { d: "M6 2.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 5l3 3M7.5 5l-3 3M12.5 6v7.5M10.5 11.5l2 2 2-2" },
  previousError: { d: "M6 2.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 5l3 3M7.5 5l-3 3M12.5 13.5V6M10.5 8l2-2 2 2" },
  warning: { d: "M8 2.5 14.3 13.5H1.7ZM8 6.5v3.5M8 11.4v.8" },
  info: { d: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 7.2v4M8 4.6v.8" },
  nextSlow: { d: "M6 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM6 5.5V8l1.5 1.2M13 5v8.5M11 11.5l2 2 2-2" },
  previousSlow: { d: "M6 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM6 5.5V8l1.5 1.2M13 13.5V5M11 7l2-2 2 2" },
  slowest: { d: "M8 3a5.5 5.5 0 1 0 0 11A5.5 5.5 0 0 0 8 3ZM8 5.5v3l2 1.5M6.5 1.5h3" },
  details: { d: "M2.5 3h11v10h-11zM9.5 3v10" },
  below: { d: "M2.5 3h11v10h-11zM2.5 9h11" },
  link: { d: "M6.5 9.5 9.5 6.5M7 5l1.8-1.8a2.7 2.7 0 0 1 4 4L11 9M9 11l-1.8 1.8a2.7 2.7 0 0 1-4-4L5 7" },
  keyboard: { d: "M1.5 4h13v8h-13zM4 6.5h.5M6.7 6.5h.5M9.4 6.5h.5M12 6.5h.2M4.5 9.5h7" },
  copy: { d: "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1" },
  close: { d: "M3.5 3.5l9 9M12.5 3.5l-9 9" },
  next: { d: "M8 2.5v11M4 9.5l4 4 4-4" },
  previous: { d: "M8 13.5v-11M4 6.5l4-4 4 4" },
  reload: { d: "M13 8a5 5 0 1 1-1.5-3.5L13.2 6M13.5 2.5V6H10" },
  source: { d: "M5.5 4 1.8 8l3.7 4M10.5 4l3.7 4-3.7 4" },
  external: { d: "M7 3H3v10h10V9M9.5 2.5h4v4M13.5 2.5 7.5 8.5" },
  rawTimes: { d: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3H5.5" },
  onlyMatches: { d: "M2 3.5h12M2 8h4M2 12.5h4M10.5 7a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM12.3 11.3l2 2" },
  statistics: { d: "M2.5 2.5v11h11M5.5 11V8M8.5 11V5M11.5 11V7" },
  logs: { d: "M2.5 3h11M2.5 6.3h8M2.5 9.7h11M2.5 13h6" },
  merge: { d: "M4 2.5v3c0 3 4 2.5 4 5.5v2.5M12 2.5v3c0 3-4 2.5-4 5.5M5.8 11.5 8 13.7l2.2-2.2" },
  growing: {
    d: "M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM3.8 3.8a6 6 0 0 0 0 8.4M12.2 3.8a6 6 0 0 1 0 8.4",
  },
  twistie: { d: "M6 4l4 4-4 4" },
  more: {
    d: "M3 7.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4ZM8 7.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4ZM13 7.3a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.4Z",
  },
} as const;

export type IconName = keyof typeof drawings;

const svg = "http://www.w3.org/2000/svg";

/** A drawing in the colour of the text around it, hidden from screen readers: what it means is said in words. */
export function icon(name: IconName): SVGSVGElement {
  const picture = document.createElementNS(svg, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("class", `icon icon-${name}`);
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg, "path");
  path.setAttribute("d", drawings[name].d);
  picture.append(path);
  return picture;
}
