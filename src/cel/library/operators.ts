/** Operators: arithmetic, order, equality, logic, `in` and indexing, with the types that cel-go declares for them. */
import { compareValues, equalValues, isNumeric } from "../compare.ts";
import { bytesAsKey, type Evaluation, Failure, noSuchOverload, type Result } from "../evaluation.ts";
import { type FunctionDeclaration, type Overload, overload, type Run } from "../signature.ts";
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  mapOf,
  param,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
} from "../type.ts";
import { addDuration, addToTimestamp, durationBetween, negateDuration, subtractDuration } from "../time.ts";
import {
  Duration,
  GrowingList,
  isList,
  isMap,
  type List,
  Timestamp,
  Uint,
  type Value,
  ValueList,
  ValueMap,
} from "../value.ts";

const A = param("A"), B = param("B");

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

function same(type: Type, result: Type = type): Overload {
  return overload([type, type], result);
}

const ORDER: readonly Overload[] = [
  same(BOOL, BOOL),
  same(INT, BOOL),
  ...crossType([INT, DOUBLE], [INT, UINT]),
  same(UINT, BOOL),
  ...crossType([UINT, DOUBLE], [UINT, INT]),
  same(DOUBLE, BOOL),
  ...crossType([DOUBLE, INT], [DOUBLE, UINT]),
  ...[STRING, BYTES, TIMESTAMP, DURATION].map((type) => same(type, BOOL)),
];

function crossType(...pairs: readonly (readonly Type[])[]): Overload[] {
  return pairs.map((args): Overload => ({ ...overload(args, BOOL), isCrossType: true }));
}

/** `a < b` and its kin. NaN is in no order with anything. */
function ordered(isTrue: (order: number) => boolean): Run {
  return ([a, b], evaluation) => {
    if (!isOrdered(a!)) return noSuchOverload();
    if (Number.isNaN(a) || Number.isNaN(b)) return false;
    const order = compareValues(a!, b!, evaluation);
    return order === undefined ? noSuchOverload() : isTrue(order);
  };
}

function isOrdered(value: Value): boolean {
  return isNumeric(value) || typeof value === "string" || typeof value === "boolean" || value instanceof Uint8Array ||
    value instanceof Timestamp || value instanceof Duration;
}

function int(value: bigint): Result {
  return value > INT64_MAX || value < INT64_MIN ? new Failure("integer overflow") : value;
}

function uint(value: bigint): Result {
  return value > UINT64_MAX || value < 0n ? new Failure("unsigned integer overflow") : new Uint(value);
}

/** An operation on two numbers of one type. */
function arithmetic(
  integers: ((a: bigint, b: bigint) => bigint | Failure) | undefined,
  doubles: ((a: number, b: number) => number) | undefined,
  others: Run = noSuchOverload,
): Run {
  return (args, evaluation) => {
    const [a, b] = args as [Value, Value];
    if (integers && typeof a === "bigint" && typeof b === "bigint") return checked(integers(a, b), int);
    if (integers && a instanceof Uint && b instanceof Uint) return checked(integers(a.value, b.value), uint);
    if (doubles && typeof a === "number" && typeof b === "number") return doubles(a, b);
    return others(args, evaluation);
  };
}

function checked(result: bigint | Failure, limit: (value: bigint) => Result): Result {
  return result instanceof Failure ? result : limit(result);
}

const addOthers: Run = ([a, b], evaluation) => {
  if (typeof a === "string" && typeof b === "string") {
    evaluation.spendText(a.length + b.length);
    return a + b;
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    evaluation.spendText(a.length + b.length);
    const sum = new Uint8Array(a.length + b.length);
    sum.set(a);
    sum.set(b, a.length);
    return sum;
  }
  if (a instanceof Duration && b instanceof Duration) return addDuration(a, b);
  if (a instanceof Duration && b instanceof Timestamp) return addToTimestamp(b, a);
  if (a instanceof Timestamp && b instanceof Duration) return addToTimestamp(a, b);
  return isList(a!) && isList(b!) ? concatenate(a, b, evaluation) : noSuchOverload();
};

function concatenate(a: List, b: List, evaluation: Evaluation): Result {
  if (a instanceof GrowingList) {
    for (let i = 0; i < b.size; i++) a.items.push(b.at(i));
    return a;
  }
  evaluation.spend(a.size + b.size);
  const items: Value[] = [];
  for (const list of [a, b]) {
    for (let i = 0; i < list.size; i++) items.push(list.at(i));
  }
  return new ValueList(items);
}

const subtractOthers: Run = ([a, b]) => {
  if (a instanceof Timestamp && b instanceof Timestamp) return durationBetween(b, a);
  if (!(b instanceof Duration)) return noSuchOverload();
  if (a instanceof Duration) return subtractDuration(a, b);
  if (!(a instanceof Timestamp)) return noSuchOverload();
  const negated = negateDuration(b);
  return negated instanceof Failure ? negated : addToTimestamp(a, negated);
};

const negate: Run = ([value]) => {
  if (typeof value === "bigint") return int(-value);
  if (typeof value === "number") return -value;
  return value instanceof Duration ? negateDuration(value) : noSuchOverload();
};

const contains: Run = ([element, container], evaluation) => {
  if (isMap(container!)) {
    // Go can't look bytes up in a map that the rule made, if there is anything in it; in one of the object it can.
    if (element instanceof Uint8Array && container instanceof ValueMap && container.size > 0) {
      throw bytesAsKey();
    }
    return container.find(element!) !== undefined;
  }
  if (!isList(container!)) return noSuchOverload();
  for (let i = 0; i < container.size; i++) {
    if (equalValues(element!, container.at(i), evaluation)) return true;
  }
  return false;
};

const divideByZero = () => new Failure("division by zero");
const modulusByZero = () => new Failure("modulus by zero");

/** The evaluator has its own ways with `_?_:_`, `_&&_`, `_||_`, `_==_`, `_!=_` and `_[_]`: see plan.ts. */
export const OPERATORS: readonly FunctionDeclaration[] = [
  { name: "_?_:_", overloads: [overload([BOOL, A, A], A)] },
  { name: "_&&_", overloads: [same(BOOL)] },
  { name: "_||_", overloads: [same(BOOL)] },
  {
    name: "!_",
    overloads: [overload([BOOL], BOOL)],
    run: ([value]) => typeof value === "boolean" ? !value : noSuchOverload(),
  },
  { name: "@not_strictly_false", overloads: [overload([BOOL], BOOL)] },
  { name: "_==_", overloads: [overload([A, A], BOOL)] },
  { name: "_!=_", overloads: [overload([A, A], BOOL)] },
  {
    name: "_+_",
    overloads: [
      same(BYTES),
      same(DOUBLE),
      same(DURATION),
      overload([DURATION, TIMESTAMP], TIMESTAMP),
      overload([TIMESTAMP, DURATION], TIMESTAMP),
      same(INT),
      overload([listOf(A), listOf(A)], listOf(A)),
      same(STRING),
      same(UINT),
    ],
    run: arithmetic((a, b) => a + b, (a, b) => a + b, addOthers),
  },
  {
    name: "_/_",
    overloads: [same(DOUBLE), same(INT), same(UINT)],
    run: arithmetic((a, b) => b === 0n ? divideByZero() : a / b, (a, b) => a / b),
  },
  {
    name: "_%_",
    overloads: [same(INT), same(UINT)],
    // MinInt64 % -1 overflows in cel-go, although the remainder would be 0.
    run: arithmetic((a, b) => b === 0n ? modulusByZero() : b === -1n && a === INT64_MIN ? -a : a % b, undefined),
  },
  {
    name: "_*_",
    overloads: [same(DOUBLE), same(INT), same(UINT)],
    run: arithmetic((a, b) => a * b, (a, b) => a * b),
  },
  { name: "-_", overloads: [overload([DOUBLE], DOUBLE), overload([INT], INT)], run: negate },
  {
    name: "_-_",
    overloads: [
      same(DOUBLE),
      same(DURATION),
      same(INT),
      overload([TIMESTAMP, DURATION], TIMESTAMP),
      overload([TIMESTAMP, TIMESTAMP], DURATION),
      same(UINT),
    ],
    run: arithmetic((a, b) => a - b, (a, b) => a - b, subtractOthers),
  },
  { name: "_<_", overloads: ORDER, run: ordered((order) => order < 0) },
  { name: "_<=_", overloads: ORDER, run: ordered((order) => order <= 0) },
  { name: "_>_", overloads: ORDER, run: ordered((order) => order > 0) },
  { name: "_>=_", overloads: ORDER, run: ordered((order) => order >= 0) },
  { name: "_[_]", overloads: [overload([listOf(A), INT], A), overload([mapOf(A, B), A], B)] },
  {
    name: "@in",
    overloads: [overload([A, listOf(A)], BOOL), overload([A, mapOf(A, B)], BOOL)],
    run: contains,
  },
];
