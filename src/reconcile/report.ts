/**
 * Reconciliation and outcomes → report: what stands in a trigger's conditions, its Events and its report ConfigMap. Names,
 * counts, paths and reasons, cut to sizes that the API takes; never a value. Pure.
 */
import { formatRef, type KubeObject, type ObjectRef } from "../api/object.ts";
import { equalJson, field, fieldAt, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import type { Outcome } from "./apply.ts";
import type { Failure } from "./errors.ts";
import type { GateName, Held } from "./plan.ts";
import type { Reconciliation } from "./reconcile.ts";
import { REVOCATIONS_WAIT } from "./revocation.ts";
import type { TriggerState } from "./snapshot.ts";

/** A message in a condition or an Event has no more bytes: nobody floods the status. */
export const MAX_MESSAGE = 1024;
/** Names of objects have no more; a script may call its own whatever it likes. */
const MAX_NAME = 253;
/** How many failures, holds and notes a report lists; the rest is counted. */
export const MAX_LISTED = 10;

/** A condition as `kubectl wait` reads it, but for its time. */
export interface Condition {
  readonly type: "Ready" | "Held";
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** Something worth a Kubernetes Event. */
export interface Announcement {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** What is to be known of one trigger after it was reconciled. */
export interface TriggerReport {
  readonly trigger: string;
  readonly state: TriggerState;
  /** The trigger itself; absent where it is gone or could not be read. */
  readonly object?: KubeObject;
  readonly conditions: readonly Condition[];
  readonly announcements: readonly Announcement[];
  /** The report ConfigMap's content, but for times ({@link timedDocument}). */
  readonly document: JsonObject;
}

/** Reasons that say nothing about the trigger itself: reading may succeed the next time. */
const PASSING = new Set(["Unreachable", "NotSynced", "Forbidden", "KindNotServed", "KindTerminating", "LiveUnknown"]);

export function reportOf(reconciliation: Reconciliation, outcomes: readonly Outcome[]): TriggerReport {
  const { computation: { snapshot }, plan } = reconciliation;
  const conditions = [readyCondition(reconciliation, outcomes), heldCondition(plan.held)];
  return {
    trigger: plan.trigger,
    state: snapshot.state,
    ...(snapshot.trigger ? { object: snapshot.trigger.object } : snapshot.object ? { object: snapshot.object } : {}),
    conditions,
    announcements: announcementsOf(reconciliation, outcomes, conditions[0]!),
    document: documentOf(reconciliation, outcomes, conditions),
  };
}

function readyCondition({ computation: { snapshot }, plan }: Reconciliation, outcomes: readonly Outcome[]): Condition {
  const not = (reason: string, message: string, status: "False" | "Unknown" = "False"): Condition => ({
    type: "Ready",
    status,
    reason,
    message: cut(message),
  });
  const failure = plan.failures.find(({ elsewhere }) => !elsewhere) ?? plan.failures[0];
  if (failure) {
    const status = plan.failures.every(({ reason }) => PASSING.has(reason)) ? "Unknown" : "False";
    return not(failure.reason, failure.message + more(plan.failures.length), status);
  }
  if (snapshot.selection !== "selected" && snapshot.state === "present") {
    const note = snapshot.notes.find(({ reason }) =>
      /^(NoClusterMatched|Destination|Cluster(Paused|NotReady))$/.test(reason)
    );
    return not(
      note?.reason ?? "NoClusterMatched",
      note?.message ?? "the trigger does not select the management cluster",
    );
  }
  const unwritten = outcomes.filter(({ status }) => ["failed", "conflict", "skipped"].includes(status));
  if (unwritten[0]) {
    const { status, change, message } = unwritten[0];
    const what = `${change.action} ${formatRef(change.target)}: ${message}`;
    return not(status === "conflict" ? "Conflict" : "WriteFailed", what + more(unwritten.length));
  }
  if (plan.held[0]) {
    const isDryRun = plan.held.every(({ gate }) => gate === "dry-run");
    return not(isDryRun ? "DryRun" : "Held", heldText(plan.held));
  }
  const postponed = outcomes.filter(({ status }) => status === "postponed").length;
  if (postponed > 0) {
    return not("Publishing", `${postponed} outputs are still to be written, after what has changed meanwhile`);
  }
  const waiting = plan.notes.find(({ reason }) => reason === REVOCATIONS_WAIT);
  if (waiting) return not(waiting.reason, waiting.message);
  const { create, update, unchanged, frozen } = plan.counts;
  const kept = frozen > 0 ? `, ${frozen} kept as they are` : "";
  return {
    type: "Ready",
    status: "True",
    reason: "Delivered",
    message: `${create + update + unchanged} outputs as wanted${kept}`,
  };
}

function heldCondition(held: readonly Held[]): Condition {
  if (held.length === 0) {
    return { type: "Held", status: "False", reason: "NothingHeld", message: "no change is held back" };
  }
  return { type: "Held", status: "True", reason: pascal(held[0]!.gate), message: cut(heldText(held)) };
}

/** `mass-change` → `MassChange`. */
function pascal(gate: GateName): string {
  return gate.split("-").map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

function heldText(held: readonly Held[]): string {
  const { change, gate, reason, relax } = held[0]!;
  return `${held.length} held; ${change.action} ${
    formatRef(change.target)
  } by gate ${gate}: ${reason}. To let it pass: ${relax}`;
}

function more(count: number): string {
  return count > 1 ? ` (and ${count - 1} more)` : "";
}

const ELLIPSIS = "…", ELLIPSIS_BYTES = 3;

/** The text, or as many whole characters of it as have room in so many bytes of UTF-8, with an ellipsis. */
function cut(text: string, most = MAX_MESSAGE): string {
  // A unit of a text becomes three bytes at most.
  if (text.length * 3 <= most) return text;
  const room = new Uint8Array(most);
  const encoder = new TextEncoder();
  if (encoder.encodeInto(text, room).read === text.length) return text;
  const { read } = encoder.encodeInto(text, room.subarray(0, most - ELLIPSIS_BYTES));
  return text.slice(0, read) + ELLIPSIS;
}

/** One for each failure and each conflict, one for each gate that holds something, one for the first success. */
function announcementsOf({ plan }: Reconciliation, outcomes: readonly Outcome[], ready: Condition): Announcement[] {
  const warn = (reason: string, message: string): Announcement => ({ type: "Warning", reason, message: cut(message) });
  const byGate = Map.groupBy(plan.held, ({ gate }) => gate);
  const unwritten = outcomes.filter(({ status }) => status === "failed" || status === "conflict");
  const announcements = [
    ...plan.failures.filter(({ reason }) => !PASSING.has(reason)).map(({ reason, message }) => warn(reason, message)),
    ...plan.conflicts.map(({ target, reason }) => warn("Conflict", `${formatRef(target)}: ${reason}`)),
    ...[...byGate.values()].map((held) => warn("Held", heldText(held))),
    ...unwritten.map(({ change, message }) =>
      warn("WriteFailed", `${change.action} ${formatRef(change.target)}: ${message}`)
    ),
  ].slice(0, MAX_LISTED);
  return ready.status === "True"
    ? [{ type: "Normal", reason: ready.reason, message: "all outputs are as wanted" }]
    : announcements;
}

function documentOf(
  { computation: { selection, matches, rendering }, plan }: Reconciliation,
  outcomes: readonly Outcome[],
  conditions: readonly Condition[],
): JsonObject {
  const written = (status: Outcome["status"]) => outcomes.filter((outcome) => outcome.status === status).length;
  return {
    trigger: plan.trigger,
    hash: plan.hash,
    conditions: conditions.map((condition) => ({ ...condition })),
    counts: {
      selected: selection?.objects.length ?? 0,
      matches: matches?.matches.length ?? 0,
      rendered: rendering?.desired.length ?? 0,
      ...plan.counts,
      written: written("done"),
      failed: written("failed") + written("conflict"),
    },
    failures: listed(plan.failures, failureDocument),
    held: listed(plan.held, ({ change, gate, reason, relax }) => ({
      action: change.action,
      object: refDocument(change.target),
      gate,
      reason: cut(reason),
      relax: cut(relax),
    })),
    conflicts: listed(
      plan.conflicts,
      ({ target, gate, reason }) => ({ object: refDocument(target), gate, reason: cut(reason) }),
    ),
    notes: listed(plan.notes, ({ reason, message }) => ({ reason, message: cut(message) })),
  };
}

function failureDocument({ stage, reason, message, match }: Failure): JsonObject {
  return { stage, reason, message: cut(message), ...(match ? { match: refDocument(match) } : {}) };
}

function refDocument({ apiVersion, kind, namespace, name }: ObjectRef): JsonObject {
  const short = (text: string) => cut(text, MAX_NAME);
  return { apiVersion: short(apiVersion), kind: short(kind), namespace: short(namespace), name: short(name) };
}

function listed<T>(items: readonly T[], document: (item: T) => JsonObject): Json {
  return { total: items.length, first: items.slice(0, MAX_LISTED).map(document) };
}

/** The conditions with their times: a time stays while the status stays. */
export function timedConditions(report: TriggerReport, now: string): JsonObject[] {
  const listed = fieldAt(report.object, "status", "conditions");
  const before = Array.isArray(listed) ? listed : [];
  const observedGeneration = fieldAt(report.object, "metadata", "generation");
  return report.conditions.map(({ type, status, reason, message }) => {
    const old = before.find((condition) => field(condition, "type") === type);
    const time = field(old, "status") === status ? field(old, "lastTransitionTime") : undefined;
    return {
      type,
      status,
      ...(typeof observedGeneration === "number" ? { observedGeneration } : {}),
      lastTransitionTime: typeof time === "string" ? time : now,
      reason,
      message,
    };
  });
}

/** A report as it was written: what it says, and when that was. */
export interface WrittenReport {
  readonly document: JsonObject;
  /** As the API writes times; empty where nothing says. */
  readonly time: string;
}

/** What a report ConfigMap holds; undefined where that is no report. */
export function readReport(configMap: KubeObject): WrittenReport | undefined {
  const content = fieldAt(configMap, "data", "report.json"), time = fieldAt(configMap, "data", "time");
  if (typeof content !== "string") return undefined;
  try {
    const document = JSON.parse(content) as Json;
    return isJsonObject(document) ? { document, time: typeof time === "string" ? time : "" } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a report says what the last one does, whatever times stand in that: then there is nothing to write. */
export function isSameReport(document: JsonObject, last: WrittenReport): boolean {
  return equalJson(withoutTimes(document), withoutTimes(last.document));
}

function withoutTimes(document: JsonObject): Json {
  const conditions = conditionsIn(document).map((condition) => {
    if (!isJsonObject(condition)) return condition;
    const { lastTransitionTime: _, ...said } = condition;
    return said;
  });
  return { ...document, conditions };
}

/**
 * A report's content with the times of its conditions: a time stays while the status stays. A last report without times, of
 * an earlier version, had the status at the latest when it was written.
 */
export function timedDocument(document: JsonObject, last: WrittenReport | undefined, now: string): JsonObject {
  const conditions = conditionsIn(document).map((condition): JsonObject => {
    const old = conditionsIn(last?.document).find((entry) => field(entry, "type") === field(condition, "type"));
    const isAsBefore = old !== undefined && field(old, "status") === field(condition, "status");
    const time = isAsBefore ? field(old, "lastTransitionTime") ?? last?.time : undefined;
    return { ...condition as JsonObject, lastTransitionTime: isTime(time) ? time : now };
  });
  return { ...document, conditions };
}

function isTime(value: Json | undefined): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function conditionsIn(document: JsonObject | undefined): readonly Json[] {
  const conditions = field(document, "conditions");
  return Array.isArray(conditions) ? conditions : [];
}

/** Whether Sveltos's event manager handles the trigger: then its status is none of our business. */
export function isHandledBySveltos(trigger: KubeObject): boolean {
  const finalizers = fieldAt(trigger, "metadata", "finalizers");
  const isTheirs = (name: Json) => typeof name === "string" && name.includes("projectsveltos.io");
  return Array.isArray(finalizers) && finalizers.some(isTheirs) ||
    fieldAt(trigger, "status", "clusterInfo") !== undefined;
}
