/** Conversions to numbers as spf13/cast makes them for sprig: what can't be converted is 0. */
import { parseFloat64, parseInt64, parseUint64 } from "../../json/read_number.ts";
import { GoInt, GoText, type Value } from "../value.ts";

const INT64_MIN = -(2n ** 63n), INT64_MAX = 2n ** 63n - 1n;

/** cast.ToInt64. */
export function toInt64(value: Value): bigint {
  if (value instanceof GoText) return toInt64(value.text);
  if (value instanceof GoInt) return BigInt.asIntN(64, value.value);
  if (typeof value === "number") return truncate(value);
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "string" ? parseInt64(withoutFraction(value), 0) ?? 0n : 0n;
}

/** cast.ToFloat64. */
export function toFloat64(value: Value): number {
  if (value instanceof GoText) return toFloat64(value.text);
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

/**
 * Go's strconv.Atoi, where sprig ignores its errors: beyond int64 it gives the nearest one, also where something else follows
 * digits that are too many for 64 bits; and else 0.
 */
export function atoi(text: string): bigint {
  const value = parseInt64(text, 10);
  if (value !== undefined) return value;
  const [digits, rest] = /^[-+]?([0-9]+)([^]*)$/.exec(text)?.slice(1) ?? [];
  const isTooLarge = digits !== undefined && (rest === "" || parseUint64(digits, 10) === undefined);
  if (!isTooLarge) return 0n;
  return text.startsWith("-") ? INT64_MIN : INT64_MAX;
}
