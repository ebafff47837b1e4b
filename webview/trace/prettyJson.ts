/**
 * JSON text with a line per member, every token as it stands in the text: numbers keep all their digits and repeated keys
 * stay. It looks at characters only, so no text is too deep for it; what is not JSON comes out with other white space.
 */
export function prettyJson(text: string): string {
  let out = "";
  let depth = 0;
  let inString = false;
  const newLine = () => `\n${"  ".repeat(Math.min(depth, 40))}`;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      out += character;
      if (character === "\\") out += text[++i] ?? "";
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
      out += character;
    } else if (character === "{" || character === "[") {
      const next = nextToken(text, i + 1);
      if (next === "}" || next === "]") {
        out += character + next;
        i = text.indexOf(next, i);
      } else {
        depth++;
        out += character + newLine();
      }
    } else if (character === "}" || character === "]") {
      depth = Math.max(0, depth - 1);
      out += newLine() + character;
    } else if (character === ",") out += character + newLine();
    else if (character === ":") out += ": ";
    else if (!/\s/.test(character)) out += character;
  }
  return out;
}

/** Whether a string attribute holds a JSON object or array, as logs and queries often do. */
export function isJson(text: string): boolean {
  if (text.length > 65_536 || !/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function nextToken(text: string, from: number): string {
  let at = from;
  while (/\s/.test(text[at] ?? "")) at++;
  return text[at] ?? "";
}
