/**
 * Kubernetes objects as CEL sees them, without a copy: maps and lists are wrapped when they are reached, integers are int
 * and other numbers double, null is a value of its own, and no key reaches a JavaScript prototype.
 */
import type { CelInput, CelList, CelMap } from "@bufbuild/cel";
import { Float64, type Json, type JsonObject } from "../json/json.ts";

// The library knows its own containers by these registered symbols.
const MAP = Symbol.for("@bufbuild/cel/map");
const LIST = Symbol.for("@bufbuild/cel/list");

/** Elements and entries that one evaluation of a rule may visit. */
export const MAX_COST = 2_000_000;

/** A rule that visits too much, such as a comprehension in a comprehension over long lists. */
export class CostExceeded extends Error {
  override name = "CostExceeded";
  constructor() {
    super(`cost limit exceeded: the rule visits more than ${MAX_COST} values of one object`);
  }
}

/** Counts what one evaluation visits. */
export class Cost {
  #spent = 0;
  spend(): void {
    if (++this.#spent > MAX_COST) throw new CostExceeded();
  }
}

/** The value as CEL's evaluator takes it. */
export function celValue(value: Json, cost: Cost): CelInput {
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? BigInt(value) : value;
    case "string":
    case "boolean":
    case "bigint":
      return value;
  }
  if (value === null) return null;
  if (value instanceof Float64) return value.value;
  const wrapped = Array.isArray(value) ? new WrappedList(value, cost) : new WrappedMap(value, cost);
  return wrapped as unknown as CelInput;
}

class WrappedMap {
  readonly [MAP] = {};
  constructor(readonly object: JsonObject, readonly cost: Cost) {}

  get size(): number {
    return Object.keys(this.object).length;
  }
  get(key: unknown): CelInput | undefined {
    this.cost.spend();
    return this.has(key) ? celValue(this.object[key as string]!, this.cost) : undefined;
  }
  has(key: unknown): boolean {
    return typeof key === "string" && Object.hasOwn(this.object, key);
  }
  forEach(visit: (value: CelInput, key: string, map: CelMap) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this as unknown as CelMap);
  }
  *entries(): Generator<[string, CelInput]> {
    for (const key of Object.keys(this.object)) {
      this.cost.spend();
      yield [key, celValue(this.object[key]!, this.cost)];
    }
  }
  *keys(): Generator<string> {
    for (const key of Object.keys(this.object)) {
      this.cost.spend();
      yield key;
    }
  }
  *values(): Generator<CelInput> {
    for (const [, value] of this.entries()) yield value;
  }
  [Symbol.iterator](): Generator<[string, CelInput]> {
    return this.entries();
  }
}

class WrappedList {
  readonly [LIST] = {};
  constructor(readonly items: readonly Json[], readonly cost: Cost) {}

  get size(): number {
    return this.items.length;
  }
  get(index: number): CelInput | undefined {
    this.cost.spend();
    return index < 0 || index >= this.items.length ? undefined : celValue(this.items[index]!, this.cost);
  }
  *values(): Generator<CelInput> {
    for (const item of this.items) {
      this.cost.spend();
      yield celValue(item, this.cost);
    }
  }
  [Symbol.iterator](): Generator<CelInput> {
    return this.values();
  }
}

export type { CelList };
