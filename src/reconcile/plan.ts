/**
 * Desired × live → Plan: every change that would make the world as desired, every change that a gate holds back with its
 * reason, and every conflict. Pure: it reads nothing, and a plan shown is the plan carried out.
 */
import { createHash } from "node:crypto";
import type { SyncMode } from "../api/event_trigger.ts";
import {
  annotationsOf,
  formatRef,
  type KubeObject,
  objectKey,
  type ObjectRef,
  objectRef,
  qualifiedKind,
  uidOf,
} from "../api/object.ts";
import { canonicalJson, fieldAt } from "../json/json.ts";
import type { InputTimes } from "./change_times.ts";
import { differences } from "./diff.ts";
import { type Exclusions, ignoresDrift, withExcluded } from "./drift.ts";
import { type Failure, isFatal, type Note } from "./errors.ts";
import { resolveCollisions } from "./gates/collision.ts";
import { type Gate, type GateContext, gates } from "./gates/mod.ts";
import { payloadNotes } from "./gates/payload.ts";
import { holdMassChange, type Vanishing } from "./gates/mass_change.ts";
import { holdLostTriggers } from "./gates/lost_definition.ts";
import { holdMassUpdate } from "./gates/mass_update.ts";
import {
  CONFIRM_ANNOTATION,
  CONTENT_ANNOTATION,
  type OnStop,
  type Ownership,
  PAUSED_ANNOTATION,
  readMarks,
} from "./marks.ts";
import { type Abandoned, findAbandoned, type MarkValues, withNotedMarks } from "./mark_changes.ts";
import { holdEarlierRemovals, holdLaterWrites, isWrite, phasesOf, placeOf, waitsForPlace } from "./order.ts";
import { matchKey, type Origin, originKey } from "./origin.ts";
import { markChange, withMarkOf } from "./pause_marks.ts";
import type { Placed } from "./place.ts";
import { isRevocation } from "./revocation.ts";
import { isOwnedBySveltos } from "./sveltos_marks.ts";

export type Action = "create" | "update" | "delete";

/** Create, update or delete of one object. */
export interface Change {
  readonly action: Action;
  readonly target: ObjectRef;
  readonly origin: Origin;
  /** Which step of its match the output is: later ones are written later and withdrawn earlier. */
  readonly step: number;
  /** What is to be written, marks included; absent for deletes and releases. */
  readonly desired?: KubeObject;
  /** The object that the decision was made on: its uid and resourceVersion are the write's preconditions. */
  readonly live?: KubeObject;
  /** Why: the paths that differ, or what became of the output's cause. Never values. */
  readonly because: readonly string[];
  /** True where the object stays and only loses our marks (`on-stop: leave`). */
  readonly release?: boolean;
  /** True where the object stays as it is, and only changes from Sveltos's marks to ours. */
  readonly takeover?: boolean;
  /** Given: only these marks are written, or taken off (null). */
  readonly marks?: MarkValues;
  /** Subresources that are written after the object, with the same body. */
  readonly subresources?: readonly string[];
  /** True for a namespace that an output needs: created without our marks, and never touched again. */
  readonly unowned?: boolean;
  /** Targets that must be written first: the new name of a renamed output. */
  readonly after: readonly ObjectRef[];
}

/** A change that a gate holds back: nothing is lost, the old content stays. */
export interface Held {
  readonly change: Change;
  readonly gate: GateName;
  readonly reason: string;
  /** What would let it pass. */
  readonly relax: string;
}

export type GateName =
  | "ownership"
  | "collision"
  | "payload"
  | "kinds"
  | "namespaces"
  | "mass-change"
  | "suspend"
  | "dry-run"
  | "complete-input";

/** One target that more than one party claims. */
export interface Conflict {
  readonly target: ObjectRef;
  readonly gate: "ownership" | "collision";
  readonly reason: string;
  readonly origins: readonly Origin[];
}

/** The live side: what carries our marks for this trigger, and what is found at each desired target. */
export interface Live {
  readonly owned: readonly KubeObject[];
  /** By {@link objectKey}; a target that does not exist is absent. */
  readonly at: ReadonlyMap<string, KubeObject>;
  /** Namespaces of targets that are not there and are to be created. */
  readonly missingNamespaces: ReadonlySet<string>;
  /** Parts that could not be read: what depends on them is not changed. */
  readonly failures: readonly Failure[];
}

export interface PlanCounts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly unchanged: number;
  readonly held: number;
  readonly conflicts: number;
  /** Outputs left as they are because their input is incomplete or their match failed. */
  readonly frozen: number;
}

export interface Plan {
  readonly trigger: string;
  /** In the order in which they are to be carried out. */
  readonly changes: readonly Change[];
  readonly held: readonly Held[];
  readonly conflicts: readonly Conflict[];
  readonly failures: readonly Failure[];
  readonly notes: readonly Note[];
  readonly counts: PlanCounts;
  /**
   * Names what waits for `--confirm`, and nothing else of the plan. Where nothing does, the revocations, which may wait in a
   * process that remembers more; where there are none, the whole plan.
   */
  readonly hash: string;
}

export interface PlanInput {
  readonly trigger: string;
  /** The matches that there are now, by {@link matchKey}: an output whose match is among them was merely dropped. */
  readonly matches: ReadonlySet<string>;
  readonly placed: readonly Placed[];
  readonly live: Live;
  /** Failures without a match freeze the whole trigger; failures of a match freeze the outputs of that match. */
  readonly failures: readonly Failure[];
  /** Matches whose outputs stay as they are: they failed, or come of a paused Cluster. */
  readonly frozenMatches: ReadonlySet<string>;
  /** Outputs (by {@link objectKey}) that stay as they are, whatever becomes of the others of their match. */
  readonly keptOutputs: ReadonlyMap<string, unknown>;
  /** Changes that note pauses on frozen outputs, or that one is over. */
  readonly pauseMarks: readonly Change[];
  /** True where nothing may be done for now although nothing failed (a paused cluster). */
  readonly frozen: boolean;
  /** True where the trigger is known to be gone: that is consent to withdraw all its outputs. */
  readonly deleted: boolean;
  /** Where the trigger is gone: when the definition of its kind was made; absent where nothing says. */
  readonly definedAt?: number;
  readonly vanishings: readonly Vanishing[];
  /** Matches that are selected objects, by {@link objectKey}, of which it is known that they are not selected any more. */
  readonly departed?: ReadonlySet<string>;
  /** Given while no plan of this process was accepted yet: whether anything has changed since the outputs were written. */
  readonly times?: InputTimes;
  readonly syncMode: SyncMode;
  /** What the trigger says now; absent where it can't be read: then the marks of each output say it. */
  readonly onStop?: OnStop;
  readonly exclusions: Exclusions;
  /** Matches (by {@link matchKey}) that have once had all their outputs: with `OneTime` that was all. */
  readonly delivered: ReadonlySet<string>;
  readonly notes: readonly Note[];
}

/** Draft of a plan on its way through the gates: each takes changes out and says why. */
export interface Draft {
  readonly changes: readonly Change[];
  readonly held: readonly Held[];
  readonly conflicts: readonly Conflict[];
}

/** Computes the plan. The gates run in a fixed order; `mass-change` last, since it looks at what is left. */
export function plan(input: PlanInput, context: GateContext): Plan {
  if ([...input.failures, ...input.live.failures].some(isFatal) || input.frozen) {
    return frozenPlan(input, context);
  }

  const frozen = input.frozenMatches;
  const staysAt = (key: string, owner: Origin) => frozen.has(matchKey(owner)) || input.keptOutputs.has(key);
  const keptFor = new Map(
    input.live.owned.map((object) => [objectKey(objectRef(object)), matchKey(ownershipOf(object).origin)] as const)
      .filter(([key]) => input.keptOutputs.has(key)),
  );
  const wanted = input.placed.filter(({ origin, target }) =>
    !frozen.has(matchKey(origin)) && keptFor.get(objectKey(target)) !== matchKey(origin)
  );
  const { placed, draft: collided } = resolveCollisions(wanted, input.live, staysAt);
  // What is no template belongs to all matches together: which of it a match asks for is known only once it was rendered.
  const isPartial = input.failures.some(({ stage, match }) => match && (stage === "read" || stage === "render"));
  const isKept = (object: KubeObject) => {
    const { origin } = ownershipOf(object);
    return staysAt(objectKey(objectRef(object)), origin) || isPartial && origin.match === undefined;
  };
  const abandoned = findAbandoned(input, placed, isKept);
  const writes = placed.map((item) => changeFor(item, input, abandoned));
  const targets = new Set(wanted.map(({ target }) => objectKey(target)));
  // What a frozen match gives just as it is there is that match's, whoever wrote it.
  const isHandedOver = (object: KubeObject) => abandoned.get(objectKey(objectRef(object))) !== undefined;
  const gone = input.live.owned.filter((object) => !targets.has(objectKey(objectRef(object))) && !isHandedOver(object));
  const removals = gone.filter((object) => !isKept(object) && !isTerminating(object))
    .map((object) => removalOf(object, input))
    // Sveltos: with OneTime nothing is deployed again, so what a template merely dropped stays.
    .filter(({ stopped }) => stopped || input.syncMode !== "OneTime")
    .map(({ change }) => change);

  // From what is written anyway, or withdrawn, a mark need not be taken off first.
  const pauseMarks = input.pauseMarks.filter(({ marks, target, live }) =>
    marks?.[PAUSED_ANNOTATION] !== null || isKept(live!) && !targets.has(objectKey(target))
  );

  let draft: Draft = {
    changes: [...writes.filter((change) => change !== undefined), ...removals, ...pauseMarks],
    held: collided.held,
    conflicts: collided.conflicts,
  };
  draft = applyGates(draft, context);
  const ownerAt = new Map(
    input.live.owned.map((object) => [objectKey(objectRef(object)), originKey(ownershipOf(object).origin)]),
  );
  // Publishes under a name that its origin does not have yet: it is not there, or is somebody else's.
  const isPublication = ({ action, release, target, origin }: Change) =>
    action !== "delete" && !release && ownerAt.get(objectKey(target)) !== originKey(origin);
  draft = withdrawAbandoned(holdLaterWrites(draft), input, abandoned, context);
  const replacing = replacementsIn(input);
  draft = holdEarlierRemovals(holdOldNames(draft, isPublication, replacing));
  // What one person confirms must not become another plan by what is written meanwhile, or rendered anew each time.
  const { waiting, holdUnder } = massGates(draft, input, context, isPublication);
  const revocations = draft.changes.filter(isRevocation);
  const named = [waiting, revocations].find((changes) => changes.length > 0) ?? allOf(draft);
  const hash = hashOf(input.trigger, named);
  const isConfirmed = [context.confirm, confirmAnnotationOf(context)].includes(hash);
  if (!isConfirmed) draft = holdUnder(hash);

  const publications = new Map<string, Change[]>();
  for (const change of draft.changes.filter(isPublication)) {
    for (const name of replacing(change)) {
      const known = publications.get(name);
      if (known) known.push(change);
      else publications.set(name, [change]);
    }
  }
  const laterWrites = laterWritesIn(draft.changes);
  const changes = phasesOf([
    ...namespacesFor(draft, input.live),
    ...withNotedMarks(draft.changes, input, abandoned, context).map((change) =>
      withDependencies(change, publications, laterWrites, replacing)
    ),
  ]).flat();
  const count = (action: Action) => changes.filter((change) => change.action === action).length;
  return {
    trigger: input.trigger,
    changes,
    held: draft.held,
    conflicts: draft.conflicts,
    failures: input.failures,
    notes: [
      ...input.notes,
      ...(waiting.length === 0 || !isConfirmed ? confirmNotes(context) : []),
      ...(context.checkPayload ? payloadNotes(changes) : []),
      ...placed.flatMap(({ warnings }) => warnings.map((message) => ({ reason: "Output", message }))),
    ],
    counts: {
      create: count("create"),
      update: count("update"),
      delete: count("delete"),
      unchanged: writes.filter((change) => change === undefined).length,
      held: draft.held.length,
      conflicts: draft.conflicts.length,
      frozen: gone.filter(isKept).length,
    },
    hash,
  };
}

/** What waits for a person to confirm it, and the draft in which it does, under the hash that names it. */
function massGates(
  draft: Draft,
  input: PlanInput,
  { isFolder = false }: Pick<GateContext, "isFolder">,
  isPublication: (change: Change) => boolean,
): { waiting: readonly Change[]; holdUnder: (hash: string) => Draft } {
  const holdUnder = (hash: string) => {
    if (input.deleted) return holdLostTriggers(draft, input.trigger, isFolder ? "in a folder" : input.definedAt, hash);
    const revoking = holdMassChange(draft, input, hash);
    const updating = holdMassUpdate(revoking, input.times, input.live.owned.length, hash, isPublication);
    return holdEarlierRemovals(holdLaterWrites(updating));
  };
  const passed = new Set(holdUnder("").changes);
  return { waiting: draft.changes.filter((change) => !passed.has(change)), holdUnder };
}

function confirmAnnotationOf({ triggerObject }: GateContext): string | undefined {
  return triggerObject && annotationsOf(triggerObject)[CONFIRM_ANNOTATION];
}

/** A word that outlives what it was for would let the same change pass unasked, should it come again. */
function confirmNotes(context: GateContext): Note[] {
  if (confirmAnnotationOf(context) === undefined) return [];
  const message = `annotation ${CONFIRM_ANNOTATION} on the EventTrigger confirms nothing that waits now: take it off`;
  return [{ reason: "Confirm", message }];
}

function allOf({ changes, held }: Draft): Change[] {
  return [...changes, ...held.map(({ change }) => change)];
}

/**
 * Nothing but marks: what is paused, and what the trigger says becomes of its outputs at the end, is known whatever failed, and a
 * Cluster or the trigger may be gone when it works again.
 */
function frozenPlan(input: PlanInput, context: GateContext): Plan {
  const gated = applyGates({ changes: input.frozen ? [] : input.pauseMarks, held: [], conflicts: [] }, context);
  const draft = { ...gated, changes: withNotedMarks(gated.changes, input, new Map(), context) };
  const counts = {
    create: 0,
    update: draft.changes.length,
    delete: 0,
    unchanged: 0,
    held: draft.held.length,
    conflicts: draft.conflicts.length,
    frozen: input.live.owned.length,
  };
  return {
    trigger: input.trigger,
    ...draft,
    failures: [...input.failures, ...input.live.failures],
    notes: input.notes,
    counts,
    hash: hashOf(input.trigger, allOf(draft)),
  };
}

/** Outputs and what was found to be as they are desired, with nothing excluded: of the very same two that holds next time. */
const foundAsDesired = new WeakMap<Placed, KubeObject>();

/** The change for one target, undefined where it is as desired. Whether we may make it is the gates' business. */
function changeFor(placed: Placed, input: PlanInput, abandoned: Abandoned): Change | undefined {
  const { target, object, origin, step, subresources } = placed;
  const there = input.live.at.get(objectKey(target));
  if (there && foundAsDesired.get(placed) === there && input.exclusions.length === 0) return undefined;
  const base = { target, origin, step, after: [], ...(subresources.length > 0 ? { subresources } : {}) };
  if (!there) {
    // Sveltos: with OneTime a match is deployed until it has succeeded, and never again.
    if (input.syncMode === "OneTime" && input.delivered.has(matchKey(origin))) return undefined;
    return { ...base, action: "create", desired: object, because: ["it does not exist"] };
  }
  const isTheirs = isOwnedBySveltos(there);
  const wasPaused = annotationsOf(there)[PAUSED_ANNOTATION] !== undefined && isOwnedBy(there, input.trigger);
  if (!isTheirs && isLeftAlone(placed, there, input, abandoned)) return wasPaused ? markChange(there, null) : undefined;
  const desired = withExcluded(object, there, input.exclusions);
  const because = differences(wasPaused ? withMarkOf(desired, there) : desired, there, subresources);
  // What Sveltos has taken back is not ours, also where nothing but its marks says so.
  if (because.length === 0 && isTheirs) because.push("Sveltos's owner marks are on it");
  if (because.length === 0 && wasPaused) return markChange(there, null);
  if (because.length === 0) {
    if (input.exclusions.length === 0) foundAsDesired.set(placed, there);
    return undefined;
  }
  return { ...base, action: "update", desired, live: there, because };
}

function isOwnedBy(object: KubeObject, trigger: string): boolean {
  const marks = readMarks(object);
  return marks !== undefined && marks !== "broken" && marks.trigger === trigger;
}

/** Whether what is ours stays as it is found, whatever has become of it. */
function isLeftAlone(
  { target, object }: Placed,
  there: KubeObject,
  input: PlanInput,
  abandoned: Abandoned,
): boolean {
  if (!isOwnedBy(there, input.trigger)) return false;
  const key = objectKey(target);
  // What another match has left behind is nothing that this one was given.
  if (input.syncMode === "OneTime") return !abandoned.has(key) || abandoned.get(key) !== undefined;
  return ignoresDrift(object) && annotationsOf(there)[CONTENT_ANNOTATION] === annotationsOf(object)[CONTENT_ANNOTATION];
}

/** The namespaces that are not there and that something is created in, but for those that are outputs themselves. */
function namespacesFor({ changes, held }: Draft, live: Live): Change[] {
  const outputs = [...changes, ...held.filter(({ gate }) => gate !== "kinds").map(({ change }) => change)];
  const given = new Set(outputs.map(({ target }) => objectKey(target)));
  const first = new Map<string, Change>();
  for (const change of changes) {
    const { namespace } = change.target;
    if (change.action !== "create" || first.has(namespace) || !live.missingNamespaces.has(namespace)) continue;
    // It would stand in the way of the output as somebody else's.
    if (!given.has(objectKey(objectRef(namespaceNamed(namespace))))) first.set(namespace, change);
  }
  return [...first].map(([name, { origin, target }]): Change => {
    const desired = namespaceNamed(name);
    const because = [`${formatRef(target)} needs it`];
    return {
      action: "create",
      target: objectRef(desired),
      origin,
      step: 0,
      desired,
      because,
      after: [],
      unowned: true,
    };
  });
}

function namespaceNamed(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function removalOf(object: KubeObject, input: PlanInput): { change: Change; stopped: boolean } {
  const { origin, onStop: marked, step } = ownershipOf(object);
  const onStop = input.onStop ?? marked;
  const stopped = input.deleted || !input.matches.has(matchKey(origin));
  const because = input.deleted
    ? `EventTrigger ${input.trigger} is gone`
    : stopped
    ? origin.match ? `${formatRef(origin.match)} is not a match any more` : "there are no matches any more"
    : "its template does not give it any more";
  const base = { target: objectRef(object), origin, step, live: object, because: [because], after: [] };
  // Sveltos: LeavePolicies keeps what stopped matching; it does not keep what a template merely dropped.
  const change: Change = stopped && onStop === "leave"
    ? { ...base, action: "update", release: true }
    : { ...base, action: "delete" };
  return { change, stopped };
}

/** The marks of an object from the live list of ours, which holds nothing else. */
export function ownershipOf(object: KubeObject): Ownership {
  const marks = readMarks(object);
  if (marks === undefined || marks === "broken") {
    throw new Error(`${formatRef(objectRef(object))} was listed as ours but its marks don't agree`);
  }
  return marks;
}

function isTerminating(object: KubeObject): boolean {
  return (fieldAt(object, "metadata", "deletionTimestamp") ?? null) !== null;
}

/** What the gates let pass of a draft, in their order, and what they hold. */
function applyGates(draft: Draft, context: GateContext): Draft {
  return gates.reduce((rest, gate) => applyGate(gate, rest, context), draft);
}

function applyGate(gate: Gate, draft: Draft, context: GateContext): Draft {
  const changes: Change[] = [];
  const held: Held[] = [...draft.held];
  const conflicts: Conflict[] = [...draft.conflicts];
  for (const change of draft.changes) {
    const verdict = gate.check(change, context);
    if (verdict === undefined) {
      changes.push(change);
      continue;
    }
    held.push({ change, gate: gate.name, reason: verdict.reason, relax: verdict.relax });
    if (gate.name === "ownership") {
      conflicts.push({ target: change.target, gate: "ownership", reason: verdict.reason, origins: [change.origin] });
    }
  }
  return { changes, held, conflicts };
}

/**
 * What a match has left behind that is gone, under a name that others want and none of them may write now, is withdrawn as if
 * nobody wanted it: it is not theirs.
 */
function withdrawAbandoned(draft: Draft, input: PlanInput, abandoned: Abandoned, context: GateContext): Draft {
  const heldBy = Map.groupBy(draft.held, ({ change }) => objectKey(change.target));
  const changed = new Set(draft.changes.map(({ target }) => objectKey(target)));
  const isLeft = (object: KubeObject) => {
    const key = objectKey(objectRef(object));
    if (!abandoned.has(key) || abandoned.get(key) || changed.has(key) || isTerminating(object)) return false;
    // What is only not done for now, in a dry run, would be written; what is held may be the removal itself.
    return !heldBy.get(key)?.some(({ gate, change }) => gate === "dry-run" || isRevocation(change));
  };
  const removals = input.live.owned.filter(isLeft).map((object) => removalOf(object, input))
    .filter(({ stopped }) => stopped).map(({ change }) => change);
  const revoking = applyGates({ changes: removals, held: [], conflicts: [] }, context);
  return {
    ...draft,
    changes: [...draft.changes, ...revoking.changes],
    held: [...draft.held, ...revoking.held.filter(({ gate }) => gate === "dry-run")],
  };
}

/**
 * What a change goes by for the question which new name replaces which old one: equal for those of one origin. Where a match has
 * a new origin and an old one is given no more (a key or a ConfigMap with another name), an output of its kind and namespace
 * replaces another.
 */
type Replacing = (change: Change) => readonly string[];

function replacementsIn({ placed, live: { owned } }: PlanInput): Replacing {
  const given = new Set(placed.map(({ origin }) => originKey(origin)));
  const origins = owned.map((object) => ownershipOf(object).origin);
  const had = new Set(origins.map(originKey));
  const matchAt = new Map(owned.map((object, index) => [objectKey(objectRef(object)), matchKey(origins[index]!)]));
  return ({ action, target, origin }) => {
    const key = originKey(origin);
    // What all matches give together comes and goes with any of them.
    if (!origin.match) return [key];
    const isOther = action === "delete"
      ? !given.has(key)
      : !had.has(key) && matchAt.get(objectKey(target)) !== matchKey(origin);
    return isOther ? [key, JSON.stringify([matchKey(origin), qualifiedKind(target), target.namespace])] : [key];
  };
}

/** An output that was renamed keeps its old name until the new one may be written. */
function holdOldNames(draft: Draft, isPublication: (change: Change) => boolean, replacing: Replacing): Draft {
  const waiting = new Map(
    draft.held.filter(({ change }) => isPublication(change))
      .flatMap((held) => replacing(held.change).map((name) => [name, held] as const)),
  );
  if (waiting.size === 0) return draft;
  const holds = (change: Change) =>
    change.action === "delete" ? replacing(change).map((name) => waiting.get(name)).find((held) => held) : undefined;
  return {
    ...draft,
    changes: draft.changes.filter((change) => !holds(change)),
    held: [
      ...draft.held,
      ...draft.changes.flatMap((change): Held[] => {
        const held = holds(change);
        if (!held) return [];
        const reason = `it stays until ${formatRef(held.change.target)}, which replaces it, may be written`;
        return [{ change, gate: held.gate, reason, relax: held.relax }];
      }),
    ],
  };
}

/**
 * What is deleted although its match goes on waits for what replaces it, and for the later steps of its match, which may refer
 * to it until they are written, in its own namespace.
 */
function withDependencies(
  change: Change,
  publications: ReadonlyMap<string, readonly Change[]>,
  laterWrites: (change: Change) => readonly ObjectRef[],
  replacing: Replacing,
): Change {
  if (change.action !== "delete") return change;
  const replacements = replacing(change).flatMap((name) => publications.get(name) ?? []).map(({ target }) => target);
  const later = laterWrites(change);
  return { ...change, after: replacements.length === 0 ? later : [...new Set([...replacements, ...later])] };
}

/** What the later steps of a change's match write; one list for all changes of a step, since there may be thousands of each. */
function laterWritesIn(changes: readonly Change[]): (change: Change) => readonly ObjectRef[] {
  const writes = Map.groupBy(changes.filter(isWrite), ({ origin }) => matchKey(origin));
  const known = new Map<string, readonly ObjectRef[]>();
  return (change) => {
    const { origin, step } = change, place = placeOf(change);
    const key = `${step} ${place} ${matchKey(origin)}`;
    let later = known.get(key);
    if (!later) {
      later = (writes.get(matchKey(origin)) ?? [])
        .filter((write) => write.step > step && waitsForPlace(place, placeOf(write))).map(({ target }) => target);
      known.set(key, later);
    }
    return later;
  };
}

/** SHA-256 over what would be done to what; cut, since it is there for people to paste. */
function hashOf(trigger: string, changes: readonly Change[]): string {
  const lines = changes.map((change) =>
    JSON.stringify([
      change.action,
      objectKey(change.target),
      change.live ? uidOf(change.live) ?? "" : "",
      change.desired ? createHash("sha256").update(canonicalJson(change.desired)).digest("hex") : "",
    ])
  );
  return createHash("sha256").update([trigger, ...lines.sort()].join("\n")).digest("hex").slice(0, 16);
}

/** What `moonferry.dev/suspend` says on an object: nothing, hold writes, or hold revocations too. */
export function suspensionOf(object: KubeObject | undefined): "none" | "writes" | "all" {
  const value = object && annotationsOf(object)["moonferry.dev/suspend"];
  if (value === "all") return "all";
  return value === undefined || value === "false" ? "none" : "writes";
}

export type { OnStop };
