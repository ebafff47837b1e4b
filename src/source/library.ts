import type { Place } from "./place.ts";

/** Folders in which package managers and tool chains keep code of others. */
const libraryPath = new RegExp(
  [
    "(?:^|[\\\\/])(?:node_modules|bower_components|site-packages|dist-packages|vendor|\\.cargo|\\.rustup|gems|deps|\\.nuget)[\\\\/]",
    "go[\\\\/]pkg[\\\\/]mod[\\\\/]|@v\\d+\\.\\d+\\.\\d+",
    "[\\\\/](?:lib|lib64)[\\\\/](?:python|ruby|go|jvm)[\\d.-]*[\\\\/]|[\\\\/]go[\\\\/]src[\\\\/](?:runtime|net|internal|os|sync|testing)[\\\\/]",
    "^[\\\\/]?(?:rustc|_)[\\\\/]|^library[\\\\/](?:std|core|alloc)[\\\\/]",
    "^<|^node:|^internal[\\\\/]|^native |^\\[internal",
  ].join("|"),
);

/** Packages of runtimes and of the usual frameworks, as function names begin with them. */
const libraryFunction = new RegExp(
  [
    "^(?:java|javax|jakarta|jdk|sun|com\\.sun|kotlin|kotlinx|scala|groovy|clojure)\\.",
    "^(?:org\\.(?:springframework|apache|eclipse|hibernate|jboss|junit|postgresql)|io\\.(?:opentelemetry|netty|grpc|quarkus|micronaut))\\.",
    "^(?:System|Microsoft|OpenTelemetry|Npgsql|MySql|StackExchange)\\.",
    "^(?:go\\.opentelemetry\\.io|google\\.golang\\.org|golang\\.org)/|^(?:runtime|net/http|reflect|testing)\\.|^(?:panic|runtime/debug\\.Stack)$",
    "^<?(?:std|core|alloc|tokio|hyper|tracing|opentelemetry|rust_begin_unwind|axum|tower)::",
  ].join("|"),
);

/** Whether a place is in code of others: a library, the runtime, the tracing SDK itself. */
export function isLibrary(place: Place): boolean {
  return libraryPath.test(place.path.slice(0, 1024)) || libraryFunction.test(place.function.slice(0, 200));
}

/** Where in a sent path its library part begins: the index of "node_modules" and the like, or -1. */
export function libraryStart(segments: readonly string[]): number {
  for (let i = segments.length - 2; i >= 0; i--) if (libraryPath.test(`/${segments[i]}/x`)) return i;
  return -1;
}
