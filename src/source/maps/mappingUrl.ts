const word = "sourceMappingURL=";

/** Lines that may follow the comment: others, and a licence. */
const linesLooked = 10;

/** What the comment at the end of a script names as its source map, or "": `//# sourceMappingURL=x.js.map`. */
export function mappingUrl(lines: readonly string[]): string {
  let looked = 0;
  for (let i = lines.length - 1; i >= 0 && looked < linesLooked; i--) {
    const line = lines[i];
    if (line === "" || /^\s{1,200}$/.test(line)) continue;
    looked++;
    const at = line.lastIndexOf(word);
    if (at < 0 || !/\/[/*][#@][ \t]$/.test(line.slice(Math.max(0, at - 4), at))) continue;
    const url = line.slice(at + word.length).replace(/\s{0,9}(?:\*\/)?\s{0,9}$/, "");
    return /[\s'"`]/.test(url) ? "" : url;
  }
  return "";
}

/** Whether a file's name is that of JavaScript, which may have been compiled from something. */
export function isScript(name: string): boolean {
  return /\.[cm]?jsx?$/.test(name);
}
