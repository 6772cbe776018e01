/** Equality and order of values: numbers of different types by value, as cel-go compares them. */
import { compareBytes } from "../json/json.ts";
import type { Evaluation } from "./evaluation.ts";
import { Duration, isList, isMap, type List, type MapValue, Timestamp, TypeName, Uint, type Value } from "./value.ts";

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

type Numeric = bigint | number | Uint;

export function isNumeric(value: Value): value is Numeric {
  return typeof value === "bigint" || typeof value === "number" || value instanceof Uint;
}

/** Whether the values are equal; values of different kinds are not, NaN is not equal to itself. @throws {Aborted} */
export function equalValues(a: Value, b: Value, evaluation: Evaluation): boolean {
  evaluation.spend(1);
  if (typeof a === "string" && typeof b === "string") evaluation.spendText(Math.min(a.length, b.length));
  if (isNumeric(a)) return isNumeric(b) && compareNumbers(a, b) === 0;
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareByteArrays(a, b, evaluation) === 0;
  if (a instanceof TypeName) return b instanceof TypeName && a.name === b.name;
  if (a instanceof Timestamp) return b instanceof Timestamp && compareTimestamps(a, b) === 0;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (isList(a)) return isList(b) && equalLists(a, b, evaluation);
  return isMap(a) && isMap(b) && equalMaps(a, b, evaluation);
}

function equalLists(a: List, b: List, evaluation: Evaluation): boolean {
  if (a.size !== b.size) return false;
  for (let i = 0; i < a.size; i++) {
    if (!equalValues(a.at(i), b.at(i), evaluation)) return false;
  }
  return true;
}

function equalMaps(a: MapValue, b: MapValue, evaluation: Evaluation): boolean {
  const keys = a.keys();
  evaluation.spend(keys.length);
  if (keys.length !== b.size) return false;
  for (const key of keys) {
    const other = b.find(key);
    if (other === undefined || !equalValues(a.find(key)!, other, evaluation)) return false;
  }
  return true;
}

/** Negative, zero or positive; undefined where the two have no order. NaN orders as neither less nor greater. */
export function compareValues(a: Value, b: Value, evaluation: Evaluation): number | undefined {
  if (isNumeric(a)) return isNumeric(b) ? compareNumbers(a, b) ?? 0 : undefined;
  if (typeof a === "boolean") return typeof b === "boolean" ? Number(a) - Number(b) : undefined;
  if (typeof a === "string") {
    if (typeof b !== "string") return undefined;
    evaluation.spendText(Math.min(a.length, b.length));
    return compareBytes(a, b);
  }
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareByteArrays(a, b, evaluation) : undefined;
  if (a instanceof Timestamp) return b instanceof Timestamp ? compareTimestamps(a, b) : undefined;
  if (a instanceof Duration) return b instanceof Duration ? Number(a.nanos - b.nanos) : undefined;
  return undefined;
}

/** Undefined if one is NaN. An integer meets a double as the nearest double, as in cel-go: 2^53+1 equals 2.0^53. */
function compareNumbers(a: Numeric, b: Numeric): number | undefined {
  if (typeof a === "number") {
    if (typeof b === "number") return a < b ? -1 : a > b ? 1 : a === b ? 0 : undefined;
    return compareDoubleToInteger(a, b);
  }
  if (typeof b === "number") {
    const reversed = compareDoubleToInteger(b, a);
    return reversed === undefined ? undefined : -reversed;
  }
  const x = a instanceof Uint ? a.value : a;
  const y = b instanceof Uint ? b.value : b;
  return x < y ? -1 : x > y ? 1 : 0;
}

function compareDoubleToInteger(double: number, integer: bigint | Uint): number | undefined {
  if (Number.isNaN(double)) return undefined;
  const isUnsigned = integer instanceof Uint;
  if (double < (isUnsigned ? 0 : -TWO_63)) return -1;
  if (double > (isUnsigned ? TWO_64 : TWO_63)) return 1;
  const other = Number(isUnsigned ? integer.value : integer);
  return double < other ? -1 : double > other ? 1 : 0;
}

function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}

function compareByteArrays(a: Uint8Array, b: Uint8Array, evaluation: Evaluation): number {
  const length = Math.min(a.length, b.length);
  evaluation.spendText(length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
