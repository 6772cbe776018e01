/** Errors of CEL rules. They quote the rule and its own literals, never what an object holds. */

/**
 * `parse`: not CEL. `check`: CEL that can't mean anything. `evaluate`: fails on this object, or gives no boolean. `limit`: took
 * more than it may, so nobody knows what it gives.
 */
export type CelStage = "parse" | "check" | "evaluate" | "limit";

/** A rule that is wrong or that failed: the message has the place, the reason, the line of the rule and a caret. */
export class CelError extends Error {
  override name = "CelError";
  constructor(
    readonly stage: CelStage,
    readonly reason: string,
    rule?: string,
    readonly line?: number,
    readonly column?: number,
  ) {
    super(
      rule === undefined || line === undefined
        ? reason
        : `${line}:${column}: ${reason}\n${snippet(rule, line, column ?? 1)}`,
    );
  }
}

/** The error at the UTF-16 offset `at` of the rule; lines and columns count from 1, columns in code points. */
export function errorAt(stage: CelStage, reason: string, rule: string, at: number): CelError {
  const before = rule.slice(0, at);
  const line = before.split("\n").length;
  const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
  return new CelError(stage, reason, rule, line, column);
}

/** How much of a long line is shown on each side of the caret. */
const SNIPPET_WIDTH = 60;

function snippet(rule: string, line: number, column: number): string {
  const text = [...(rule.split("\n")[line - 1] ?? "").replace(/[\r\t]/g, " ")];
  const start = Math.max(0, column - 1 - SNIPPET_WIDTH);
  const shown = text.slice(start, column - 1 + SNIPPET_WIDTH).join("");
  return `${shown}\n${" ".repeat(column - 1 - start)}^`;
}
