/** What became of rules: how many gave a value and how many failed in which stage, and how many of each are equal. */
import { field } from "../../src/json/json.ts";
import type { Comparison } from "./compare.ts";

/** A line for each outcome that the original has. */
export function ruleSummary(comparisons: readonly Comparison[]): string {
  const counts = new Map<string, { all: number; equal: number }>();
  for (const { wanted, verdict } of comparisons) {
    const outcome = outcomeOf(Array.isArray(wanted.rules) ? wanted.rules[0]! : wanted);
    const { all, equal } = counts.get(outcome) ?? { all: 0, equal: 0 };
    counts.set(outcome, { all: all + 1, equal: equal + (verdict === "equal" ? 1 : 0) });
  }
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([outcome, { all, equal }]) =>
    `  ${outcome.padEnd(20)} ${equal} of ${all} equal`
  ).join("\n");
}

function outcomeOf(rule: Parameters<typeof field>[0]): string {
  const stage = field(rule, "stage"), type = field(rule, "type");
  if (typeof stage === "string") return `fails: ${stage}`;
  if (typeof type !== "string") return "no answer";
  return type === "bool" ? `gives bool ${field(rule, "value")}` : "gives another type";
}
