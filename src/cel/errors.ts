/** Errors of CEL rules. They quote the rule, never the object. */
export type CelStage = "parse" | "check" | "evaluate";

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

function snippet(rule: string, line: number, column: number): string {
  const text = rule.split("\n")[line - 1] ?? "";
  return `${text}\n${" ".repeat(Math.max(0, column - 1))}^`;
}
