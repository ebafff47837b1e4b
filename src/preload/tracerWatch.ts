import { callSite } from "./callSite.ts";
import { putPlace } from "./spanPlace.ts";

/** The registry that every copy of the OpenTelemetry API 1.x in a process shares. */
const registryKey = Symbol.for("opentelemetry.js.api.1");

type Anything = Record<PropertyKey, unknown>;

/**
 * Has every tracer of the provider that the program registers put a place on the spans it starts. Nothing is imported of
 * OpenTelemetry: the registry is seen when the API makes it, the provider when it is registered, the class of tracers when the
 * first is asked for, and each of these three traps is gone once it has sprung.
 */
export function watchTracers(): void {
  whenSet(globalThis as unknown as Anything, registryKey, (registry) =>
    whenSet(registry, "trace", (provider) => {
      // The API registers a proxy of its own and tells it the program's provider.
      if (typeof provider.setDelegate === "function") whenCalled(provider, "setDelegate", watchProvider);
      else watchProvider(provider);
    }),
  );
}

function watchProvider(provider: unknown): void {
  if (!isObject(provider)) return;
  whenCalled(provider, "getTracer", undefined, (tracer, getTracer) => {
    if (!isObject(tracer)) return;
    markSpans(Object.getPrototypeOf(tracer));
    // Has the source map of a bundle read now, so that no span is longer by it.
    callSite(getTracer);
  });
}

const marked = new WeakSet<object>();

/** Replaces `startSpan` in the class of tracers, so that those made before are covered too. */
function markSpans(tracerClass: Anything): void {
  const original = tracerClass.startSpan;
  if (tracerClass === Object.prototype || typeof original !== "function" || marked.has(tracerClass)) return;
  marked.add(tracerClass);
  const startSpan = function (this: unknown, ...given: unknown[]): unknown {
    const span: unknown = Reflect.apply(original, this, given);
    putPlace(span, startSpan);
    return span;
  };
  replace(tracerClass, "startSpan", startSpan, original);
}

/** Calls `then` with the object that `key` has or is first given; an ordinary property stands there afterwards. */
function whenSet(owner: Anything, key: PropertyKey, then: (value: Anything) => void): void {
  const seen = (value: unknown) => attempt(() => isObject(value) && then(value));
  if (owner[key] !== undefined) {
    seen(owner[key]);
    return;
  }
  Object.defineProperty(owner, key, {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(value: unknown) {
      Object.defineProperty(owner, key, { value, configurable: true, enumerable: true, writable: true });
      seen(value);
    },
  });
}

/**
 * Calls `before` with the first argument of the first call of a method, and `after` with what that call gave and the function that
 * was called for the method.
 */
function whenCalled(
  owner: Anything,
  name: string,
  before?: (argument: unknown) => void,
  after?: (result: unknown, called: (...given: never[]) => unknown) => void,
): void {
  const original = owner[name];
  if (typeof original !== "function") return;
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const trap = function (this: unknown, ...given: unknown[]): unknown {
    attempt(() => {
      if (owner[name] !== trap) return;
      if (own === undefined) delete owner[name];
      else Object.defineProperty(owner, name, own);
    });
    attempt(() => before?.(given[0]));
    const result: unknown = Reflect.apply(original, this, given);
    attempt(() => after?.(result, trap));
    return result;
  };
  replace(owner, name, trap, original);
}

/** Puts a method in the place of another, so that both look alike to the program. */
function replace(
  owner: Anything,
  name: string,
  by: object,
  original: { name: string; length: number },
): void {
  Object.defineProperty(by, "name", { value: original.name, configurable: true });
  Object.defineProperty(by, "length", { value: original.length, configurable: true });
  Object.defineProperty(owner, name, { value: by, configurable: true, enumerable: false, writable: true });
}

function isObject(value: unknown): value is Anything {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}

/** Whatever a program has done to its objects, it must not fail by what is added here. */
function attempt(task: () => unknown): void {
  try {
    task();
  } catch {
    // The spans then have no places, as without us.
  }
}
