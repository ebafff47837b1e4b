/** What may not stand as it is in a TraceQL string, where Go's rules hold. */
const escapes = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\0", "\\x00"],
]);

/** A text as a TraceQL string. Half a surrogate pair becomes U+FFFD, as it does on the way to a server. */
export function traceqlString(text: string): string {
  return `"${wellFormed(text).replace(/["\\\n\r\0]/g, (sign) => escapes.get(sign) ?? sign)}"`;
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Where attributes are kept: "" for span, then resource. */
export type AttributeScope = "" | "span" | "resource" | "event" | "link" | "instrumentation";

/** An attribute of any name as TraceQL writes it: `span.http.route`, `.shop`, `span."my attribute"`. */
export function traceqlAttribute(scope: AttributeScope, name: string): string {
  const plain = /^[A-Za-z_][\w./-]*$/.test(name) && !/\/[/*]/.test(name);
  return `${scope}.${plain ? name : `"${wellFormed(name).replace(/["\\]/g, (sign) => `\\${sign}`)}"`}`;
}

/**
 * The literals that a value typed in a form may be: always the text, and the number or truth value that it reads as, since
 * TraceQL compares nothing of different types.
 */
export function traceqlLiterals(value: string): readonly string[] {
  const literals = [traceqlString(value)];
  if (value === "true" || value === "false") literals.push(value);
  else if (isInt64(value)) {
    const whole = String(BigInt(value));
    literals.push(whole);
    // Exact as a float, and written as one.
    if (Number.isSafeInteger(Number(whole))) literals.push(`${whole}.0`);
  } else if (/^-?\d{1,15}\.\d{1,15}$/.test(value)) literals.push(value);
  return literals;
}

function isInt64(text: string): boolean {
  if (!/^-?\d{1,19}$/.test(text)) return false;
  const value = BigInt(text);
  // The smallest is a positive number with a sign before it in TraceQL, and that positive number is too large.
  return value > -(2n ** 63n) && value < 2n ** 63n;
}

/** A regular expression (RE2) that stands for exactly this text. */
export function regexLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, (sign) => `\\${sign}`);
}
