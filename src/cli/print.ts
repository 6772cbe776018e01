/**
 * The one place that turns results into text. It shows names, counts, paths and reasons; the values of a Secret (and of
 * whatever else carries `data`) appear as their SHA-256 only.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { styleText } from "node:util";
import { formatRef, type KubeObject, type ObjectRef } from "../api/object.ts";
import { canonicalJson, isJsonObject, type Json, type JsonObject, setField, stringifyJson } from "../json/json.ts";
import type { Outcome } from "../reconcile/apply.ts";
import type { Failure } from "../reconcile/errors.ts";
import type { Origin } from "../reconcile/origin.ts";
import type { Change, Held } from "../reconcile/plan.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";
import { writeYaml } from "../yaml/write.ts";

type Style = Parameters<typeof styleText>[0];

/** Paints, or doesn't. */
export type Paint = (style: Style, text: string) => string;

export function painter(isOn: boolean): Paint {
  return (style, text) => isOn ? styleText(style, text, { validateStream: false }) : text;
}

const HIDDEN_MAPS = ["data", "stringData", "binaryData"];

/** The object with every value of `data`, `stringData` and `binaryData` replaced by `sha256:…` of its bytes. */
export function hideValues(object: KubeObject): JsonObject {
  const shown: JsonObject = { ...object };
  for (const name of HIDDEN_MAPS) {
    const map = object[name];
    if (!isJsonObject(map)) continue;
    const hidden: JsonObject = {};
    for (const [key, value] of Object.entries(map)) {
      const isEncoded = typeof value === "string" &&
        (name === "binaryData" || (name === "data" && object.kind === "Secret"));
      const bytes = isEncoded
        ? Buffer.from(value, "base64")
        : Buffer.from(typeof value === "string" ? value : canonicalJson(value));
      setField(hidden, key, `sha256:${createHash("sha256").update(bytes).digest("hex")}`);
    }
    shown[name] = hidden;
  }
  return shown;
}

/** The documents of `render`: YAML as Kubernetes writes it, one after the other, values included. */
export function documentsText(objects: readonly JsonObject[]): string {
  return objects.map((object) => `---\n${writeYaml(object)}`).join("");
}

/** The plans of several triggers as one. */
export interface CombinedPlan {
  readonly reconciliations: readonly Reconciliation[];
  readonly hash: string;
}

export function combinePlans(reconciliations: readonly Reconciliation[]): CombinedPlan {
  const hashes = reconciliations.map(({ plan }) => plan.hash);
  const hash = hashes.length === 1
    ? hashes[0]!
    : createHash("sha256").update(hashes.join("\n")).digest("hex").slice(0, 16);
  return { reconciliations, hash };
}

/** What each arrow of the pipeline gave, for one trigger. */
export interface ArrowCounts {
  readonly trigger: string;
  /** By selector: what its labels and names matched, and what is left after CEL and Lua. */
  readonly selectors: readonly { kind: string; listed: number; selected: number }[];
  readonly selected: number;
  readonly matches: number;
  readonly rendered: number;
}

export function arrowCounts({ computation: { snapshot, selection, matches, rendering } }: Reconciliation): ArrowCounts {
  return {
    trigger: snapshot.request.trigger,
    selectors: (selection?.selectors ?? []).map(({ selector, listed, objects }) => ({
      kind: selector.group === "" ? selector.kind : `${selector.kind}.${selector.group}`,
      listed,
      selected: objects.length,
    })),
    selected: selection?.objects.length ?? 0,
    matches: matches?.matches.length ?? 0,
    rendered: rendering?.desired.length ?? 0,
  };
}

/** `5 selected (Cluster 1, Secret 2, Namespace 2) → 6 matches → 6 objects → 4 to create, 2 held`. */
export function countsLine(reconciliation: Reconciliation, paint: Paint): string {
  const { selected, selectors, matches, rendered } = arrowCounts(reconciliation);
  const kinds = selectors.map(({ kind, listed, selected }) => {
    const name = kind.split(".")[0];
    return listed === selected ? `${name} ${selected}` : `${name} ${selected} of ${listed}`;
  });
  const { counts } = reconciliation.plan;
  const parts = [
    [counts.create, "to create", "green"],
    [counts.update, "to update", "yellow"],
    [counts.delete, "to delete", "red"],
    [counts.unchanged, "as wanted", "dim"],
    [counts.held, "held", "magenta"],
    [counts.frozen, "frozen", "cyan"],
  ] as const;
  const ends = parts.filter(([count]) => count > 0).map(([count, text, style]) => paint(style, `${count} ${text}`));
  const list = kinds.length > 0 ? ` (${kinds.join(", ")})` : "";
  return `${selected} selected${list} → ${plural(matches, "match", "matches")} → ${plural(rendered, "object")} → ` +
    (ends.length > 0 ? ends.join(", ") : "nothing to do");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The machine-readable plan: what `plan -o json|yaml` prints. */
export function planDocument({ reconciliations, hash }: CombinedPlan): JsonObject {
  const all = <T>(pick: (reconciliation: Reconciliation) => readonly T[]) => reconciliations.flatMap(pick);
  const sum = (name: keyof Reconciliation["plan"]["counts"]) =>
    reconciliations.reduce((total, { plan }) => total + plan.counts[name], 0);
  const arrows = reconciliations.map(arrowCounts);
  const total = (name: "selected" | "matches" | "rendered") => arrows.reduce((count, arrow) => count + arrow[name], 0);
  return {
    counts: {
      triggers: reconciliations.length,
      selected: total("selected"),
      matches: total("matches"),
      rendered: total("rendered"),
      create: sum("create"),
      update: sum("update"),
      delete: sum("delete"),
      unchanged: sum("unchanged"),
      held: sum("held"),
      conflicts: sum("conflicts"),
      frozen: sum("frozen"),
      errors: all(({ plan }) => plan.failures).length,
    },
    triggers: arrows.map((arrow, index) => ({
      name: arrow.trigger,
      selectors: arrow.selectors.map((selector) => ({ ...selector })),
      selected: arrow.selected,
      matches: arrow.matches,
      rendered: arrow.rendered,
      ...reconciliations[index]!.plan.counts,
      hash: reconciliations[index]!.plan.hash,
    })),
    changes: all(({ plan, redact }) => plan.changes.map((change) => changeDocument(change, redact))),
    held: all(({ plan, redact }) =>
      plan.held.map(({ change, gate, reason, relax }): JsonObject => ({
        ...changeDocument(change, redact),
        gate,
        reason,
        relax,
      }))
    ),
    conflicts: all(({ plan }) =>
      plan.conflicts.map(({ target, gate, reason, origins }): JsonObject => ({
        object: refDocument(target),
        gate,
        reason,
        origins: origins.map(originDocument),
      }))
    ),
    errors: errorDocuments(reconciliations),
    notes: all(({ plan }) => plan.notes.map((note): JsonObject => ({ trigger: plan.trigger, ...note }))),
    hash,
  };
}

/** What failed, for machines. */
export function errorDocuments(reconciliations: readonly Reconciliation[]): JsonObject[] {
  return reconciliations.flatMap(({ plan }) =>
    plan.failures.map(({ stage, reason, message, match }): JsonObject => ({
      trigger: plan.trigger,
      ...(match ? { match: refDocument(match) } : {}),
      stage,
      reason,
      message,
    }))
  );
}

function changeDocument(change: Change, redact: (text: string) => string): JsonObject {
  return {
    action: change.action,
    object: refDocument(change.target),
    ...(change.desired ? { manifest: cleared(hideValues(change.desired), redact) } : {}),
    ...(change.release ? { release: true } : {}),
    because: [...change.because],
    origin: originDocument(change.origin),
  };
}

/** The manifest with nothing of a Secret in its labels, annotations or fields. */
function cleared(value: JsonObject, redact: (text: string) => string): JsonObject {
  const walk = (value: Json): Json => {
    if (typeof value === "string") return redact(value);
    if (Array.isArray(value)) return value.map(walk);
    if (!isJsonObject(value)) return value;
    const shown: JsonObject = {};
    for (const [key, inner] of Object.entries(value)) setField(shown, key, walk(inner));
    return shown;
  };
  return walk(value) as JsonObject;
}

/** A reference for machines. */
export function refDocument({ apiVersion, kind, namespace, name }: ObjectRef): JsonObject {
  return { apiVersion, kind, namespace, name };
}

/** An origin for machines. */
export function originDocument({ trigger, match, template, key }: Origin): JsonObject {
  return { trigger, ...(match ? { match: refDocument(match) } : {}), template: refDocument(template), key };
}

export function planText(combined: CombinedPlan, format: "json" | "yaml"): string {
  const document = planDocument(combined);
  return format === "json" ? `${stringifyJson(document, 2)}\n` : writeYaml(document);
}

/** Said of a cluster; a folder without a trigger is an error. */
export const NO_TRIGGER =
  "nothing to do: no EventTrigger is selected, and none has left an output; k8s/examples has some to begin with";

/** The plan as a person reads it: for each trigger its counts, its changes as a table, what is held and why, what failed. */
export function planTable(combined: CombinedPlan, paint: Paint, verbose: boolean): string {
  if (combined.reconciliations.length === 0) return `${NO_TRIGGER}\n`;
  const blocks = combined.reconciliations.map((reconciliation) => triggerBlock(reconciliation, paint, verbose));
  return `${blocks.join("\n")}\n`;
}

function triggerBlock(reconciliation: Reconciliation, paint: Paint, verbose: boolean): string {
  const { plan } = reconciliation;
  const lines = [
    `${paint("bold", `EventTrigger ${plan.trigger}`)}: ${countsLine(reconciliation, paint)}`,
    ...changeTable(plan.changes, paint),
    ...heldLines(plan.held, paint),
    ...failureLines(reconciliation, paint, verbose),
  ];
  const notes = plan.notes.filter(({ reason }) => verbose || IMPORTANT_NOTES.has(reason));
  lines.push(...notes.map(({ message }) => noteLine(message, paint)));
  if (plan.held.some(({ gate }) => gate === "mass-change")) lines.push(`  plan hash ${plan.hash}`);
  return lines.join("\n") + "\n";
}

const IMPORTANT_NOTES = new Set([
  "DuplicateKey",
  "Field",
  "NoClusterMatched",
  "ClusterNotReady",
  "ClusterPaused",
  "NotSelected",
  "BesideSveltos",
]);

/** Why a trigger asks for nothing at all, whatever its source selects. */
const WAITING_NOTES = new Set(["NoClusterMatched", "ClusterNotReady", "ClusterPaused"]);

/** Why there is nothing to compare or to take over, where that is so. */
export function waitingLines({ plan }: Reconciliation, paint: Paint): string[] {
  return plan.notes.filter(({ reason }) => WAITING_NOTES.has(reason)).map(({ message }) => noteLine(message, paint));
}

function noteLine(message: string, paint: Paint): string {
  return `  ${paint("cyan", "note")}  ${message}`;
}

const ACTIONS = {
  create: ["+ create", "green"],
  update: ["~ update", "yellow"],
  delete: ["- delete", "red"],
} as const;

function actionOf({ action, release, takeover }: Change): readonly [string, Style] {
  if (release) return ["~ let go", "yellow"];
  return takeover ? ["~ adopt ", "green"] : ACTIONS[action];
}

/** Rows of action, object, what it is for, and why. */
export function changeTable(changes: readonly Change[], paint: Paint): string[] {
  const rows = changes.map((change) => {
    const [text, style] = actionOf(change);
    const because = change.action === "create" ? "" : change.because.join(", ");
    return { text, style, object: formatRef(change.target), match: matchText(change.origin), because };
  });
  const objectWidth = Math.max(0, ...rows.map(({ object }) => object.length));
  const matchWidth = Math.max(0, ...rows.map(({ match }) => match.length));
  return rows.map(({ text, style, object, match, because }) =>
    `  ${paint(style, text)}  ${object.padEnd(objectWidth)}  ${
      paint("dim", `for ${match}`.padEnd(matchWidth + 4))
    }  ${because}`
      .trimEnd()
  );
}

function matchText(origin: Origin): string {
  return origin.match ? formatRef(origin.match) : "all matches";
}

/** Nothing, or that `--confirm` names no plan that there is now: what it was meant for has changed meanwhile. */
export function staleConfirmText({ reconciliations, hash }: CombinedPlan, confirm: string | undefined): string {
  if (confirm === undefined || confirm === hash || reconciliations.some(({ plan }) => plan.hash === confirm)) return "";
  return `--confirm ${confirm}: no plan has this hash (any more). Look at what is held now, and confirm the hash that plan prints.\n`;
}

/** What is held one after the other for the same reason has it once, at the end. */
export function heldLines(held: readonly Held[], paint: Paint): string[] {
  return held.flatMap(({ change, gate, reason, relax }, index) => {
    const line = `  ${paint("magenta", "! held")}    ${formatRef(change.target)}  ${
      paint("dim", `${change.action} for ${matchText(change.origin)}`)
    }`;
    const next = held[index + 1];
    if (next && next.gate === gate && next.reason === reason && next.relax === relax) return [line];
    return [
      line,
      `            ${paint("magenta", gate)}: ${reason}`,
      `            ${paint("dim", "to let it pass:")} ${relax}`,
    ];
  });
}

/** A failure as it is told: what it says, line by line, and for how many matches it says so. */
interface ToldFailure {
  readonly reason: string;
  readonly lines: readonly string[];
}

/** What fails alike for many matches is said once, with their number. */
export function tellFailures(failures: readonly Failure[], verbose: boolean): ToldFailure[] {
  const groups = new Map<string, { readonly first: Failure; count: number }>();
  for (const failure of failures) {
    const key = failure.match ? failure.message.replaceAll(formatRef(failure.match), "") : failure.message;
    const group = groups.get(key);
    if (group) group.count++;
    else groups.set(key, { first: failure, count: 1 });
  }
  return [...groups.values()].map(({ first: { message, reason, traceback }, count }) => {
    const trace = verbose && traceback !== undefined ? ["called from:", ...traceback.split("\n")] : [];
    const more = count > 1 ? [`(the same for ${plural(count - 1, "other match", "other matches")})`] : [];
    return { reason, lines: [...message.split("\n"), ...trace, ...more] };
  });
}

/** One block for each failure. */
export function failureLines({ plan }: Reconciliation, paint: Paint, verbose: boolean): string[] {
  return tellFailures(plan.failures, verbose).map(({ reason, lines: [line, ...rest] }) =>
    [
      `  ${paint("red", "x error")}   ${line} ${paint("dim", `(${reason})`)}`,
      ...rest.map((text) => `            ${text}`),
    ].join("\n")
  );
}

/** What came of a change, where that is worth a line. */
export function outcomeLine({ change, status, message }: Outcome, paint: Paint): string {
  const [text, style] = actionOf(change);
  const ref = formatRef(change.target);
  if (status === "done") return `  ${paint(style, text)}  ${ref}`;
  const mark = status === "unchanged" ? paint("dim", "= as is ") : paint("red", `x ${status}`.padEnd(8));
  return `  ${mark}  ${ref}  ${message}`.trimEnd();
}
