const keywords =
  /(?:^|[\s(])(?:def|defp|defmodule|func|fn|fun|function\*?|class|struct|interface|module|trait|enum|record|object|type|sub)\s+(?:self\.|\([^()]*\)\s*)?$/;
const statement =
  /^(?:return|await|throw|new|else|yield|go|defer|raise|in|of|case|print|echo|not|and|or|if|while|for|assert)$/;

/** Whether a line begins the definition of a function or type `name`, in any language that is read: never a mere call. */
export function definesSymbol(line: string, name: string): boolean {
  if (line.length > 2000 || name === "") return false;
  for (let at = line.indexOf(name); at >= 0; at = line.indexOf(name, at + 1)) {
    const before = line.slice(0, at);
    const after = line.slice(at + name.length);
    if (/[\p{L}\p{N}_$]$/u.test(before) || /^[\p{L}\p{N}_$]/u.test(after)) continue;
    if (/^\s*(?:\/\/|\*|#[^[]|--|"""|\/\*)/.test(before)) return false;
    if (keywords.test(before)) return true;
    if (
      /^\s*[:=]\s*(?:async\s*)?(?:function\b|\(|<|[\p{L}_$][\p{L}\p{N}_$]*\s*=>)/u.test(after) &&
      /(?:^|\s|[{,.])$/.test(before)
    ) {
      if (/=>|function\b/.test(after) || /(?:const|let|var)\s+$/.test(before)) return true;
    }
    if (/^\s*(?:<[^()]*>)?\(/.test(after) && isSignature(before, line.trimEnd())) return true;
  }
  return false;
}

/** `public async Task<Cart> ` before a name and no semicolon behind: a signature of Java, C# or a class of JavaScript. */
function isSignature(before: string, line: string): boolean {
  if (!/^\s*(?:[\p{L}\p{N}_$@#<>[\],.?*&:\s]|\([^()]*\))*$/u.test(before) || /[.:]$/.test(before.trimEnd()))
    return false;
  const words = before
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.some((word) => statement.test(word))) return false;
  if (line.endsWith("{")) return true;
  return words.length > 0 && !line.endsWith(";") && /[(),]$|=>|\bthrows\b/.test(line);
}

/** The line, from 1, that defines `name`: the nearest at or above `near` (0: the first), else the first below; 0 for none. */
export function definitionLine(lines: readonly string[], name: string, near: number): number {
  if (near > 0) {
    for (let line = Math.min(near, lines.length); line >= 1; line--)
      if (definesSymbol(lines[line - 1], name)) return line;
  }
  for (let line = Math.max(near, 0) + 1; line <= lines.length; line++)
    if (definesSymbol(lines[line - 1], name)) return line;
  return 0;
}
