import { countText, durationText, shareText } from "../../src/model/durationText.ts";
import { whereMatched } from "../../src/model/matchedWhere.ts";
import { kindNames, Mark, Status } from "../../src/model/trace.ts";
import { element, setAttribute, setText } from "../kit/dom.ts";
import { icon } from "../kit/icon.ts";
import { visibleText } from "../kit/visibleText.ts";
import { firstAfter } from "./browse.ts";
import type { PageState } from "./pageState.ts";
import type { ServiceLook } from "./palette.ts";

const INDENT = 12;
/** Names come first: what a cell of a deep row is for. */
const INDENT_SHARE = 0.4;
/** px of a row's own column beside its indentation from which on a missing parent is said in two words, and in one. */
const ROOM_FOR_TWO_WORDS = 290;
const ROOM_FOR_A_WORD = 210;
const MISSING_PARENT = "Missing parent: the span names one that is not in the trace";
/** No cell shows more; a name of a megabyte would cost layout. */
const LONGEST_NAME = 400;

/** A row of the treegrid: its name cell is seen, its time cell lies under the canvas and is read by screen readers. */
export interface SpanRow {
  readonly element: HTMLElement;
  /** Shows drawn row `index` in a name column of `nameWidth` px. */
  fill(state: PageState, looks: readonly ServiceLook[], index: number, nameWidth: number): void;
}

let made = 0;

export function createSpanRow(): SpanRow {
  const indent = element("span", { class: "indent" });
  const twistie = element("span", { class: "twistie" }, icon("twistie"));
  const depth = element("span", { class: "depth" });
  const letters = element("span", { class: "letters" });
  const name = element("bdi", { class: "span-name" });
  const service = element("bdi", { class: "span-service" });
  const note = element("bdi", { class: "span-note" });
  const orphan = element("span", { class: "orphan", title: MISSING_PARENT });
  const error = element("span", { class: "mark mark-error", title: "Failed" }, icon("error"));
  const below = element("span", { class: "mark errors-below" });
  const warning = element("span", { class: "mark mark-warning", title: "Has a warning" }, icon("warning"));
  const cell = element(
    "div",
    { class: "name-cell", role: "gridcell", "aria-colindex": 1 },
    indent,
    twistie,
    depth,
    letters,
    element("span", { class: "span-text" }, name, service, note),
    orphan,
    below,
    error,
    warning,
  );
  const time = element("div", { class: "time-cell", role: "gridcell", "aria-colindex": 2 });
  const row = element("div", { class: "span-row", role: "row", id: `span-row-${made++}` }, cell, time);

  return {
    element: row,
    fill(state, looks, index, nameWidth) {
      const { outline, rows, collapsed, selected, kept, matches, figures, trace } = state;
      const at = rows[index];
      const opens = outline.size[at] > 1;
      const label = shortText(outline.labels.at(outline.name[at])) || "(no name)";
      const serviceName = shortText(outline.labels.at(outline.services[outline.service[at]]));
      const look = looks[outline.service[at]];
      const mark = outline.mark[at];
      const failed = outline.status[at] === Status.error;
      const isMatch =
        matches !== undefined && matches.length > 0 && matches[firstAfter(matches, at - 1)] === at;

      const wanted = outline.depth[at] * INDENT;
      const indented = Math.min(wanted, Math.floor((nameWidth * INDENT_SHARE) / INDENT) * INDENT);
      indent.style.width = `${indented}px`;
      setText(depth, indented < wanted ? String(outline.depth[at] + 1) : "");
      twistie.classList.toggle("leaf", !opens);
      letters.style.backgroundColor = look.color;
      letters.style.color = look.ink;
      setText(letters, look.letters);
      setText(name, label);
      setText(service, serviceName);
      const where = isMatch && trace !== undefined ? shortText(whereMatched(trace, at, state.query)) : "";
      setText(note, where === "" ? "" : `in ${where}`);
      const isOrphan = (mark & Mark.orphan) !== 0;
      const word = isOrphan ? orphanWord(nameWidth - indented) : "";
      orphan.hidden = word === "";
      setText(orphan, word);
      error.hidden = !failed;
      warning.hidden = (mark & Mark.warning) === 0 && (!isOrphan || word !== "");
      setAttribute(warning, "title", isOrphan ? MISSING_PARENT : "Has a warning");
      const errorsBelow = collapsed[at] === 1 && figures !== undefined ? figures.errorsBelow[at] : 0;
      setText(below, errorsBelow > 0 ? countText(errorsBelow, "error") : "");

      row.classList.toggle("selected", at === selected);
      row.classList.toggle("match", isMatch);
      row.classList.toggle("unkept", kept !== undefined && kept[at] === 0);
      row.classList.toggle("failed", failed);
      setAttribute(row, "aria-level", String(outline.depth[at] + 1));
      setAttribute(row, "aria-rowindex", String(index + 2));
      setAttribute(row, "aria-selected", String(at === selected));
      setAttribute(row, "aria-expanded", opens ? String(collapsed[at] === 0) : undefined);
      setAttribute(row, "aria-posinset", figures && String(figures.place[at]));
      setAttribute(row, "aria-setsize", figures && String(figures.siblings[at]));
      setAttribute(time, "aria-label", timeLabel(state, at, failed));
    },
  };
}

/** A name needs the room more than its badge: where that is short, the sign of a warning stands for it. */
function orphanWord(room: number): string {
  if (room >= ROOM_FOR_TWO_WORDS) return "missing parent";
  return room >= ROOM_FOR_A_WORD ? "orphan" : "";
}

function timeLabel(state: PageState, row: number, failed: boolean): string {
  const { shown, figures, criticalPath } = state;
  const start = shown.start[row] === 0 ? "at start" : `from ${durationText(shown.start[row])}`;
  const parts = [durationText(shown.duration[row]), start];
  if (shown.kind[row] > 1) parts.push(kindNames[shown.kind[row]]);
  if (failed) parts.push("failed");
  if ((shown.mark[row] & Mark.orphan) !== 0) parts.push("missing parent");
  if ((shown.mark[row] & Mark.warning) !== 0) parts.push("has a warning");
  if (figures !== undefined && criticalPath && figures.critical[row] > 0) {
    parts.push(`${shareText(figures.critical[row], figures.criticalTotal)} of the critical path`);
  }
  return parts.join(", ");
}

function shortText(text: string): string {
  return visibleText(text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text);
}
