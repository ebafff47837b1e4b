/** Characters that would hide, turn round or end text: controls, and the marks of bidirectional text. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Telemetry's text as it may stand in a sentence: at most 120 characters, none of them invisible, no `$(icon)`. */
export function shownText(text: string): string {
  const cut = text.length > 120 ? `${text.slice(0, 119)}…` : text;
  return cut.replace(unseen, "\ufffd").replaceAll("$(", "$ (");
}

/** Whether `text` has a character that hides, turns round or ends text. */
export function hasUnseen(text: string): boolean {
  return text.search(unseen) >= 0;
}
