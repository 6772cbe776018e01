/** CEL rules over one variable, `resource`, checked and evaluated as Sveltos has cel-go do it. */
import type { Json } from "../json/json.ts";
import { checkRule } from "./check.ts";
import { CelError, errorAt } from "./errors.ts";
import { Aborted, Evaluation, Failure, type Result } from "./evaluation.ts";
import { parseRule } from "./parse.ts";
import { planRule } from "./plan.ts";
import { typeName } from "./value.ts";

export { CelError, type CelStage } from "./errors.ts";
export { MAX_COST } from "./evaluation.ts";
export { MAX_NESTING, MAX_RULE_LENGTH } from "./parse.ts";

/** A compiled rule; it holds no state and can be evaluated any number of times. */
export interface CelRule {
  /**
   * Whether the rule holds for the object, which is neither copied nor changed.
   *
   * @throws {CelError} of stage `evaluate` where the rule fails on it (a missing key), gives no boolean, or takes more than
   * {@link MAX_COST} steps. Messages quote the rule, never what the object holds.
   */
  evaluate(resource: Json): boolean;
}

/** @throws {CelError} of stage `parse` or `check`, with line and column. */
export function compileRule(rule: string): CelRule {
  const run = compileExpression(rule);
  return {
    evaluate(resource) {
      const value = run(resource);
      if (value instanceof Failure) throw errorAt("evaluate", value.reason, rule, value.at ?? 0);
      if (typeof value !== "boolean") throw new CelError("evaluate", `must return bool, got ${typeName(value)}`);
      return value;
    },
  };
}

/**
 * What a rule of any type computes; a failure is a value.
 *
 * @throws {CelError} when compiled, of stage `parse` or `check`; when run, of stage `evaluate` where nothing absorbs the error: at the
 * cost limit, or where Go would panic.
 */
export function compileExpression(rule: string): (resource: Json) => Result {
  const root = parseRule(rule);
  const step = planRule(root, checkRule(root, rule), rule);
  return (resource) => {
    try {
      return step(new Evaluation(resource));
    } catch (error) {
      if (error instanceof Aborted) throw errorAt("evaluate", error.reason, rule, error.at ?? root.at);
      throw error;
    }
  };
}

/** A rule by name, compiled or with the error that compiling gave. */
export interface NamedRule {
  readonly name: string;
  readonly rule: CelRule | CelError;
}

export interface RuleOutcome {
  readonly name: string;
  readonly matched: boolean;
  /** Why the rule counts as false. */
  readonly error?: CelError;
}

/**
 * Evaluates each rule alone and says whether one holds.
 *
 * Sveltos: rules are OR-ed in order, and one that fails is false (libsveltos lib/cel, EvaluateRules). It stops at the first
 * that holds, which gives the same answer.
 */
export function evaluateRules(
  rules: readonly NamedRule[],
  resource: Json,
): { matched: boolean; rules: RuleOutcome[] } {
  const outcomes = rules.map((rule) => evaluateNamed(rule, resource));
  return { matched: outcomes.some(({ matched }) => matched), rules: outcomes };
}

function evaluateNamed({ name, rule }: NamedRule, resource: Json): RuleOutcome {
  if (rule instanceof CelError) return { name, matched: false, error: rule };
  try {
    return { name, matched: rule.evaluate(resource) };
  } catch (error) {
    if (error instanceof CelError) return { name, matched: false, error };
    throw error;
  }
}
