import type { Place } from "../place.ts";
import type { Language, SymbolName } from "./language.ts";
import { causesFirst, positive } from "./stackLines.ts";

/** Java, Kotlin, Scala, Groovy and Clojure as `Throwable.printStackTrace` writes them. */
export const java: Language = {
  name: "java",
  extensions: ["java", "kt", "kts", "scala", "groovy", "clj"],
  frames: (stack) => causesFirst(stack, frameOf),
  symbol,
  definitions: (name) => [` ${name}(`],
  advice:
    "Java agent: set otel.instrumentation.common.experimental.controller-telemetry.enabled=true and " +
    "otel.semconv-stability.opt-in=code to name the method, or add the span-stacktrace extension " +
    "(otel.java.experimental.span-stacktrace.min.duration=0ms) to get the line.",
};

/** The path is made from the class: a frame has the bare file name only, and packages are folders. */
function frameOf(line: string): Place | undefined {
  const text = line.trimStart();
  if (!text.startsWith("at ")) return undefined;
  const open = text.indexOf("(");
  const close = text.indexOf(")", open);
  if (open < 0 || close < 0) return undefined;
  const source = /^([^():/\\]+\.(?:java|kts?|scala|groovy|clj))(?::(\d+))?$/.exec(
    text.slice(open + 1, close),
  );
  const head = text.slice(3, open);
  const dot = head.lastIndexOf(".");
  if (source === null || dot <= 0 || /\s/.test(head)) return undefined;
  const lambda = head.indexOf("$$Lambda");
  const owner = head.slice(0, lambda >= 0 ? lambda : dot);
  const type = owner.slice(owner.lastIndexOf("/") + 1);
  const folders = type.split(".").slice(0, -1);
  return {
    path: [...folders, source[1]].join("/"),
    line: positive(source[2]),
    column: 0,
    function: `${type}.${head.slice(dot + 1)}`,
  };
}

function symbol(functionName: string): SymbolName {
  const dot = functionName.lastIndexOf(".");
  const method = functionName.slice(dot + 1);
  const lambda = functionName.indexOf("$$");
  const owner = functionName.slice(0, Math.max(0, lambda >= 0 && lambda < dot ? lambda : dot));
  const simple = owner
    .slice(owner.lastIndexOf(".") + 1)
    .slice(owner.slice(owner.lastIndexOf(".") + 1).lastIndexOf("/") + 1);
  const nested = simple.split("$").filter((part) => part !== "" && !/^\d+$/.test(part));
  const inner = nested[nested.length - 1] ?? "";
  if (method === "<init>" || method === "<clinit>") return { name: inner, container: inner };
  // Kotlin compiles a lambda in load() to a class Cart$load$1 with a method invoke.
  if (/^invoke(?:Suspend)?$/.test(method) && nested.length > 1 && /^\p{Ll}/u.test(inner)) {
    return { name: inner, container: nested[nested.length - 2] };
  }
  const container = inner.length > 2 && inner.endsWith("Kt") ? "" : inner;
  return { name: written(method), container };
}

/** The method as it stands in the source: compilers wrap its name for lambdas, defaults and accessors. */
function written(method: string): string {
  const wrapped = /^(?:lambda\$|access\$|\$anonfun\$)([^$]+)/.exec(method);
  if (wrapped !== null) return wrapped[1];
  const dollar = method.indexOf("$", 1);
  return dollar > 0 ? method.slice(0, dollar) : method;
}
