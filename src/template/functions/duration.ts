/** Go's time.Duration: a length of time, as a bigint of nanoseconds. */
import { quoteForTime } from "../../time/parse_time.ts";
import { FunctionError } from "../function.ts";
import { asByteUnits } from "./define.ts";

const NANOSECOND = 1n;
export const MICROSECOND = 1000n, MILLISECOND = 1_000_000n, SECOND = 1_000_000_000n;
export const MINUTE = 60n * SECOND, HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
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

/**
 * Go's time.ParseDuration in nanoseconds.
 * @throws {FunctionError} in Go's words.
 */
export function parseDuration(text: string): bigint {
  const [, sign, size] = /^([+-]?)(.*)$/s.exec(text) as unknown as [string, string, string];
  if (size === "0") return 0n;
  const fail = (what: string): never => {
    throw new FunctionError(`time: ${what}duration ${quoteDuration(text)}`);
  };
  if (size === "") fail("invalid ");
  let total = 0n;
  for (let rest = size; rest !== "";) {
    const [part, digits, fraction = "", unit] = PART.exec(rest)! as unknown as [string, string, string, string];
    const whole = digits === "" ? 0n : digits.length > 40 ? LARGEST + 1n : BigInt(digits);
    if (digits === "" && fraction === "" || whole > LARGEST) fail("invalid ");
    if (unit === "") fail("missing unit in ");
    const scale = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (scale === undefined) return fail(`unknown unit ${quoteDuration(unit)} in `);
    total += whole * scale;
    if (fraction !== "") total += fractionOf(fraction, scale);
    if (total > LARGEST) fail("invalid ");
    rest = rest.slice(part.length);
  }
  if (sign === "-") return -total;
  return total === LARGEST ? fail("invalid ") : total;
}

/** Nanoseconds; none where time.ParseDuration fails. */
export function durationOrZero(text: string): bigint {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof FunctionError) return 0n;
    throw error;
  }
}

const PART = /^([0-9]*)(?:\.([0-9]*))?([^.0-9]*)/;
const LARGEST = 2n ** 63n;

/** The digits after the point, as many as Go has room for, by Go's way through float64. */
function fractionOf(digits: string, scale: bigint): bigint {
  let value = 0n, power = 1;
  for (const digit of digits) {
    if (value > (LARGEST - 1n) / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > LARGEST) break;
    [value, power] = [next, power * 10];
  }
  return BigInt(Math.trunc(Number(value) * (Number(scale) / power)));
}

/** Go's quoting in the errors of time. */
function quoteDuration(text: string): string {
  return quoteForTime(asByteUnits(text));
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
