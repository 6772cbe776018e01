/** Functions on strings, sizes and times. */
import { type Evaluation, Failure, noSuchOverload, type Result } from "../evaluation.ts";
import { type FunctionDeclaration, method, overload, type Run } from "../signature.ts";
import { type DateFields, durationIn, fieldsOf, zoneOffset } from "../time.ts";
import { matches } from "./patterns.ts";
import { BOOL, BYTES, DURATION, INT, listOf, mapOf, param, STRING, TIMESTAMP } from "../type.ts";
import { type Duration, isList, isMap, type Timestamp } from "../value.ts";

function textTest(test: (text: string, part: string) => boolean): Run {
  return ([text, part], evaluation) => {
    if (typeof text !== "string" || typeof part !== "string") return noSuchOverload();
    evaluation.spendText(text.length);
    return test(text, part);
  };
}

const size: Run = ([value], evaluation) => {
  if (typeof value === "string") {
    evaluation.spendText(value.length);
    return BigInt(codePoints(value));
  }
  if (value instanceof Uint8Array) return BigInt(value.length);
  if (isList(value!)) return BigInt(value.size);
  if (!isMap(value!)) return noSuchOverload();
  const count = value.size;
  evaluation.spend(count);
  return BigInt(count);
};

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    const unit = text.charCodeAt(i), next = text.charCodeAt(i + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
      count--;
      i++;
    }
  }
  return count;
}

/** Reading the time at a place takes as long as so many other steps. */
const STEPS_IN_ZONE = 20;

/** A method of timestamps, with a time zone or in UTC. */
function dateMethod(name: string, read: (fields: DateFields, timestamp: Timestamp) => number): FunctionDeclaration {
  const inZone = (timestamp: Timestamp, zone: string, evaluation: Evaluation): Result => {
    evaluation.spend(STEPS_IN_ZONE);
    evaluation.spendText(zone.length);
    const offset = zoneOffset(timestamp, zone);
    return offset instanceof Failure ? offset : BigInt(read(fieldsOf(timestamp, offset), timestamp));
  };
  return {
    name,
    overloads: [
      method([TIMESTAMP], INT, ([timestamp], evaluation) => inZone(timestamp as Timestamp, "UTC", evaluation)),
      method(
        [TIMESTAMP, STRING],
        INT,
        ([timestamp, zone], evaluation) => inZone(timestamp as Timestamp, zone as string, evaluation),
      ),
    ],
  };
}

/** A method of timestamps and of durations, of which it gives the whole. */
function timeMethod(
  name: string,
  whole: (duration: Duration) => bigint,
  read: (fields: DateFields, timestamp: Timestamp) => number,
): FunctionDeclaration {
  const { overloads } = dateMethod(name, read);
  return { name, overloads: [...overloads, method([DURATION], INT, ([duration]) => whole(duration as Duration))] };
}

const A = param("A"), B = param("B");
const SIZED = [BYTES, listOf(A), mapOf(A, B), STRING];

export const FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: "size",
    overloads: SIZED.flatMap((type) => [overload([type], INT), method([type], INT)]),
    run: size,
  },
  {
    name: "contains",
    overloads: [method([STRING, STRING], BOOL)],
    run: textTest((text, part) => text.includes(part)),
  },
  {
    name: "endsWith",
    overloads: [method([STRING, STRING], BOOL)],
    run: textTest((text, part) => text.endsWith(part)),
  },
  {
    name: "startsWith",
    overloads: [method([STRING, STRING], BOOL)],
    run: textTest((text, part) => text.startsWith(part)),
  },
  {
    name: "matches",
    overloads: [overload([STRING, STRING], BOOL), method([STRING, STRING], BOOL)],
    run: matches,
  },
  dateMethod("getFullYear", ({ year }) => year),
  dateMethod("getMonth", ({ month }) => month - 1),
  dateMethod("getDayOfYear", ({ dayOfYear }) => dayOfYear - 1),
  dateMethod("getDayOfMonth", ({ day }) => day - 1),
  dateMethod("getDate", ({ day }) => day),
  dateMethod("getDayOfWeek", ({ dayOfWeek }) => dayOfWeek),
  timeMethod("getHours", (duration) => durationIn(duration, 3_600_000_000_000n), ({ hour }) => hour),
  timeMethod("getMinutes", (duration) => durationIn(duration, 60_000_000_000n), ({ minute }) => minute),
  timeMethod("getSeconds", (duration) => durationIn(duration, 1_000_000_000n), ({ second }) => second),
  // Go has these as integers, not by way of float64.
  timeMethod(
    "getMilliseconds",
    ({ nanos }) => nanos / 1_000_000n,
    (_fields, { nanos }) => Math.floor(nanos / 1_000_000),
  ),
];
