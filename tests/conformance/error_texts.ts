/** How far the texts of errors are the original's: they need not be, but where they aren't, somebody has looked at why. */
import type { Json } from "../../src/json/json.ts";
import type { Answer } from "./case.ts";
import type { Comparison } from "./compare.ts";
import { isInOwnWords } from "./own_words.ts";

/** A few lines: how the original's answers end, how many error texts are the same, and the kinds of those that aren't. */
export function errorSummary(comparisons: readonly Comparison[], shown = 10): string {
  const ends = new Map<string, number>();
  for (const { wanted } of comparisons) {
    const end = wanted.error === undefined ? "ok" : `error of stage ${wanted.stage ?? "none"}`;
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  const failed = comparisons.filter(({ wanted, found }) => wanted.error !== undefined && found.error !== undefined);
  const other = failed.filter(({ wanted, found }) => wanted.error !== textOf(found));
  const differing = other.filter(({ wanted, found }) => !isInOwnWords(String(wanted.error), String(textOf(found))));
  const share = (count: number, whole: number) => `${(100 * count / Math.max(1, whole)).toFixed(1)} %`;
  const lines = [
    [...ends].sort().map(([end, count]) => `${end}: ${count} (${share(count, comparisons.length)})`).join(", "),
    `texts of errors: ${failed.length - other.length} of ${failed.length} equal ` +
    `(${share(failed.length - other.length, failed.length)}), ${other.length - differing.length} in our own words ` +
    `on purpose, ${differing.length} others`,
  ];
  for (const [kind, ofKind] of [...kindsOf(differing)].sort(([, a], [, b]) => b.length - a.length).slice(0, shown)) {
    const { id, wanted, found } = ofKind[0]!;
    lines.push(
      `  ${ofKind.length} times: ${kind}`,
      `    ${id}`,
      `    want ${cut(wanted.error)}`,
      `    got  ${cut(textOf(found))}`,
    );
  }
  return lines.join("\n");
}

/** Our words for the original's error, where they are others than our own message. */
function textOf(found: Answer): Json | undefined {
  return found.goMessage ?? found.error;
}

/** Messages that differ in what they quote alone are of one kind. */
function kindsOf(comparisons: readonly Comparison[]): Map<string, Comparison[]> {
  const kinds = new Map<string, Comparison[]>();
  for (const one of comparisons) {
    const kind = `${shapeOf(String(one.wanted.error))} => ${shapeOf(String(textOf(one.found)))}`;
    kinds.set(kind, [...kinds.get(kind) ?? [], one]);
  }
  return kinds;
}

function shapeOf(message: string): string {
  return message.replace(/^template: .*?(?::\d+)+: /s, "").replace(/^executing .*? at <.*?>: (?=[a-z"])/s, "")
    .replace(/"(?:[^"\\]|\\.)*"/g, '"…"').replace(/\d+/g, "0").slice(0, 100);
}

function cut(text: unknown): string {
  const whole = String(text);
  return whole.length > 300 ? `${whole.slice(0, 300)}…` : whole;
}
