/**
 * Ours against Sveltos's: what a plan would write, compared with what Sveltos has deployed, the marks of both left out. And
 * the takeover of what is equal: only the marks change, and nobody can tell from the content that anything happened. Pure.
 */
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { type KubeObject, objectKey, type ObjectRef, objectRef } from "../api/object.ts";
import { canonicalJson, field, isJsonObject, type Json } from "../json/json.ts";
import { differences, joinPath } from "./diff.ts";
import { type GateContext, gates } from "./gates/mod.ts";
import { readMarks } from "./marks.ts";
import type { Origin } from "./origin.ts";
import type { Change, Held } from "./plan.ts";
import type { Reconciliation } from "./reconcile.ts";
import {
  deletionRisk,
  hasSveltosMarks,
  isOwnedBySveltos,
  ownerKey,
  SVELTOS_MANAGER,
  SVELTOS_MARKS,
  type SveltosOwner,
  sveltosOwnerOf,
  type SveltosState,
  triggerOf,
  withoutAnyMarks,
} from "./sveltos_marks.ts";

/** One field that differs: where, and for what may hide a secret the hash of either side. */
export interface Difference {
  readonly path: string;
  readonly here?: string;
  readonly there?: string;
}

/** A target that both have. */
export interface Compared {
  /** What we would do about it. */
  readonly change: Change;
  readonly owner?: SveltosOwner;
  /** Empty: equal. */
  readonly differences: readonly Difference[];
  /** The gate that holds it here, whoever owns it now. */
  readonly held?: Pick<Held, "gate" | "reason" | "relax">;
}

/** A target that only we have. */
export interface OnlyHere {
  readonly target: ObjectRef;
  readonly origin: Origin;
  /** Why it would not be written; absent where it would. */
  readonly held?: Pick<Held, "gate" | "reason" | "relax">;
}

/** An object that only Sveltos has. */
export interface OnlyThere {
  readonly target: ObjectRef;
  readonly owner: SveltosOwner;
  /** The EventTrigger that its profile was made for; absent where the profile is gone or can't be read. */
  readonly trigger?: string;
}

export interface TriggerComparison {
  readonly trigger: string;
  readonly compared: readonly Compared[];
  readonly onlyHere: readonly OnlyHere[];
  /** Targets at which something stands that is neither Sveltos's nor this trigger's. */
  readonly foreign: readonly OnlyHere[];
  /** Targets that were not looked at: of a kind, or in a namespace, that is not permitted. */
  readonly unseen: readonly OnlyHere[];
  /** How many are this trigger's already. */
  readonly ours: number;
}

export interface Comparison {
  readonly triggers: readonly TriggerComparison[];
  readonly onlyThere: readonly OnlyThere[];
  /** What Sveltos has let go of, and nobody owns or would write: what it holds is still valid. */
  readonly leftBehind: readonly ObjectRef[];
  /** How many objects came of profiles that no EventTrigger made: nothing here would write them. */
  readonly ofOtherProfiles: number;
}

/**
 * Compares the plans with what Sveltos has.
 *
 * @param deployed Everything that carries Sveltos's label, among the kinds that are looked at.
 * @param onlyTriggers Only there counts only for these of Sveltos's triggers, and for those that the plans share targets with; absent: for all.
 */
export function compareWithSveltos(
  reconciliations: readonly Reconciliation[],
  deployed: readonly KubeObject[],
  state: SveltosState,
  context: GateContext,
  onlyTriggers?: ReadonlySet<string>,
): Comparison {
  const triggers = reconciliations.map((reconciliation) => compareTrigger(reconciliation, context));
  const all = triggers.flatMap(({ compared }) => compared);
  const shared = new Set(all.map(({ change }) => objectKey(change.target)));
  const named = new Set(onlyTriggers);
  for (const { owner } of all) {
    const trigger = owner && triggerOf(owner, state);
    if (trigger !== undefined) named.add(trigger);
  }
  const onlyThere: OnlyThere[] = [];
  const leftBehind: ObjectRef[] = [];
  let ofOtherProfiles = 0;
  for (const object of deployed) {
    const owner = sveltosOwnerOf(object), target = objectRef(object);
    if (shared.has(objectKey(target))) continue;
    if (!owner) {
      if (readMarks(object) === undefined) leftBehind.push(target);
      continue;
    }
    const trigger = triggerOf(owner, state);
    if (trigger === undefined && state.profiles.has(ownerKey(owner))) ofOtherProfiles++;
    else if (!onlyTriggers || trigger === undefined || named.has(trigger)) {
      onlyThere.push({ target, owner, ...(trigger === undefined ? {} : { trigger }) });
    }
  }
  return { triggers, onlyThere, leftBehind, ofOtherProfiles };
}

function compareTrigger({ plan, computation, redact }: Reconciliation, context: GateContext): TriggerComparison {
  const compared: Compared[] = [], onlyHere: OnlyHere[] = [], foreign: OnlyHere[] = [], unseen: OnlyHere[] = [];
  const { trigger } = computation.snapshot;
  let ours = plan.counts.unchanged;
  const full: GateContext = {
    ...context,
    isDryRun: trigger?.syncMode === "DryRun",
    ...(trigger ? { triggerObject: trigger.object } : {}),
  };
  const all = [...plan.changes.map((change) => ({ change, held: undefined })), ...plan.held.map(heldOf)];
  for (const { change, held } of all) {
    const { live, desired } = change;
    if (!desired || change.unowned) continue;
    if (live && hasSveltosMarks(live)) {
      const target = objectRef(live), owner = sveltosOwnerOf(live);
      const verdict = held && held.gate !== "ownership" ? held : takeoverVerdict(change, full, redact);
      compared.push({
        change: { ...change, target },
        ...(owner ? { owner } : {}),
        differences: contentDifferences(desired, live, change.subresources),
        ...(verdict ? { held: verdict } : {}),
      });
      continue;
    }
    const item = { target: change.target, origin: change.origin };
    if (live) {
      const marks = readMarks(live);
      const isOurs = marks && marks !== "broken" && marks.trigger === plan.trigger &&
        marks.instance === context.instance;
      if (isOurs) ours++;
      else foreign.push({ ...item, ...(held ? { held } : {}) });
    } else if (held?.gate === "kinds" || held?.gate === "namespaces" && context.targetNamespaces) {
      unseen.push({ ...item, held });
    } else {
      // What only waits for what Sveltos owns would be written once that is ours.
      onlyHere.push({ ...item, ...(held && held.gate !== "ownership" ? { held } : {}) });
    }
  }
  return { trigger: plan.trigger, compared, onlyHere, foreign, unseen, ours };
}

function heldOf({ change, gate, reason, relax }: Held): { change: Change; held: NonNullable<Compared["held"]> } {
  return { change, held: { gate, reason, relax } };
}

/** What the gates would say if Sveltos's marks were not there. */
function takeoverVerdict(change: Change, context: GateContext, redact: (text: string) => string): Compared["held"] {
  const live = withoutSveltosMarks(change.live!);
  for (const gate of gates) {
    const verdict = gate.check({ ...change, live }, { ...context, adopt: true });
    if (verdict) return { gate: gate.name, reason: redact(verdict.reason), relax: redact(verdict.relax) };
  }
  return undefined;
}

function withoutSveltosMarks(object: KubeObject): KubeObject {
  const metadata = { ...object.metadata };
  for (const name of ["labels", "annotations"] as const) {
    const entries = metadata[name];
    if (!isJsonObject(entries)) continue;
    metadata[name] = Object.fromEntries(Object.entries(entries).filter(([key]) => !SVELTOS_MARKS.has(key)));
  }
  return { ...object, metadata };
}

const NOT_OURS = "it is there, and Moonferry would not write it";
/** Maps whose values are told by their hash. */
const HASHED = ["data", "binaryData", "stringData"];

/**
 * The fields that we would write and that are not so, and those that Sveltos has written and we would not; marks left out.
 * Values are never told; what a Secret or ConfigMap holds by the start of its SHA-256.
 */
export function contentDifferences(
  desired: KubeObject,
  live: KubeObject,
  subresources: readonly string[] = [],
): Difference[] {
  const here = withoutAnyMarks(desired), there = withoutAnyMarks(live);
  const hashes = new Map<string, Omit<Difference, "path">>();
  for (const name of HASHED) {
    const ours = field(here, name), theirs = field(there, name);
    const keys = [ours, theirs].flatMap((map) => isJsonObject(map) ? Object.keys(map) : []);
    for (const key of new Set(keys)) {
      const hash = (side: "here" | "there", value: Json | undefined) =>
        value === undefined ? {} : { [side]: hashOf(value, name === "binaryData" || here.kind === "Secret") };
      hashes.set(joinPath(name, key), { ...hash("here", field(ours, key)), ...hash("there", field(theirs, key)) });
    }
  }
  const found = new Map<string, Difference>();
  for (const text of differences(here, there, subresources, SVELTOS_MANAGER)) {
    const [path, remark] = splitRemark(text);
    if (MARK_PATHS.has(path) || found.has(path)) continue;
    const told = remark === "" ? path : `${path} (${NOT_OURS})`;
    found.set(path, { path: told, ...hashes.get(path) });
  }
  return [...found.values()];
}

function splitRemark(text: string): [path: string, remark: string] {
  const remark = [" (not asked for)", " (no longer asked for)"].find((remark) => text.endsWith(remark)) ?? "";
  return [text.slice(0, text.length - remark.length), remark];
}

/** Sveltos's own marks, which its field manager owns. */
const MARK_PATHS = new Set(
  [...SVELTOS_MARKS].flatMap((key) => ["metadata.labels", "metadata.annotations"].map((at) => joinPath(at, key))),
);

function hashOf(value: Json, isEncoded: boolean): string {
  const bytes = typeof value !== "string" ? canonicalJson(value) : isEncoded ? Buffer.from(value, "base64") : value;
  return `sha256:${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}`;
}

/** What `adopt` does, and what it leaves alone. */
export interface Takeover {
  readonly changes: readonly Change[];
  readonly left: readonly { readonly target: ObjectRef; readonly reason: string; readonly relax: string }[];
}

/** The takeover of what is equal. What differs, is held, or would be deleted with Sveltos's trigger stays as it is. */
export function takeoverOf({ trigger, compared, foreign, unseen }: TriggerComparison, state: SveltosState): Takeover {
  const changes: Change[] = [];
  const left: Takeover["left"][number][] = [];
  for (const { change, differences, held, owner } of compared) {
    const { target, live } = change;
    const risk = deletionRisk(live!, state);
    const theirs = owner && triggerOf(owner, state);
    if (differences.length > 0) {
      const reason = `its content differs: ${differences.map(({ path }) => path).join(", ")}`;
      left.push({
        target,
        reason,
        relax: "see why: plan --against sveltos; make the two agree, or let Sveltos go of it",
      });
    } else if (held) {
      left.push({ target, reason: `${held.gate}: ${held.reason}`, relax: held.relax });
    } else if (theirs === trigger) {
      const reason =
        "Sveltos has deployed it for this very EventTrigger: to delete that, so that Sveltos stops, would " +
        "withdraw here what came of it";
      left.push({ target, reason, relax: "adopt with a copy of the EventTrigger (docs/moving-from-sveltos.md)" });
    } else if (risk !== undefined) {
      const where = theirs === undefined ? `${owner!.kind} ${owner!.name}` : `EventTrigger ${theirs}`;
      const reason = `Sveltos would delete it, should it put its marks back before it is stopped: ${risk}`;
      const relax = `set spec.stopMatchingBehavior: LeavePolicies on ${where}, and wait until it has arrived`;
      left.push({ target, reason, relax: state.unknown === undefined ? relax : "give the right to list these kinds" });
    } else {
      const because = [
        isOwnedBySveltos(live!) ? "equal to what Sveltos deployed" : "equal, and Sveltos has let go of it",
      ];
      changes.push({ ...change, action: "update", target, because, takeover: true, after: [] });
    }
  }
  for (const { target, held } of [...foreign, ...unseen]) {
    if (held) left.push({ target, reason: `${held.gate}: ${held.reason}`, relax: held.relax });
  }
  return { changes, left };
}

/** `ClusterProfile sveltos-x of EventTrigger t`. */
export function formatOwner({ owner, trigger }: Pick<OnlyThere, "owner" | "trigger">): string {
  return trigger === undefined
    ? `${owner.kind} ${owner.name}`
    : `${owner.kind} ${owner.name} of EventTrigger ${trigger}`;
}
