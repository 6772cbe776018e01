/** Values of CEL as cel-go prints them. */
import { quoteText } from "../../src/template/quote.ts";
import { formatDuration, formatTimestamp } from "../../src/cel/time.ts";
import { Duration, isList, isMap, Timestamp, TypeName, Uint, type Value } from "../../src/cel/value.ts";

/** The value as a CEL literal, as cel-go's types.Format writes it; keys of maps sorted by their texts. */
export function formatValue(value: Value): string {
  if (typeof value === "string") return quoteText(value);
  if (typeof value === "number") return formatDouble(value);
  if (value === null || typeof value !== "object") return String(value);
  if (value instanceof Uint8Array) {
    return `b"${[...value].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}"`;
  }
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof TypeName) return value.name;
  if (value instanceof Timestamp) {
    return `timestamp("${formatTimestamp(new Timestamp(value.seconds, value.nanos, 0))}")`;
  }
  if (value instanceof Duration) return `duration("${formatDuration(value)}")`;
  if (isList(value)) return `[${Array.from({ length: value.size }, (_, i) => formatValue(value.at(i))).join(", ")}]`;
  if (!isMap(value)) throw new Error("unknown value");
  const entries = [...value.keys()].map((key) => {
    const found = value.find(key);
    // NaN is a key, but no key is equal to it.
    return [formatValue(key), found === undefined ? "%!s(<nil>)" : formatValue(found)] as const;
  });
  entries.sort(([a], [b]) => a < b ? -1 : 1);
  return `{${entries.map(([key, text]) => `${key}: ${text}`).join(", ")}}`;
}

function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'double("NaN")';
  if (!Number.isFinite(value)) return value > 0 ? 'double("Infinity")' : 'double("-Infinity")';
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e") as [string, string];
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 1;
  if (value === 0) return `${sign}0.0`;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return `${sign}${digits.padEnd(point, "0")}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
