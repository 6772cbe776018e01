/** Conversions between types, as Go's strconv, fmt and time read and write them. */
import { formatFloat } from "../../json/number.ts";
import { parseFloat64, parseInt64, parseUint64 } from "../../json/read_number.ts";
import { Failure, type Result } from "../evaluation.ts";
import { type FunctionDeclaration, overload, type Run } from "../signature.ts";
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp, timestampFromSeconds } from "../time.ts";
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, param, STRING, TIMESTAMP, typeOf, UINT } from "../type.ts";
import { type Duration, type Timestamp, TypeName, typeName, Uint, type Value } from "../value.ts";

const INT64_MAX = 2n ** 63n - 1n;

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const identity: Run = ([value]) => value!;

/** A conversion of values that the overload already knows to be of type T. Reading a text or bytes is paid for by length. */
function of<T extends Value>(convert: (value: T) => Result): Run {
  return ([value], evaluation) => {
    if (typeof value === "string" || value instanceof Uint8Array) evaluation.spendText(value.length);
    return convert(value as T);
  };
}

function notConvertible(from: string, to: string): Failure {
  return new Failure(`type conversion error from '${from}' to '${to}': the ${from} is not one`);
}

function intFromDouble(value: number): Result {
  // Go excludes both ends: -2^63 fits, but is refused.
  if (!(value > -(2 ** 63) && value < 2 ** 63)) return new Failure("integer overflow");
  return BigInt(Math.trunc(value));
}

function uintFromDouble(value: number): Result {
  if (!(value >= 0 && value < 2 ** 64)) return new Failure("unsigned integer overflow");
  return new Uint(BigInt(Math.trunc(value)));
}

function intFromString(text: string): Result {
  return parseInt64(text, 10) ?? notConvertible("string", "int");
}

function uintFromString(text: string): Result {
  const value = parseUint64(text, 10);
  return value === undefined ? notConvertible("string", "uint") : new Uint(value);
}

function doubleFromString(text: string): Result {
  return parseFloat64(text) ?? notConvertible("string", "double");
}

function boolFromString(text: string): Result {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  return notConvertible("string", "bool");
}

function stringFromBytes(bytes: Uint8Array): Result {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return new Failure("the bytes are no UTF-8");
  }
}

const A = param("A");

export const CONVERSIONS: readonly FunctionDeclaration[] = [
  {
    name: "type",
    overloads: [overload([A], typeOf(A))],
    run: ([value]) => new TypeName(typeName(value!)),
  },
  { name: "dyn", overloads: [overload([A], DYN)], run: identity },
  {
    name: "bool",
    overloads: [overload([BOOL], BOOL, identity), overload([STRING], BOOL, of(boolFromString))],
  },
  {
    name: "bytes",
    overloads: [
      overload([BYTES], BYTES, identity),
      overload([STRING], BYTES, of((text: string) => encoder.encode(text))),
    ],
  },
  {
    name: "double",
    overloads: [
      overload([DOUBLE], DOUBLE, identity),
      overload([INT], DOUBLE, of((value: bigint) => Number(value))),
      overload([STRING], DOUBLE, of(doubleFromString)),
      overload([UINT], DOUBLE, of((value: Uint) => Number(value.value))),
    ],
  },
  {
    name: "duration",
    overloads: [overload([DURATION], DURATION, identity), overload([STRING], DURATION, of(parseDuration))],
  },
  {
    name: "int",
    overloads: [
      overload([INT], INT, identity),
      overload([DOUBLE], INT, of(intFromDouble)),
      overload([DURATION], INT, of((value: Duration) => value.nanos)),
      overload([STRING], INT, of(intFromString)),
      overload([TIMESTAMP], INT, of((value: Timestamp) => BigInt(value.seconds))),
      overload(
        [UINT],
        INT,
        of(({ value }: Uint) => value > INT64_MAX ? new Failure("integer overflow") : value),
      ),
    ],
  },
  {
    name: "string",
    overloads: [
      overload([STRING], STRING, identity),
      overload([BOOL], STRING, of((value: boolean) => String(value))),
      overload([BYTES], STRING, of(stringFromBytes)),
      overload([DOUBLE], STRING, of((value: number) => formatFloat(value))),
      overload([DURATION], STRING, of(formatDuration)),
      overload([INT], STRING, of((value: bigint) => value.toString())),
      overload([TIMESTAMP], STRING, of(formatTimestamp)),
      overload([UINT], STRING, of((value: Uint) => value.value.toString())),
    ],
  },
  {
    name: "timestamp",
    overloads: [
      overload([TIMESTAMP], TIMESTAMP, identity),
      overload([INT], TIMESTAMP, of(timestampFromSeconds)),
      overload([STRING], TIMESTAMP, of(parseTimestamp)),
    ],
  },
  {
    name: "uint",
    overloads: [
      overload([UINT], UINT, identity),
      overload([DOUBLE], UINT, of(uintFromDouble)),
      overload(
        [INT],
        UINT,
        of((value: bigint) => value < 0n ? new Failure("unsigned integer overflow") : new Uint(value)),
      ),
      overload([STRING], UINT, of(uintFromString)),
    ],
  },
];
