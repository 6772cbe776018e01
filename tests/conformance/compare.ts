/** Compares answers with those of the original code, as the README of the format says. */
import { field, isJsonObject, type Json } from "../../src/json/json.ts";
import { type Answer, answerCase, type Case, isIntended, isSame, type Mode } from "./case.ts";

export type Verdict = "equal" | "differs" | "intended" | "known gap";

export interface Comparison {
  readonly id: string;
  readonly verdict: Verdict;
  readonly input: Case;
  readonly wanted: Answer;
  readonly found: Answer;
}

/** Fields that are information, not answer. */
const INFORMATION = new Set([
  "id",
  "needsModules",
  "modules",
  "panic",
  "traceback",
  "variants",
  "nondeterministic",
  "intended",
]);
/** Null, or an empty list: which of them says nothing. */
const MAYBE_NULL = new Set(["rendered", "documents", "documentsOf"]);
/** Of failures only that there is one and its stage count; texts may be better than the original's. */
const FAILURE = new Set(["error", "stage"]);

export async function compareAll(
  mode: Mode,
  cases: readonly Case[],
  expected: ReadonlyMap<string, Answer>,
  gaps: ReadonlySet<string>,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const input of cases) {
    const wanted = expected.get(input.id);
    if (!wanted) continue;
    const found = await answerCase(mode, input);
    comparisons.push({ id: input.id, input, wanted, found, verdict: verdictOf(wanted, found, gaps.has(input.id)) });
  }
  return comparisons;
}

function verdictOf(wanted: Answer, found: Answer, isGap: boolean): Verdict {
  const variants = field(wanted, "variants");
  const accepted = Array.isArray(variants) ? variants.filter(isJsonObject) : [wanted];
  if (accepted.some((one) => isSameAnswer(one, found))) return "equal";
  if (isGap) return "known gap";
  return isIntended(found) ? "intended" : "differs";
}

function isSameAnswer(wanted: Answer, found: Answer): boolean {
  const hasFailed = (answer: Answer) => answer.error !== undefined;
  if (hasFailed(wanted) !== hasFailed(found)) return false;
  if (hasFailed(wanted)) return wanted.stage === undefined || wanted.stage === found.stage;
  const keys = new Set(
    [...Object.keys(wanted), ...Object.keys(found)].filter((key) => !INFORMATION.has(key) && !FAILURE.has(key)),
  );
  return [...keys].every((key) => {
    if (key === "jsonError") return (wanted[key] === undefined) === (found[key] === undefined);
    if (key === "values") return isSameValues(wanted[key], found[key]);
    if (key === "rules") return isSameRules(wanted[key], found[key]);
    if (MAYBE_NULL.has(key)) return isSame(orNull(wanted[key]), orNull(found[key]));
    return isSame(wanted[key], found[key]);
  });
}

/** Null and empty lists stand for each other where the original has no list. */
function orNull(value: Json | undefined): Json {
  return value === undefined || Array.isArray(value) && value.length === 0 ? null : value;
}

function isSameValues(wanted: Json | undefined, found: Json | undefined): boolean {
  if (!Array.isArray(wanted) || !Array.isArray(found) || wanted.length !== found.length) return false;
  return wanted.every((one, i) => {
    const other = found[i];
    if (!isJsonObject(one) || !isJsonObject(other)) return false;
    return ["type", "tostring", "json", "hex"].every((key) => isSame(one[key], other[key])) &&
      (one.jsonError === undefined) === (other.jsonError === undefined);
  });
}

/** What a rule computes, and where it fails: only where the case asks for it. */
const RULE_VALUES = ["type", "value", "stage"];

/** Of rules that fail, that they do. */
function isSameRules(wanted: Json | undefined, found: Json | undefined): boolean {
  if (orNull(wanted) === null) return orNull(found) === null;
  if (!Array.isArray(wanted) || !Array.isArray(found) || wanted.length !== found.length) return false;
  return wanted.every((one, i) => {
    const other = found[i]!;
    return field(one, "name") === field(other, "name") && field(one, "matched") === field(other, "matched") &&
      (field(one, "error") === undefined) === (field(other, "error") === undefined) &&
      RULE_VALUES.every((key) => field(one, key) === field(other, key)) &&
      // Of several mistakes the original names another first, and then none here.
      (field(one, "place") === undefined || field(one, "place") === field(other, "place"));
  });
}

/** A few lines: how many of each verdict, and the first that differ with both answers. */
export function summaryOf(title: string, comparisons: readonly Comparison[], shown = 5): string {
  const count = (verdict: Verdict) => comparisons.filter((one) => one.verdict === verdict).length;
  const share = (100 * count("equal") / Math.max(1, comparisons.length)).toFixed(1);
  const differing = comparisons.filter(({ verdict }) => verdict === "differs");
  const lines = [
    `${title}: ${count("equal")} of ${comparisons.length} equal (${share} %), ${differing.length} differ, ` +
    `${count("intended")} intended, ${count("known gap")} known gaps`,
  ];
  for (const { id, wanted, found } of differing.slice(0, shown)) {
    lines.push(
      `  ${id}`,
      `    want ${cut(JSON.stringify(wanted, plain))}`,
      `    got  ${cut(JSON.stringify(found, plain))}`,
    );
  }
  return lines.join("\n");
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function cut(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
