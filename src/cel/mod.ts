/** CEL rules over one variable, `resource`, checked and evaluated as Sveltos has cel-go do it. */
import type { Json } from "../json/json.ts";
import { checkRule } from "./check.ts";
import { CelError, errorAt } from "./errors.ts";
import { Aborted, Evaluation, Failure, type Result } from "./evaluation.ts";
import { type CelLimits, DEFAULT_CEL_LIMITS } from "./limits.ts";
import { parseRule } from "./parse.ts";
import { planRule } from "./plan.ts";
import { typeName } from "./value.ts";

export { CelError, type CelStage } from "./errors.ts";
export { CEL_LIMIT_FLAGS, type CelLimits, DEFAULT_CEL_LIMITS } from "./limits.ts";
export { MAX_NESTING, MAX_RULE_LENGTH } from "./parse.ts";

/** A compiled rule; it holds no state and can be evaluated any number of times. */
export interface CelRule {
  /**
   * Whether the rule holds for the object, which is neither copied nor changed.
   *
   * @throws {CelError} of stage `evaluate` where the rule fails on it (a missing key) or gives no boolean, of stage `limit`
   * where it takes more than it may. Messages quote the rule, never what the object holds.
   */
  evaluate(resource: Json): boolean;
  /**
   * The same for those who don't ask why: undefined where the rule fails, which costs far less than an error. `onCost` is told
   * what it took, whatever came of it.
   *
   * @throws {CelError} of stage `limit` alone.
   */
  test(resource: Json, onCost?: (steps: number) => void): boolean | undefined;
}

/** @throws {CelError} of stage `parse` or `check`, with line and column. */
export function compileRule(rule: string, limits?: Partial<CelLimits>): CelRule {
  const run = compileExpression(rule, limits);
  return {
    evaluate(resource) {
      const value = run(resource);
      if (value instanceof Failure) throw errorAt("evaluate", value.reason, rule, value.at ?? 0);
      if (typeof value !== "boolean") throw new CelError("evaluate", `must return bool, got ${typeName(value)}`);
      return value;
    },
    test(resource, onCost) {
      try {
        const value = run(resource, onCost);
        return typeof value === "boolean" ? value : undefined;
      } catch (error) {
        if (error instanceof CelError && error.stage !== "limit") return undefined;
        throw error;
      }
    },
  };
}

/**
 * What a rule of any type computes; a failure is a value.
 *
 * @throws {CelError} when compiled, of stage `parse` or `check`; when run, of stage `limit` at a limit, of stage `evaluate` where Go
 * would panic.
 */
export function compileExpression(
  rule: string,
  limits: Partial<CelLimits> = {},
): (resource: Json, onCost?: (steps: number) => void) => Result {
  const allLimits = { ...DEFAULT_CEL_LIMITS, ...limits };
  const root = parseRule(rule);
  const step = planRule(root, checkRule(root, rule), rule);
  return (resource, onCost) => {
    const evaluation = new Evaluation(resource, allLimits);
    try {
      return step(evaluation);
    } catch (error) {
      if (error instanceof Aborted) throw errorAt(error.stage, error.reason, rule, error.at ?? root.at);
      throw error;
    } finally {
      onCost?.(evaluation.spent);
    }
  };
}
