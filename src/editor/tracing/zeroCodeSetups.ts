import type { ProgramLanguage } from "./programLanguage.ts";

/** The official way to have a program of a language traced with the least change to its code. */
export interface ZeroCodeSetup {
  /** What it is and what it covers. */
  readonly about: string;
  /** Run in a terminal, one after another, after a yes. */
  readonly install: readonly string[];
  /** How the program is started then; typed into the terminal, not run. "" where starting it stays as it was. */
  readonly start: string;
  /** A file in media/snippets with what has to be added to the code, where it does not go without; "" for nothing. */
  readonly code: string;
  /** Of `code`: an editor's language id. */
  readonly languageId: string;
}

const none = { code: "", languageId: "plaintext" };

/** Sources: the pages "Zero-code instrumentation" and "Getting started" of opentelemetry.io for each language. */
export const zeroCodeSetups: Readonly<Record<ProgramLanguage, ZeroCodeSetup>> = {
  "Node.js": {
    about:
      "@opentelemetry/auto-instrumentations-node traces HTTP, databases, queues and frameworks, without a change to the code.",
    install: ["npm install --save-dev @opentelemetry/api @opentelemetry/auto-instrumentations-node"],
    start: "node --require @opentelemetry/auto-instrumentations-node/register app.js",
    ...none,
  },
  Python: {
    about:
      "opentelemetry-instrument traces web frameworks, HTTP clients and databases, without a change to the code.",
    install: [
      "python -m pip install opentelemetry-distro opentelemetry-exporter-otlp",
      "opentelemetry-bootstrap -a install",
    ],
    start: "opentelemetry-instrument python app.py",
    ...none,
  },
  Java: {
    about:
      "The OpenTelemetry Java agent traces servers, clients, databases and frameworks, without a change to the code.",
    install: [
      "curl -fsSLO https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/opentelemetry-javaagent.jar",
    ],
    start: "java -javaagent:opentelemetry-javaagent.jar -jar target/app.jar",
    ...none,
  },
  Go: {
    about:
      "Go programs are compiled, so their start and their handlers name the instrumentation: otelhttp for net/http.",
    install: [
      "go get go.opentelemetry.io/otel go.opentelemetry.io/otel/sdk go.opentelemetry.io/contrib/exporters/autoexport go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
    ],
    start: "",
    languageId: "go",
    code: "tracing.go",
  },
  ".NET": {
    about:
      "OpenTelemetry .NET automatic instrumentation traces ASP.NET Core, HttpClient, SQL and more, without a change to the code.",
    install: [
      "curl -fsSLO https://github.com/open-telemetry/opentelemetry-dotnet-instrumentation/releases/latest/download/otel-dotnet-auto-install.sh",
      "sh ./otel-dotnet-auto-install.sh",
      ". $HOME/.otel-dotnet-auto/instrument.sh",
    ],
    start: "dotnet run",
    ...none,
  },
  Ruby: {
    about:
      "opentelemetry-instrumentation-all traces Rails, Rack, HTTP clients, databases and jobs; four lines start it.",
    install: ["bundle add opentelemetry-sdk opentelemetry-exporter-otlp opentelemetry-instrumentation-all"],
    start: "",
    languageId: "ruby",
    code: "tracing.rb",
  },
  PHP: {
    about:
      "The opentelemetry extension traces frameworks and clients by their Composer packages, without a change to the code.",
    install: [
      "pecl install opentelemetry",
      "composer require open-telemetry/sdk open-telemetry/exporter-otlp open-telemetry/opentelemetry-auto-psr18",
    ],
    start: "OTEL_PHP_AUTOLOAD_ENABLED=true php -d extension=opentelemetry.so -S 127.0.0.1:8080 -t public",
    ...none,
  },
  Rust: {
    about:
      "Rust programs are compiled, so their start names the exporter; spans are those of the tracing crate.",
    install: [
      "cargo add tracing tracing-subscriber tracing-opentelemetry opentelemetry",
      "cargo add opentelemetry_sdk --features rt-tokio",
      "cargo add opentelemetry-otlp --features http-proto,reqwest-blocking-client",
    ],
    start: "",
    languageId: "rust",
    code: "tracing.rs",
  },
};
