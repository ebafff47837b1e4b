const mac = /mac/i.test(navigator.platform);

/**
 * Whether a key was pressed: "N", "Shift+N", "F3", "ArrowLeft", "?", "Mod+F" (Ctrl, or ⌘ on a Mac). A letter without
 * Shift is the letter alone; signs are told by what they write, whatever it takes to write them.
 */
export function isKey(event: KeyboardEvent, key: string): boolean {
  const parts = key.split("+").filter((part) => part !== "");
  const last = key.endsWith("+") ? "+" : parts[parts.length - 1];
  const mod = parts.includes("Mod");
  const command = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (command !== mod || other || event.altKey !== parts.includes("Alt")) return false;
  const letter = /^[A-Z]$/.test(last);
  if (event.key.toLowerCase() !== last.toLowerCase()) return false;
  const sign = last.length === 1 && !letter;
  return sign || event.shiftKey === parts.includes("Shift");
}

const shown = new Map([
  ["ArrowLeft", "←"],
  ["ArrowRight", "→"],
  ["ArrowUp", "↑"],
  ["ArrowDown", "↓"],
  ["Escape", "Esc"],
  ["Mod", mac ? "⌘" : "Ctrl"],
  [" ", "Space"],
]);

/** A key as it is printed: "Shift+N", "Ctrl+F", "←". */
export function keyText(key: string): string {
  if (key === "+") return "+";
  return key
    .split("+")
    .map((part) => shown.get(part) ?? part)
    .join("+");
}

/** Whether what is typed goes into a field, where single keys are text. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return target instanceof HTMLInputElement
    ? !["checkbox", "radio", "button"].includes(target.type)
    : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
