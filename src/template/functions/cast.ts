/** Conversions to numbers as spf13/cast makes them for sprig: what can't be converted is 0. */
import { GoInt, type Value } from "../value.ts";
import { parseFloatLiteral } from "../number.ts";

const INT64_MIN = -(2n ** 63n), INT64_END = 2n ** 63n;

/** cast.ToInt64. */
export function toInt64(value: Value): bigint {
  if (value instanceof GoInt) return BigInt.asIntN(64, value.value);
  if (typeof value === "number") return truncate(value);
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "string" ? parseInt64(withoutFraction(value), 0) ?? 0n : 0n;
}

/** cast.ToFloat64. */
export function toFloat64(value: Value): number {
  if (value instanceof GoInt) return value.toNumber();
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" ? parseFloat64(value) ?? 0 : 0;
}

/** Go's conversion on amd64, where what doesn't fit is the smallest int64. */
function truncate(value: number): bigint {
  if (Number.isNaN(value) || Math.abs(value) >= 2 ** 63) return INT64_MIN;
  return BigInt(Math.trunc(value));
}

function withoutFraction(text: string): string {
  if (!text.includes(".")) return text;
  const match = /^([-+]?\d*)(?:\.\d*)?$/.exec(text);
  if (!match) return text;
  return /\d/.test(match[1]!) ? match[1]! : `${match[1]}0`;
}

/** Go's strconv.ParseInt for 64 bits, with base 0, 8 or 10; undefined where it fails. */
export function parseInt64(text: string, base: 0 | 8 | 10): bigint | undefined {
  const match = /^([-+]?)(.+)$/s.exec(text);
  if (!match) return undefined;
  const magnitude = base !== 0 ? parseDigits(match[2]!, base) : match[2] === "0" ? 0n : parsePrefixed(match[2]!);
  if (magnitude === undefined) return undefined;
  const value = match[1] === "-" ? -magnitude : magnitude;
  return value >= INT64_MIN && value < INT64_END ? value : undefined;
}

/** Go's strconv.Atoi, where sprig ignores its errors: beyond int64 it gives the nearest one, and else 0. */
export function atoi(text: string): bigint {
  const value = parseInt64(text, 10);
  if (value !== undefined || !/^[-+]?\d+$/.test(text)) return value ?? 0n;
  return text.startsWith("-") ? INT64_MIN : INT64_END - 1n;
}

function parseDigits(digits: string, base: 8 | 10): bigint | undefined {
  if (!(base === 8 ? /^[0-7]+$/ : /^\d+$/).test(digits)) return undefined;
  return BigInt(base === 8 ? `0o${digits}` : digits);
}

/** A literal of Go without its sign: the prefix gives the base, and underscores may stand between digits. */
function parsePrefixed(text: string): bigint | undefined {
  const match = /^(0[xX]|0[bB]|0[oO]?)?(_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)$/.exec(text);
  if (!match) return undefined;
  const prefix = (match[1] ?? "").toLowerCase(), digits = match[2]!.replaceAll("_", "");
  if (prefix === "") return /^[1-9]\d*$/.test(digits) && !match[2]!.startsWith("_") ? BigInt(digits) : undefined;
  const isOfBase = prefix === "0x" ? /^[0-9a-f]+$/i : prefix === "0b" ? /^[01]+$/ : /^[0-7]+$/;
  return isOfBase.test(digits) ? BigInt((prefix === "0" ? "0o" : prefix) + digits) : undefined;
}

/** Go's strconv.ParseFloat; undefined where it fails, as for what is out of range. */
export function parseFloat64(text: string): number | undefined {
  if (/^[-+]?(inf|infinity)$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^nan$/i.test(text) ? NaN : parseFloatLiteral(text);
}
