/** A threshold and its randomness are 56 bits: 14 hex digits. */
const digits = 14;
const whole = 1n << 56n;

/**
 * How many spans one that was kept stands for: the adjusted count 2^56 / (2^56 − T), with the threshold T of `ot=th:…` in its
 * `tracestate`; 2^p for the older `ot=p:…`. Undefined where the state does not say: an unknown probability is not 1.
 * Source: OpenTelemetry specification, "TraceState: Probability Sampling" and "Tracestate handling".
 */
export function samplingWeight(traceState: string): number | undefined {
  const member = openTelemetryMember(traceState);
  if (member === undefined) return undefined;
  const threshold = subKey(member, "th");
  if (threshold !== undefined) return ofThreshold(threshold);
  const power = subKey(member, "p");
  return power === undefined ? undefined : ofPower(power);
}

function ofThreshold(text: string): number | undefined {
  if (!/^[0-9a-f]{1,14}$/.test(text)) return undefined;
  const threshold = BigInt(`0x${text.padEnd(digits, "0")}`);
  return Number(whole) / Number(whole - threshold);
}

/** 63 stands for a probability of zero: such a span was kept for another reason and stands for none. */
function ofPower(text: string): number | undefined {
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const power = Number(text);
  if (power > 63) return undefined;
  return power === 63 ? 0 : 2 ** power;
}

/** The value of the member `ot`; a second one is no tracestate, and counts as none. */
function openTelemetryMember(traceState: string): string | undefined {
  const values: string[] = [];
  for (const part of traceState.split(",")) {
    const member = part.trim();
    if (member.startsWith("ot=")) values.push(member.slice("ot=".length));
  }
  return values.length === 1 && values[0].length <= 256 ? values[0] : undefined;
}

function subKey(member: string, key: string): string | undefined {
  for (const part of member.split(";")) if (part.startsWith(`${key}:`)) return part.slice(key.length + 1);
  return undefined;
}
