import type { SyntaxNode } from "@lezer/common";
import { wordsOf } from "./traceqlWords.ts";

const scopeNodes = new Set(["Span", "Resource", "Event", "Link", "Instrumentation", "Parent"]);

/** What a person is told about an error of the parser's tree: what is expected where it stands. */
export function syntaxMessage(text: string, node: SyntaxNode): string {
  const { parent, prevSibling: before } = node;
  const found = text.slice(node.from, node.to).trim();
  const rest = text.slice(node.from).trimStart();
  if (before !== null && scopeNodes.has(before.name)) return nameMessage(text, before);
  if (before?.name === "FieldOp") return valueMessage(text, before, found, rest);
  if (before?.name === "Pipe")
    return found === "" && !/^\w/.test(rest)
      ? 'a stage is missing after "|"'
      : `"${wordOf(rest)}" is not a function`;
  switch (parent?.name) {
    case "SpansetFilter":
      if (found === "")
        return node.nextSibling === null ? '"}" is missing' : '"{" is missing before the condition';
      return /^[\p{L}_]/u.test(found) ? unknownField(found) : `"${found}" is not expected here`;
    case "FieldExpression":
      if (found === "" && node.nextSibling !== null) return "an operator is missing, such as = or &&";
      return found === "" ? "a field or a value is missing" : unknownField(found);
    case "ScalarFilter":
      return "a comparison is missing, such as > 2";
    case "SpansetPipelineExpression":
    case "TraceQL":
      return found === "" ? "an operator is missing, such as && or |" : `"${found}" is not expected here`;
    case "SelectArgs":
    case "GroupOperation":
    case "IntrinsicField":
      return "a field is missing, such as span.http.route";
    default:
      return found === "" ? "something is missing" : `"${found}" is not expected here`;
  }
}

function nameMessage(text: string, scope: SyntaxNode): string {
  const name = text.slice(scope.from, scope.to);
  if (text[scope.to] !== ":") return `an attribute's name is missing after "${name}."`;
  return `"${name}:${wordOf(text.slice(scope.to + 1))}" is not known`;
}

function valueMessage(text: string, operator: SyntaxNode, found: string, rest: string): string {
  const sign = text.slice(operator.from, operator.to);
  if (sign === "=" && rest.startsWith("=")) return '"==" is not an operator: write "="';
  const known = wordsOf(text.slice(operator.prevSibling?.from ?? 0, operator.prevSibling?.to ?? 0));
  if (known !== undefined)
    return `${found === "" ? "a value is missing" : `"${found}" is not a value`}: ${known.map((word) => word.text).join(", ")}`;
  if (found === "") return `a value is missing after "${sign}"`;
  return `"${found}" is not a value: texts stand in double quotes`;
}

function unknownField(found: string): string {
  const word = wordOf(found);
  return /^[\p{L}_]/u.test(word)
    ? `"${word}" is not known: attributes begin with a scope or a dot, as in span.${word}`
    : `"${found}" is not expected here`;
}

function wordOf(text: string): string {
  return /^[^\s(){}|=<>!,]*/.exec(text)?.[0] ?? "";
}
