/** CEL rules over one variable, `resource`, as Sveltos evaluates them with cel-go. */
import { celEnv, type CelFunc, celFunc, CelScalar, isCelError, parse, plan } from "@bufbuild/cel";
import type { Json } from "../json/json.ts";
import { formatFloat } from "../json/number.ts";
import { checkExpression } from "./check.ts";
import { CelError } from "./errors.ts";
import { celValue, Cost, CostExceeded } from "./value.ts";

export { CelError } from "./errors.ts";

/** A longer rule is not compiled. */
export const MAX_RULE_LENGTH = 64 * 1024;

/** A compiled rule; it holds no state and can be evaluated any number of times. */
export interface CelRule {
  /**
   * Whether the rule holds for the object.
   *
   * @throws {CelError} where the rule fails on it (a missing key) or gives no boolean; no values are quoted.
   */
  evaluate(resource: Json): boolean;
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** Conversions that the library does its own way. */
const CORRECTIONS: readonly CelFunc[] = [
  celFunc("string", [CelScalar.DOUBLE], CelScalar.STRING, (value: number) => formatFloat(value)),
  celFunc("int", [CelScalar.STRING], CelScalar.INT, (text: string) => {
    const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : undefined;
    if (value === undefined || value > INT64_MAX || value < INT64_MIN) throw new Error("the text is no int");
    return value;
  }),
  celFunc("double", [CelScalar.STRING], CelScalar.DOUBLE, (text: string) => {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(inf|infinity|nan)$/i.test(text)) {
      throw new Error("the text is no double");
    }
    const word = /inf/i.test(text)
      ? (text.startsWith("-") ? -Infinity : Infinity)
      : /nan/i.test(text)
      ? NaN
      : undefined;
    return word ?? Number(text);
  }),
];

const environment = celEnv({ variables: { resource: CelScalar.DYN }, funcs: [...CORRECTIONS] });

/** @throws {CelError} of stage `parse` or `check`, with line and column. */
export function compileRule(rule: string): CelRule {
  if (rule.length > MAX_RULE_LENGTH) {
    throw new CelError("parse", `the rule is longer than ${MAX_RULE_LENGTH} characters`);
  }
  const parsed = parseRule(rule);
  checkExpression(parsed, rule);
  let evaluate: (input: { resource: ReturnType<typeof celValue> }) => unknown;
  try {
    evaluate = plan(environment, parsed) as typeof evaluate;
  } catch (error) {
    throw new CelError("check", messageOf(error));
  }
  return {
    evaluate(resource) {
      let value: unknown;
      try {
        value = evaluate({ resource: celValue(resource, new Cost()) });
      } catch (error) {
        throw new CelError("evaluate", error instanceof CostExceeded ? error.message : "the rule fails on this object");
      }
      if (isCelError(value)) throw new CelError("evaluate", withoutValues(value.message));
      if (typeof value !== "boolean") throw new CelError("evaluate", `must return bool, got ${typeName(value)}`);
      return value;
    },
  };
}

function parseRule(rule: string): ReturnType<typeof parse> {
  try {
    return parse(rule);
  } catch (error) {
    const text = messageOf(error);
    const place = /<input>:(\d+):(\d+)/.exec(text);
    const reason = text.split("\n")[0]!.replace(/^.*?<input>:\d+:\d+:\s*/, "");
    throw new CelError("parse", `not CEL: ${reason}`, rule, place ? Number(place[1]) : 1, place ? Number(place[2]) : 1);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The library's messages name keys and types; anything longer might be a value. */
function withoutValues(message: string): string {
  return message.split("\n")[0]!.slice(0, 120);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  return typeof value === "string" ? "string" : "another type";
}
