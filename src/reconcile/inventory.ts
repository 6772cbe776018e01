/**
 * What there is of ours, from the marks alone: outputs by trigger, with age and expiry, orphans, and what reports say is held.
 * It computes no plan, so it answers while templates, scripts or half of the API are broken. Pure.
 */
import { type KubeObject, labelsOf, nameOf, type ObjectRef, objectRef } from "../api/object.ts";
import { field, fieldAt, type Json, type JsonObject } from "../json/json.ts";
import { CLUSTER_PROFILE_LABEL, isCredential } from "./gates/payload.ts";
import { readMarks } from "./marks.ts";
import { pauseMarksOf } from "./pause_marks.ts";
import { checkKubeconfigSecret } from "./payload.ts";
import { suspensionOf } from "./plan.ts";
import { readReport } from "./report.ts";
import { isOwnedBySveltos } from "./sveltos_marks.ts";

/** One object that carries our marks. */
export interface InventoryOutput {
  readonly target: ObjectRef;
  readonly match?: ObjectRef;
  /** The ClusterProfile whose credential it is; absent where it is none. */
  readonly clusterProfile?: string;
  /** Milliseconds since 1970; absent where nothing says (a file). */
  readonly created?: number;
  readonly expires?: number;
  readonly suspended: "none" | "writes" | "all";
  readonly onStop: "withdraw" | "leave";
  /** The Clusters whose pause keeps it as it is, by its mark; absent where there is none. */
  readonly paused?: readonly string[];
  /** True where Sveltos's owner marks are on it, so that it is neither updated nor withdrawn. */
  readonly isSveltos: boolean;
}

export interface InventoryTrigger {
  readonly name: string;
  /** False: the trigger is gone, and its outputs are orphans. */
  readonly exists: boolean;
  readonly suspended: "none" | "writes" | "all";
  /** As the trigger's status or its report has it; absent where neither says. */
  readonly ready?: {
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly since?: string;
  };
  readonly held?: { readonly count: number; readonly message: string; readonly since?: string };
  readonly outputs: readonly InventoryOutput[];
}

export interface Inventory {
  readonly triggers: readonly InventoryTrigger[];
  /** Objects with some of our marks, which don't agree: nobody's. */
  readonly broken: readonly ObjectRef[];
}

export interface InventoryInput {
  readonly instance: string;
  readonly triggers: readonly KubeObject[];
  /** Everything that carries the instance's label. */
  readonly owned: readonly KubeObject[];
  /** The report ConfigMaps that could be found. */
  readonly reports: readonly KubeObject[];
}

export function takeInventory({ instance, triggers, owned, reports }: InventoryInput): Inventory {
  const byTrigger = new Map<string, InventoryOutput[]>(triggers.map((trigger) => [nameOf(trigger), []]));
  const broken: ObjectRef[] = [];
  for (const object of owned) {
    const marks = readMarks(object);
    if (marks === "broken") broken.push(objectRef(object));
    if (marks === undefined || marks === "broken" || marks.instance !== instance) continue;
    const outputs = byTrigger.get(marks.trigger) ?? [];
    byTrigger.set(marks.trigger, outputs);
    outputs.push(outputOf(object, marks.origin.match, marks.onStop));
  }
  const documents = new Map(reports.flatMap((report) => {
    const document = readReport(report)?.document;
    const name = field(document, "trigger");
    return typeof name === "string" ? [[name, document!] as const] : [];
  }));
  return {
    triggers: [...byTrigger].sort(([a], [b]) => a < b ? -1 : 1).map(([name, outputs]) => {
      const object = triggers.find((trigger) => nameOf(trigger) === name);
      const conditions = conditionsOf(object, documents.get(name));
      const ready = conditions.find((condition) => field(condition, "type") === "Ready");
      const held = conditions.find((condition) => field(condition, "type") === "Held");
      return {
        name,
        exists: object !== undefined,
        suspended: suspensionOf(object),
        ...(ready ? { ready: { status: text(ready, "status"), ...said(ready) } } : {}),
        ...(held && field(held, "status") === "True"
          ? { held: { count: Number(/^\d+/.exec(text(held, "message"))?.[0] ?? 1), ...said(held) } }
          : {}),
        outputs,
      };
    }),
    broken,
  };
}

function outputOf(object: KubeObject, match: ObjectRef | undefined, onStop: "withdraw" | "leave"): InventoryOutput {
  const created = fieldAt(object, "metadata", "creationTimestamp");
  const expires = isCredential(object) ? checkKubeconfigSecret(object).expires : undefined;
  const clusterProfile = labelsOf(object)[CLUSTER_PROFILE_LABEL];
  const paused = pauseMarksOf(object);
  return {
    target: objectRef(object),
    ...(match ? { match } : {}),
    ...(clusterProfile === undefined ? {} : { clusterProfile }),
    ...(typeof created === "string" ? { created: Date.parse(created) } : {}),
    ...(expires === undefined ? {} : { expires }),
    suspended: suspensionOf(object),
    onStop,
    ...(paused.length === 0 ? {} : { paused }),
    isSveltos: isOwnedBySveltos(object),
  };
}

/** Those of the status; where ours are not there, those of the report. */
function conditionsOf(trigger: KubeObject | undefined, report: JsonObject | undefined): Json[] {
  const ofStatus = fieldAt(trigger, "status", "conditions"), ofReport = field(report, "conditions");
  if (Array.isArray(ofStatus) && ofStatus.some((condition) => field(condition, "type") === "Held")) return ofStatus;
  return Array.isArray(ofReport) ? ofReport : [];
}

function said(condition: Json): { reason: string; message: string; since?: string } {
  const since = text(condition, "lastTransitionTime");
  return { reason: text(condition, "reason"), message: text(condition, "message"), ...(since === "" ? {} : { since }) };
}

function text(value: Json, key: string): string {
  const entry = field(value, key);
  return typeof entry === "string" ? entry : "";
}
