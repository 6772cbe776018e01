/**
 * The whole line for one trigger, each arrow one call: Snapshot → Selection → Matches → Desired → Plan. Every command is a
 * prefix of it. Reading goes through one seam, user code through another; nothing is written here.
 */
import { groupOf, type KubeObject, qualifiedKind, versionOf } from "../api/object.ts";
import type { CelLimits } from "../cel/mod.ts";
import { canonicalJson, fieldAt, isSameJson, type Json, type JsonObject } from "../json/json.ts";
import type { LuaSandbox } from "../sandbox/mod.ts";
import type { RenderOptions } from "../template/mod.ts";
import type { EventSource } from "../api/event_source.ts";
import type { EventTrigger } from "../api/event_trigger.ts";
import { aggregate, type Matches } from "./aggregate.ts";
import { inputTimesOf, WatchedWorld } from "./change_times.ts";
import { readDefinedAt } from "./definition.ts";
import { compileExclusions, type Exclusions } from "./drift.ts";
import { type Failure, isFatal, type Note, TriggerFailure } from "./errors.ts";
import type { GateContext } from "./gates/mod.ts";
import { findVanishings, type Generation, generationOf } from "./generation.ts";
import type { KeptPasses } from "./kept_renderings.ts";
import { type PipelineLimits, refuseInputs, refuseMatches, SelectionBudget } from "./limits.ts";
import { readLive, stillAsSeen } from "./live.ts";
import { StepCounter } from "./order.ts";
import { formatContent, matchKey, type Origin } from "./origin.ts";
import { findEarlierPauses, findPausedEnds, findPauses, type PausedMatches, type Pauses } from "./pause.ts";
import { onStopOf } from "./marks.ts";
import { markPauses, type RecalledPauses, recallPauses } from "./pause_marks.ts";
import { place, type Placed } from "./place.ts";
import { PlacedBefore } from "./placed_before.ts";
import { type OnStop, type Plan, plan as makePlan, suspensionOf } from "./plan.ts";
import type { KindFacts, ObjectReader, ReadOptions } from "./reader.ts";
import { type Rendering, renderMatches } from "./render.ts";
import {
  isRevocation,
  revocationKey,
  unreadable,
  unreadInputs,
  whileAllWait,
  withoutRevocations,
} from "./revocation.ts";
import { clearedComputation, clearedPlan, type Read, readAgain, Seen } from "./seen.ts";
import type { SecretIndexes } from "./secret_values.ts";
import { select, type Selection } from "./select.ts";
import { withinNamespaces } from "./source_namespaces.ts";
import { ALL_TRIGGERS, outOfScopeNote, type TriggerScope } from "./scope.ts";
import { readSnapshot, type Request, type Snapshot, triggerQuery } from "./snapshot.ts";
import { formatRef } from "../api/object.ts";

/** What the pipeline is given besides the request. */
export interface Parts {
  readonly reader: ObjectReader;
  readonly sandbox: LuaSandbox;
  /** What one CEL rule may cost on one object; what is not named has its default. */
  readonly cel?: Partial<CelLimits>;
  /** How much one trigger may read, match and render; what is not named has its default. */
  readonly limits?: Partial<PipelineLimits>;
  /** What templates are rendered with. */
  readonly templates: RenderOptions;
  /** Kept from pass to pass, what takes time to make of many Secrets; absent: made anew each time. */
  readonly secretIndexes?: SecretIndexes;
  /** Kept from pass to pass, what came of each match; absent: every match is rendered anew each time. */
  readonly keptPasses?: KeptPasses;
}

export interface ReconcileOptions {
  readonly managementLabels: Readonly<Record<string, string>>;
  /** Create the namespaces that outputs need. */
  readonly createNamespaces: boolean;
  /** The namespaces that selectors, references and generators may read; absent: all. */
  readonly sourceNamespaces?: readonly string[];
  /** Where generators put what they make; absent: `projectsveltos`. */
  readonly sveltosNamespace?: string;
  /** Which triggers are ours; absent: all. */
  readonly scope?: TriggerScope;
  readonly gates: Omit<GateContext, "triggerObject" | "isDryRun">;
}

/** How far a trigger came: what each arrow gave, up to the first that failed. */
export interface Computation {
  readonly snapshot: Snapshot;
  readonly selection?: Selection;
  readonly matches?: Matches;
  /** What the `aggregatedSelection` had cost that failed, or was stopped. */
  readonly failedScriptCost?: Matches["cost"];
  readonly rendering?: Omit<Rendering, "texts">;
  readonly pauses?: Pauses;
  readonly failures: readonly Failure[];
  readonly notes: readonly Note[];
}

export interface Reconciliation {
  readonly computation: Computation;
  readonly plan: Plan;
  /** Takes Secret bytes out of a text: those of all that was read or rendered. */
  readonly redact: (text: string) => string;
  /** The revocations that the plan leaves out since what they rest on can't be read once more, by `revocationKey`. */
  readonly unread?: readonly string[];
  /** True where the plan leaves out revocations that were refused a moment ago ({@link Request.waiting}). */
  readonly isWaiting?: boolean;
  /** To be passed in as `previous` next time, once this plan has been accepted; absent where there is nothing to remember. */
  readonly generation?: Generation;
}

type ComputeOptions = Pick<ReconcileOptions, "managementLabels" | "sveltosNamespace" | "sourceNamespaces" | "scope">;

/** Snapshot to Desired: what the trigger's objects say, whatever the world looks like. Failures are values. */
export async function compute(
  request: Request,
  parts: Parts,
  options: ComputeOptions,
  signal: AbortSignal,
  read: ReadOptions = {},
  previous?: Generation,
): Promise<Computation> {
  const seen = new Seen(parts.secretIndexes);
  const reader = seen.watching(parts.reader);
  const computation = await computeUncleared(request, { ...parts, reader }, options, signal, read, previous);
  return clearedComputation(computation, seen.redactor(computation));
}

/** {@link compute}, whose texts may still hold what stands in Secrets. */
async function computeUncleared(
  request: Request,
  parts: Parts,
  options: ComputeOptions,
  signal: AbortSignal,
  read: ReadOptions,
  previous?: Generation,
): Promise<Computation> {
  const snapshot = await readSnapshot(request, parts.reader, options, signal, read);
  const { trigger, source, cluster, notes, unsupported = [] } = snapshot;
  const tooMuch = source && refuseInputs(source, snapshot.listings, parts.limits);
  const known = previous?.paused;
  const kept = parts.keptPasses?.of(request.trigger);
  const earlier = source && kept?.earlier.filter(({ spec }) => isSameJson(spec, specOf(source))) || [];
  const earlierPauses = async () => {
    if (!source) return undefined;
    const objects = objectsIn(snapshot);
    const ended = await findPausedEnds(earlier, { objects }, known, parts.reader);
    return findEarlierPauses(source, objects, parts.sandbox, known, earlier, ended);
  };
  if (tooMuch) {
    const failures = [...snapshot.failures, tooMuch, ...unsupported];
    return { snapshot, pauses: await earlierPauses(), failures, notes };
  }
  if (snapshot.failures.length > 0 || !trigger || !source || !cluster || snapshot.selection !== "selected") {
    const failures = [...snapshot.failures, ...unsupported];
    return { snapshot, pauses: await earlierPauses(), failures, notes };
  }
  let selection: Selection | undefined, matches: Matches | undefined, pauses: Pauses | undefined;
  try {
    selection = select(source, snapshot.listings, parts.sandbox, parts.cel, new SelectionBudget(parts.limits));
    matches = aggregate(source, selection, parts.sandbox);
    refuseMatches(source, matches.matches, parts.limits);
    if (kept) matches = { ...matches, matches: kept.recognise(matches.matches) };
    const ended = await findPausedEnds(earlier, selection, known, parts.reader);
    pauses = findPauses(source, selection, matches, parts.sandbox, known, earlier, ended);
    const { sveltosNamespace, sourceNamespaces } = options;
    const input = { trigger, source, cluster: cluster.object, matches, sveltosNamespace };
    const { texts: _, ...rendering } = await renderMatches(
      input,
      { ...parts, kept, reader: withinNamespaces(parts.reader, sourceNamespaces) },
      signal,
      read,
    );
    return {
      snapshot,
      selection,
      matches,
      rendering,
      pauses,
      failures: [...selection.ruleErrors, ...rendering.failures, ...unsupported],
      notes: [...notes, ...selection.notes, ...pauses.notes, ...rendering.notes],
    };
  } catch (error) {
    if (!(error instanceof TriggerFailure)) throw error;
    return {
      snapshot,
      selection,
      matches,
      // What is paused is known although nothing is to be changed.
      pauses: pauses ?? await earlierPauses(),
      ...(error.scriptCost ? { failedScriptCost: error.scriptCost } : {}),
      failures: [error.failure],
      notes: [...notes, ...selection?.notes ?? [], ...pauses?.notes ?? []],
    };
  }
}

/** As much of what the selectors name as could be read. */
function objectsIn({ listings }: Snapshot): readonly KubeObject[] {
  return listings.flatMap(({ objects }) => objects);
}

/** So many revocations are looked at one by one before they are carried out; for more, all that is ours is listed anew. */
const MOST_LOOKED_AT = 500;

/**
 * The whole line up to the plan. The input of a plan that revokes anything is read once more, consistently; where anything is
 * another, the plan is made again, and only what both agree on is revoked. Nothing is revoked either where a fresh read of the
 * output itself shows a change. What is written comes of the first plan alone: what watches know only goes forwards, and a value
 * that is ahead of them would be taken back by the next pass.
 */
export async function reconcile(
  request: Request,
  parts: Parts,
  options: ReconcileOptions,
  signal: AbortSignal,
  previous?: Generation,
): Promise<Reconciliation> {
  const reconciliation = await reconcileSurely(request, parts, options, signal, previous);
  const { computation: { snapshot: { source }, selection, matches }, plan } = reconciliation;
  if (parts.keptPasses && source && selection && matches) {
    const revokes = [...plan.changes, ...plan.held.map(({ change }) => change)].some(isRevocation);
    parts.keptPasses.of(request.trigger).remember(
      { spec: specOf(source), selection, matches },
      !revokes && !reconciliation.isWaiting && plan.failures.length === 0,
    );
  }
  return reconciliation;
}

function specOf({ object }: EventSource): Json {
  return object.spec ?? null;
}

async function reconcileSurely(
  request: Request,
  parts: Parts,
  options: ReconcileOptions,
  signal: AbortSignal,
  previous: Generation | undefined,
): Promise<Reconciliation> {
  const { reconciliation: first, reads } = await reconcileOnce(request, parts, options, signal, previous, {});
  const revocations = first.plan.changes.filter(isRevocation);
  if (revocations.length === 0) return first;
  const waiting = whileAllWait(first, request.waiting);
  if (waiting) return waiting;
  const isListed = revocations.length > MOST_LOOKED_AT;
  // The same input gives the same plan. What can't be read again is no reason to read it a third time.
  const again = isListed ? "other" : await readAgain(reads, parts.reader, signal);
  if (typeof again === "object") {
    return withoutRevocations(first, [unreadable(request.trigger, again)], new Set(), revocations);
  }
  const second = again === "same" ? first : (await reconcileOnce(
    request,
    parts,
    options,
    signal,
    previous,
    { fresh: true },
    { fresh: isListed },
  )).reconciliation;
  const agreedOn = new Set(second.plan.changes.filter(isRevocation).map(revocationKey));
  const agreed = revocations.filter((change) => agreedOn.has(revocationKey(change)));
  const { kept, failures, unread } = isListed
    ? { kept: new Set(agreed), failures: [], unread: [] }
    : await stillAsSeen(agreed, request.trigger, parts.reader, signal);
  const left = revocations.filter((change) => !agreedOn.has(revocationKey(change)));
  // Where the second look has failed, nothing else may ever come of what it did not agree to.
  const found = left.length === 0 ? [] : failuresSince(first.plan, second.plan);
  const sure = withoutRevocations(
    first,
    [...found, ...failures],
    kept,
    found.length > 0 ? [...left, ...unread] : unread,
  );
  // What the second look knows to be paused was not seen by the first yet.
  const paused = unionOf(first.generation?.paused, second.generation?.paused);
  return sure.generation ? { ...sure, generation: { ...sure.generation, paused } } : sure;
}

/** What has failed in the second look, and not in the first. */
function failuresSince(first: Plan, second: Plan): Failure[] {
  const known = new Set(first.failures.map(({ reason, message }) => `${reason} ${message}`));
  return second.failures.filter(({ reason, message }) => !known.has(`${reason} ${message}`));
}

function unionOf(a: PausedMatches = new Map(), b: PausedMatches = new Map()): PausedMatches {
  const union = new Map([...a].map(([cluster, matches]) => [cluster, new Set(matches)]));
  for (const [cluster, matches] of b) {
    union.set(cluster, new Set([...union.get(cluster) ?? [], ...matches]));
  }
  return union;
}

async function reconcileOnce(
  request: Request,
  parts: Parts,
  options: ReconcileOptions,
  signal: AbortSignal,
  previous: Generation | undefined,
  read: ReadOptions,
  /** For what there is of ours. */
  readOwned: ReadOptions = read,
): Promise<{ reconciliation: Reconciliation; reads: readonly Read[] }> {
  const seen = new Seen(parts.secretIndexes);
  const reader = seen.watching(parts.reader);
  const world = parts.templates.world && new WatchedWorld(parts.templates.world);
  const watched = { ...parts, reader, templates: { ...parts.templates, world } };
  const computation = await computeUncleared(request, watched, options, signal, read, previous);
  const { snapshot, selection, matches, pauses } = computation;
  const reads = [...seen.reads];
  // What depends on time or chance is always another: no sign of a program that renders differently.
  const times = (previous ?? NO_INPUTS).program === "" && !world?.wasAsked && !matches?.isOfTheMoment
    ? inputTimesOf(seen.objects, snapshot.listings)
    : undefined;
  const before = parts.keptPasses?.of(request.trigger).placed ?? new PlacedBefore();
  const { placed, failures } = await placeAll(computation, before, reader, options, signal);
  const { exclusions, failure } = exclusionsOf(snapshot.trigger);
  const allFailures = [...computation.failures, ...failures, ...(failure ? [failure] : [])];
  const live = await readLive(
    request.trigger,
    options.gates,
    options.gates.allowedKinds,
    placed.map(({ target }) => target),
    reader,
    signal,
    { ...readOwned, createNamespaces: options.createNamespaces },
  );
  const isDeleted = snapshot.state === "deleted";
  const onStop = snapshot.onStop ?? (isDeleted ? await lastOnStop(request.trigger, reader, previous) : undefined);
  const definition = isDeleted && live.owned.length > 0
    ? await readDefinedAt(request.trigger, reader, signal)
    : { failures: [] };
  // Also where something failed: a Cluster that is paused meanwhile and moves is known by its marks after a restart.
  const isLooking = snapshot.state === "present" && snapshot.selection === "selected";
  const known = pauses?.paused ?? previous?.paused ?? new Map();
  const recalled: RecalledPauses = isLooking
    ? await recallPauses(known, live.owned, selection ?? { objects: objectsIn(snapshot) }, reader, signal)
    // Deleting the trigger is consent to withdraw all that it gave.
    : { paused: isDeleted ? new Map() : previous?.paused ?? new Map(), keptOutputs: new Map(), notes: [] };
  const { paused, keptOutputs, notes: pauseNotes } = recalled;
  const generation = snapshot.source && selection
    ? generationOf(snapshot.source, selection, paused, previous?.delivered ?? new Set())
    : undefined;
  const matchKeys = new Set((matches?.matches ?? []).map(({ ref }) => matchKey({ match: ref })));
  // Outputs of all matches together have no match of their own: they stand as long as there is any.
  if (matches && matches.matches.length > 0) matchKeys.add("all");
  const fatal = allFailures.some(isFatal);
  const alone = new SelectionBudget(parts.limits);
  const { vanishings, gone, departed, unread } = fatal || snapshot.state !== "present"
    ? { vanishings: [], gone: [], departed: new Set<string>(), unread: [] }
    : await findVanishings(
      previous,
      generation && selection ? { generation, selection } : undefined,
      matchKeys,
      live.owned,
      reader,
      (index, object) => selectsAlone(snapshot, index, object, parts, alone),
      signal,
      { recent: !read.fresh },
    );
  const frozenMatches = new Set([
    ...allFailures.filter(({ elsewhere }) => !elsewhere).map((failure) => matchKey(failure)),
    ...[...paused.values()].flatMap((keys) => [...keys]),
  ]);
  const triggerObject = snapshot.trigger?.object;
  const notes = snapshot.isOutOfScope && live.owned.length > 0
    ? [...computation.notes, outOfScopeNote(request.trigger, options.scope ?? ALL_TRIGGERS, live.owned)]
    : [...computation.notes, ...pauseNotes];
  const plan = makePlan({
    trigger: request.trigger,
    matches: matchKeys,
    placed,
    live,
    failures: [...allFailures, ...definition.failures],
    frozenMatches,
    keptOutputs,
    pauseMarks: isLooking ? markPauses(recalled, live.owned) : [],
    frozen: snapshot.state === "present" && snapshot.selection === "frozen",
    deleted: isDeleted,
    ...("definedAt" in definition ? { definedAt: definition.definedAt } : {}),
    vanishings,
    // What a script gives for one object may rest on any other.
    ...(snapshot.source?.aggregatedSelection === "" ? { departed } : {}),
    ...(times ? { times } : {}),
    syncMode: snapshot.trigger?.syncMode ?? "Continuous",
    ...(onStop ? { onStop } : {}),
    exclusions,
    delivered: previous?.delivered ?? new Set(),
    notes,
  }, {
    ...options.gates,
    isDryRun: (snapshot.trigger?.syncMode ?? fieldAt(snapshot.object, "spec", "syncMode")) === "DryRun",
    triggerObject,
  });
  // A match that fails for long must not make ordinary deletions add up to a mass change.
  const isFrozen = plan.failures.some(isFatal);
  const accepted = !isFrozen && !areRevocationsHeld(plan, snapshot.trigger);
  const delivered = deliveredIn(plan, placed, {
    matches: matchKeys,
    frozen: frozenMatches,
    before: previous?.delivered,
  });
  if (snapshot.state === "deleted") parts.keptPasses?.forget(request.trigger);
  const redact = seen.redactor(computation);
  const reconciliation = {
    computation: clearedComputation(computation, redact),
    // It holds revocations, and nothing else: said once the plan is made, it freezes nothing.
    plan: clearedPlan({ ...plan, failures: [...plan.failures, ...unreadInputs(request.trigger, unread)] }, redact),
    redact,
    generation: withOnStop(
      generation && !isFrozen
        ? { ...(accepted ? generation : { ...previous ?? NO_INPUTS, gone }), paused, delivered }
        : isLooking
        ? withPauses(previous, paused)
        : previous,
      onStop,
    ),
  };
  // An answer that is some seconds old revokes nothing: it is asked for once more.
  return { reconciliation, reads: [...reads, ...seen.reads.filter(({ options }) => options?.recent)] };
}

/** Whether a selector takes the object; true where that can't be said, since then nobody has shown that it does not. */
function selectsAlone(
  { source, listings }: Snapshot,
  index: number,
  object: KubeObject,
  parts: Parts,
  budget: SelectionBudget,
): boolean {
  try {
    const listing = { ...listings[index]!, objects: [object] };
    const { selectors } = select(source!, [listing], parts.sandbox, parts.cel, budget);
    return selectors[0]!.objects.length > 0;
  } catch (error) {
    if (!(error instanceof TriggerFailure)) throw error;
    return true;
  }
}

/** No plan was accepted yet; no EventSource has this text. */
const NO_INPUTS = { program: "", inputs: [] };

/** Of a pass that failed nothing is kept but what is paused: by the next one it may be gone. */
function withPauses(previous: Generation | undefined, paused: PausedMatches): Generation | undefined {
  if (!previous && paused.size === 0) return undefined;
  return { ...previous ?? { ...NO_INPUTS, delivered: new Set() }, paused };
}

/** What a trigger that is gone said last: it may have been changed and deleted between two passes. */
async function lastOnStop(
  trigger: string,
  reader: ObjectReader,
  previous: Generation | undefined,
): Promise<OnStop | undefined> {
  return await reader.lastOnStop?.(triggerQuery(trigger)) || previous?.onStop;
}

function withOnStop(generation: Generation | undefined, onStop: OnStop | undefined): Generation | undefined {
  return generation && onStop ? { ...generation, onStop } : generation;
}

function exclusionsOf(trigger: EventTrigger | undefined): { exclusions: Exclusions; failure?: Failure } {
  try {
    return { exclusions: trigger ? compileExclusions(trigger) : [] };
  } catch (error) {
    if (!(error instanceof TriggerFailure)) throw error;
    return { exclusions: [], failure: error.failure };
  }
}

/** The matches that have all their outputs, or had them before and are still there. */
function deliveredIn(
  plan: Plan,
  placed: readonly Placed[],
  known: {
    readonly matches: ReadonlySet<string>;
    /** Those of which the plan changes nothing: that says nothing about whether they have their outputs. */
    readonly frozen: ReadonlySet<string>;
    readonly before: ReadonlySet<string> | undefined;
  },
): Set<string> {
  const pending = new Set(
    [...plan.changes, ...plan.held.map(({ change }) => change)].map(({ origin }) => matchKey(origin)),
  );
  const complete = placed.map(({ origin }) => matchKey(origin))
    .filter((key) => !pending.has(key) && !known.frozen.has(key));
  return new Set([...complete, ...[...known.before ?? []].filter((key) => known.matches.has(key))]);
}

/** Whether revocations wait for somebody: until they are carried out, the inputs behind them are not forgotten. */
function areRevocationsHeld({ held }: Plan, trigger: EventTrigger | undefined): boolean {
  const isHeldAsAWhole = trigger?.syncMode === "DryRun" || suspensionOf(trigger?.object) === "all";
  return held.some(({ gate, change }) => gate === "mass-change" || isHeldAsAWhole && isRevocation(change));
}

/** What is no template is used as it is; where that gives no object, it was probably meant to be one. */
function braceHint(object: JsonObject, { match, template }: Origin): string {
  if (match || !canonicalJson(object).includes("{{")) return "";
  return `. It holds "{{" but is not rendered: annotate ${formatRef(template)} projectsveltos.io/instantiate: ok`;
}

/** Places every desired object; one that can't be placed fails its match. */
async function placeAll(
  computation: Computation,
  before: PlacedBefore,
  reader: ObjectReader,
  options: ReconcileOptions,
  signal: AbortSignal,
): Promise<{ placed: Placed[]; failures: Failure[] }> {
  const { rendering, snapshot: { trigger } } = computation;
  const placed: Placed[] = [];
  const failures: Failure[] = [];
  const kinds = new Map<string, KindFacts>();
  const steps = new StepCounter();
  for (const { object, origin, subresources } of rendering?.desired ?? []) {
    const { apiVersion, kind } = object as { apiVersion: string; kind: string };
    const gvk = `${apiVersion} ${kind}`;
    let facts = kinds.get(gvk);
    if (facts === undefined) {
      const found = await reader.kindOf(groupOf(apiVersion), versionOf(apiVersion), kind, signal);
      if ("scope" in found) facts = found;
      else if (!options.gates.allowedKinds.includes(qualifiedKind({ apiVersion, kind }))) {
        // Held by the gate `kinds` whatever its scope; asking the API about it is not our business.
        facts = { scope: "namespaced" };
      } else {
        failures.push({ stage: "validate", reason: found.reason, message: found.message, match: origin.match });
        continue;
      }
      kinds.set(gvk, facts);
    }
    const how = {
      instance: options.gates.instance,
      trigger: trigger!,
      onStop: onStopOf(trigger!.object) ?? "withdraw",
      kind: facts,
      step: steps.next({ apiVersion, kind }, origin),
      subresources,
    };
    const result = before.of(object, origin, how, () => place(object, origin, how));
    if (!("error" in result)) {
      placed.push(result);
      continue;
    }
    const forMatch = origin.match ? ` for ${formatRef(origin.match)}` : "";
    failures.push({
      stage: "validate",
      reason: "InvalidOutput",
      message: `${formatContent(origin)}${forMatch}: ${kind}: ${result.error}${braceHint(object, origin)}`,
      match: origin.match,
    });
  }
  // A match that fails in part is frozen as a whole: half of its outputs is not what anybody asked for.
  const failed = new Set(failures.map((failure) => matchKey(failure)));
  return { placed: placed.filter(({ origin }) => !failed.has(matchKey(origin))), failures };
}
