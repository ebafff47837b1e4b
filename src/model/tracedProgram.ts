/** What a traced program is told. */
export interface TracedProgram {
  /** Base addresses of the receiver, without a trailing slash; `grpc` is undefined while it speaks HTTP alone. */
  readonly endpoint: ReceiverEndpoint;
  /** What the person has set already, by name; names in upper case where names have no case. It is never overridden. */
  readonly given: ReadonlyMap<string, string>;
  /** Undefined for none. */
  readonly serviceName: string | undefined;
  /** The preloads that put source lines on spans; undefined when they are turned off. */
  readonly preload: Preload | undefined;
  /** Between the folders of a path: ":" or ";". */
  readonly delimiter: string;
}

export interface ReceiverEndpoint {
  /** "http://127.0.0.1:4318" */
  readonly http: string;
  readonly grpc: string | undefined;
}

export interface Preload {
  /** Path of the module for Node. */
  readonly node: string;
  /** Path of the folder for Python. */
  readonly python: string;
}

/** Changes to the environment of a program; all three empty when the person sends traces elsewhere. */
export interface TracedEnvironment {
  readonly set: ReadonlyMap<string, string>;
  /** Put before, or behind, what a variable has; with what separates both. */
  readonly prepend: ReadonlyMap<string, string>;
  readonly append: ReadonlyMap<string, string>;
  /** Why the program is left as it is; "" when it is not. */
  readonly note: string;
}

/**
 * The environment by which a program sends its traces to the receiver, whatever SDK it has: names and values of the
 * OpenTelemetry specification (configuration/sdk-environment-variables, protocol/exporter).
 */
export function tracedEnvironment(program: TracedProgram): TracedEnvironment {
  const { given, endpoint, serviceName, preload } = program;
  const protocol =
    given.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ??
    given.get("OTEL_EXPORTER_OTLP_PROTOCOL") ??
    "http/protobuf";
  const address = protocol === "grpc" ? endpoint.grpc : endpoint.http;
  const note = noteOf(given, address);
  const set = new Map<string, string>();
  const prepend = new Map<string, string>();
  const append = new Map<string, string>();
  if (note !== "" || address === undefined) return { set, prepend, append, note };

  const put = (name: string, value: string) => {
    if (!given.has(name)) set.set(name, value);
  };
  put("OTEL_EXPORTER_OTLP_ENDPOINT", address);
  put("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
  put("OTEL_TRACES_EXPORTER", "otlp");
  put("OTEL_LOGS_EXPORTER", "otlp");
  // Without it Python's `logging` is sent by no exporter; who has set an exporter of logs has decided about them.
  if (set.has("OTEL_LOGS_EXPORTER")) put("OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED", "true");
  // The receiver drops metrics.
  put("OTEL_METRICS_EXPORTER", "none");
  // Traces show soon after the request: the SDKs wait 5 s, and 1 s for logs.
  put("OTEL_BSP_SCHEDULE_DELAY", "500");
  put("OTEL_BLRP_SCHEDULE_DELAY", "500");
  if (serviceName !== undefined && serviceName !== "" && !namesService(given))
    put("OTEL_SERVICE_NAME", serviceName);
  if (preload !== undefined && given.get("TRACELINE_CODE_LOCATIONS") !== "off") {
    append.set("NODE_OPTIONS", ` ${nodeRequireOption(preload.node)}`);
    prepend.set("PYTHONPATH", preload.python + program.delimiter);
  }
  return { set, prepend, append, note };
}

/** Whether the person has named the service. */
export function namesService(given: ReadonlyMap<string, string>): boolean {
  const attributes = given.get("OTEL_RESOURCE_ATTRIBUTES") ?? "";
  return given.has("OTEL_SERVICE_NAME") || /(?:^|,)\s*service\.name\s*=/.test(attributes);
}

/** The variables as they are for a program whose environment is known: nothing stands before or behind an empty one. */
export function variablesOf(
  environment: TracedEnvironment,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const variables = new Map(environment.set);
  for (const [name, text] of environment.append) variables.set(name, ((given.get(name) ?? "") + text).trim());
  for (const [name, text] of environment.prepend) {
    const had = given.get(name) ?? "";
    variables.set(name, had === "" ? text.slice(0, -1) : text + had);
  }
  return variables;
}

/**
 * The option that has every Node program load a module before its own, for NODE_OPTIONS, where options are separated by
 * blanks. `--require` is known to every Node and loads before CommonJS and ES modules alike; `--import` ends a Node older
 * than 18.18 with an error. Quotes only where they are needed: to Node 8 they are a part of the path.
 */
export function nodeRequireOption(path: string): string {
  if (!/[\s"]/.test(path)) return `--require ${path}`;
  return `--require "${path.replace(/["\\]/g, "\\$&")}"`;
}

function noteOf(given: ReadonlyMap<string, string>, address: string | undefined): string {
  for (const name of ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]) {
    const value = given.get(name);
    if (value !== undefined && value !== "") return `${name} is set, so traces go there.`;
  }
  if (given.get("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return "OTEL_SDK_DISABLED turns tracing off.";
  const exporter = given.get("OTEL_TRACES_EXPORTER");
  if (exporter !== undefined && exporter !== "" && !/(?:^|,)\s*otlp\s*(?:,|$)/.test(exporter))
    return `OTEL_TRACES_EXPORTER is ${exporter}, so no traces are sent by OTLP.`;
  if (address === undefined) return "The protocol is set to grpc, which the receiver does not take now.";
  return "";
}
