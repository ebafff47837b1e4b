const declaration = /^(\s*)(?:export )?(?:async )?(?:function|def) (\w+)\(/;

/**
 * The name of the function of a JavaScript, TypeScript or Python file that the line lies in, or undefined.
 * It goes by indentation: a function begins with its declaration and lasts while lines are indented deeper.
 */
export function functionAround(lines, line) {
  let indent = indentOf(lines[line - 1]) + 1;
  for (let at = line - 1; at >= 0; at--) {
    if (!lines[at].trim() || indentOf(lines[at]) >= indent) continue;
    indent = indentOf(lines[at]);
    const found = declaration.exec(lines[at]);
    if (found) return found[2];
  }
  return undefined;
}

function indentOf(text) {
  return text.length - text.trimStart().length;
}
