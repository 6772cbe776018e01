/**
 * Values on their way to another thread. A message is a structured clone, which keeps plain values, `bigint`, Map and Set,
 * but forgets classes: {@link Float64} travels as a boxed number, and an object that the other side has already as a boxed
 * `bigint`, its number there. Neither can be mistaken: nothing else of ours is boxed.
 */
import { Float64 } from "../json/json.ts";
import { SameTexts } from "../json/same_texts.ts";

/** A copy that can be posted; what is shared stays shared. `known`: the numbers of objects that the other side has. */
export function pack(value: unknown, known: { get(value: object): number | undefined } = new Map()): unknown {
  const done = new Map<object, unknown>();
  const walk = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const number = known.get(value);
    if (number !== undefined) return Object(BigInt(number));
    if (value instanceof Float64) return Object(value.value);
    const before = done.get(value);
    if (before !== undefined) return before;
    const copy = mapInner(value, walk);
    done.set(value, copy);
    return copy;
  };
  return walk(value);
}

/** What {@link pack} was given; `known` gives this side's object of a number, `texts` has the long texts of what came before. */
export function unpack(
  packed: unknown,
  known: (number: number) => unknown = nothingIsKnown,
  texts: SameTexts = new SameTexts(),
): unknown {
  const done = new Map<object, unknown>();
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return texts.of(value);
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Number) return new Float64(value.valueOf());
    if (value instanceof BigInt) return known(Number(value.valueOf()));
    const before = done.get(value);
    if (before !== undefined) return before;
    const copy = mapInner(value, walk);
    done.set(value, copy);
    return copy;
  };
  return walk(packed);
}

function nothingIsKnown(number: number): never {
  throw new Error(`object ${number} was named where nothing is shared`);
}

function mapInner(value: object, walk: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(walk);
  if (value instanceof Set) return new Set([...value].map(walk));
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [walk(key), walk(inner)]));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`a ${value.constructor.name} can't be passed to another thread`);
  }
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    // An assignment would swallow it.
    if (key === "__proto__") Object.defineProperty(copy, key, { value: walk(inner), ...OWN });
    else copy[key] = walk(inner);
  }
  return copy;
}

const OWN = { enumerable: true, configurable: true, writable: true };
