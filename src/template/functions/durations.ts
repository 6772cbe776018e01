/** Sprig's functions of lengths of time: Go's time.Duration. */
import { GoInt, type Value } from "../value.ts";
import { toInt64 } from "./cast.ts";
import { ANY } from "../value.ts";
import { type Family, fn } from "./define.ts";

const NANOSECOND = 1n, MICROSECOND = 1000n, MILLISECOND = 1_000_000n, SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND, HOUR = 60n * MINUTE, DAY = 24n * HOUR;
const UNITS: Readonly<Record<string, bigint>> = {
  ns: NANOSECOND,
  us: MICROSECOND,
  "µs": MICROSECOND,
  "μs": MICROSECOND,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

/** Go's Duration.String of so many nanoseconds. */
export function formatDuration(duration: bigint): string {
  if (duration === 0n) return "0s";
  const sign = duration < 0n ? "-" : "";
  const rest = duration < 0n ? -duration : duration;
  if (rest < SECOND) {
    const [unit, name] = rest < MICROSECOND
      ? [1n, "ns"] as const
      : rest < MILLISECOND
      ? [MICROSECOND, "µs"] as const
      : [MILLISECOND, "ms"] as const;
    return sign + decimal(rest, unit) + name;
  }
  const hours = rest / HOUR, minutes = rest / MINUTE % 60n;
  const seconds = `${decimal(rest % MINUTE, SECOND)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

function decimal(value: bigint, unit: bigint): string {
  const whole = value / unit;
  const digits = String(unit).length - 1;
  const fraction = String(value % unit).padStart(digits, "0").replace(/0+$/, "");
  return digits === 0 || fraction === "" ? String(whole) : `${whole}.${fraction}`;
}

/** Go's time.ParseDuration in nanoseconds; undefined where it fails. */
export function parseDuration(text: string): bigint | undefined {
  const match = /^([+-]?)(.*)$/s.exec(text)!;
  if (match[2] === "0") return 0n;
  let rest = match[2]!, total = 0n;
  if (rest === "") return undefined;
  while (rest !== "") {
    const part = /^([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/.exec(rest);
    if (!part || part[1] === "" && (part[2] ?? "") === "") return undefined;
    const [whole, number, fraction = "", unit] = part;
    const scale = UNITS[unit!]!;
    total += BigInt(number || "0") * scale;
    if (fraction !== "") total += BigInt(fraction.slice(0, 18)) * scale / 10n ** BigInt(Math.min(fraction.length, 18));
    if (total > 2n ** 63n) return undefined;
    rest = rest.slice(whole.length);
  }
  const signed = match[1] === "-" ? -total : total;
  return BigInt.asIntN(64, signed) === signed ? signed : undefined;
}

/** Sprig's durationRound: the largest unit alone, in years down to seconds. */
export function roundDuration(duration: bigint): string {
  const rest = duration < 0n ? -duration : duration;
  const units: readonly (readonly [bigint, string])[] = [
    [365n * DAY, "y"],
    [30n * DAY, "mo"],
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "m"],
    [SECOND, "s"],
  ];
  for (const [unit, name] of units) if (rest > unit) return `${rest / unit}${name}`;
  return "0s";
}

function seconds(value: Value): bigint {
  if (typeof value === "string") return toInt64(value);
  return value instanceof GoInt && value.kind === "int64" ? value.value : 0n;
}

function durationOf(value: Value): bigint {
  if (typeof value === "string") return parseDuration(value) ?? 0n;
  return value instanceof GoInt && value.kind === "int64" ? value.value : 0n;
}

export const durations: Family = {
  duration: fn([ANY], ([value]) => formatDuration(BigInt.asIntN(64, seconds(value!) * SECOND))),
  durationRound: fn([ANY], ([value]) => roundDuration(durationOf(value!))),
};
