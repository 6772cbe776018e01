/**
 * In which order changes are carried out: outputs of one match are published as its templates give them and withdrawn in
 * reverse, so that what refers to an output never stands without it. Across matches revocations overtake rotations, and
 * those overtake first publications. Pure.
 */
import { formatRef, groupOf, type KubeObject, objectKey, qualifiedKind } from "../api/object.ts";
import { matchKey, type Origin } from "./origin.ts";
import type { Change, Draft, Held } from "./plan.ts";

/**
 * Counts the steps of each match: outputs of one kind that follow each other are written together, an output of another
 * kind waits for all before it.
 */
export class StepCounter {
  readonly #last = new Map<string, { kind: string; step: number }>();

  /** The step of the next output of its match. */
  next({ apiVersion, kind: name }: Pick<KubeObject, "apiVersion" | "kind">, origin: Origin): number {
    if (isGenerated({ origin })) return 0;
    const kind = qualifiedKind({ apiVersion, kind: name });
    const last = this.#last.get(matchKey(origin));
    const step = last === undefined ? 0 : last.kind === kind ? last.step : last.step + 1;
    this.#last.set(matchKey(origin), { kind, step });
    return step;
  }
}

/** Whether other objects may stand on it: a namespace, or the definition of a kind. */
export function isGround({ target: { apiVersion, kind } }: Pick<Change, "target">): boolean {
  return kind === "Namespace" && groupOf(apiVersion) === "" ||
    kind === "CustomResourceDefinition" && groupOf(apiVersion) === "apiextensions.k8s.io";
}

/** What a generator makes is there for the templates of its trigger, which have read it already: nothing waits for it. */
function isGenerated({ origin }: Pick<Change, "origin">): boolean {
  return origin.key === "";
}

/**
 * Writes that have a place in their match's order: what others stand on comes first whatever its template says, and the
 * mark of a pause changes nothing that anything refers to.
 */
export function isWrite(change: Change): boolean {
  const isContent = change.action !== "delete" && !change.release && change.pausedBy === undefined;
  return isContent && !isGround(change) && !isGenerated(change);
}

function isRemoval(change: Change): boolean {
  return change.action === "delete" && !isGenerated(change);
}

/** Changes of one match that may be carried out together. */
export interface Step {
  readonly changes: readonly Change[];
  /** What must be done before: for writes the step before, for removals the one after it. */
  readonly previous?: Step;
}

/** The steps of the changes of one trigger, each after its `previous`. What is in none waits for no step. */
export function stepsOf(changes: readonly Change[]): Step[] {
  const steps: Step[] = [];
  const chain = (ordered: ReadonlyMap<number, readonly Change[]>, compare: (a: number, b: number) => number) => {
    let previous: Step | undefined;
    for (const [, together] of [...ordered].sort(([a], [b]) => compare(a, b))) {
      steps.push(previous = { changes: together, ...(previous ? { previous } : {}) });
    }
  };
  const byMatch = (kind: (change: Change) => boolean) =>
    Map.groupBy(changes.filter(kind), ({ origin }) => `${origin.trigger} ${matchKey(origin)}`).values();
  // Writes first: a removal may wait for a write of its own match, never the other way round.
  for (const group of byMatch(isWrite)) chain(Map.groupBy(group, ({ step }) => step), (a, b) => a - b);
  for (const group of byMatch(isRemoval)) chain(Map.groupBy(group, ({ step }) => step), (a, b) => b - a);
  return steps;
}

/**
 * Holds what must not be done alone. A write waits for a held one of an earlier step of its match, under that one's gate:
 * what it refers to is not as it says. (Sveltos deploys nothing after a failed object either.) A kind that is never
 * written is not waited for.
 */
export function holdLaterWrites(draft: Draft): Draft {
  return holdBehind(draft, isWrite, isWrite, (a, b) => a < b, (target) => `it waits for ${target}, which is held`);
}

/** A removal waits for a held change of a later step of its match, which as it stands needs what would be removed. */
export function holdEarlierRemovals(draft: Draft): Draft {
  const isEither = (change: Change) => isRemoval(change) || isWrite(change);
  return holdBehind(draft, isEither, isRemoval, (a, b) => a > b, (target) => `it waits for ${target}, which stays`);
}

function holdBehind(
  draft: Draft,
  isCause: (change: Change) => boolean,
  concerns: (change: Change) => boolean,
  goesFirst: (a: number, b: number) => boolean,
  reasonFor: (target: string) => string,
): Draft {
  const first = new Map<string, Held>();
  for (const held of draft.held.filter(({ gate, change }) => gate !== "kinds" && isCause(change))) {
    const key = matchKey(held.change.origin);
    const known = first.get(key);
    if (!known || goesFirst(held.change.step, known.change.step)) first.set(key, held);
  }
  const changes: Change[] = [];
  const held: Held[] = [...draft.held];
  for (const change of draft.changes) {
    const cause = concerns(change) ? first.get(matchKey(change.origin)) : undefined;
    if (!cause || !goesFirst(cause.change.step, change.step)) changes.push(change);
    else held.push({ change, gate: cause.gate, reason: reasonFor(formatRef(cause.change.target)), relax: cause.relax });
  }
  return { ...draft, changes, held };
}

/** Revocations overtake rotations, rotations overtake first publications; what waits for a new name comes last. */
const PHASES = { revocation: 0, update: 1, ground: 2, publication: 3, oldName: 4 };

/**
 * The changes in phases, each to be finished before the next begins. Within a phase a change comes after the step that it
 * waits for; removals are in reverse.
 */
export function phasesOf(changes: readonly Change[]): Change[][] {
  const places = new Map<Change, { phase: number; depth: number }>();
  const stepPlaces = new Map<Step, { phase: number; depth: number }>();
  for (const step of stepsOf(changes)) {
    const before = step.previous ? stepPlaces.get(step.previous)! : { phase: -1, depth: -1 };
    let last = before;
    for (const change of step.changes) {
      const phase = Math.max(basePhase(change), before.phase);
      const place = { phase, depth: phase === before.phase ? before.depth + 1 : 0 };
      places.set(change, place);
      if (place.phase > last.phase || place.phase === last.phase && place.depth > last.depth) last = place;
    }
    stepPlaces.set(step, last);
  }
  const phases: Change[][] = Object.values(PHASES).map(() => []);
  const removals = changes.filter(({ action }) => action === "delete").reverse();
  const others = changes.filter(({ action }) => action !== "delete");
  const placeOf = (change: Change) => places.get(change) ?? { phase: basePhase(change), depth: 0 };
  for (const change of [...removals, ...others]) phases[placeOf(change).phase]!.push(change);
  return phases.map((phase) => phase.sort((a, b) => placeOf(a).depth - placeOf(b).depth));
}

function basePhase(change: Change): number {
  if (change.action === "delete") return change.after.length > 0 ? PHASES.oldName : PHASES.revocation;
  if (change.action === "update") return PHASES.update;
  return isGround(change) ? PHASES.ground : PHASES.publication;
}

/**
 * The changes with those first that wait for longest, each by the key of its target ({@link objectKey}): else what comes late
 * in the API's order would wait for ever where more is rotated than can be written. {@link phasesOf} keeps this order within
 * what may be done together.
 */
export function oldestFirst(changes: readonly Change[], waitingSince: ReadonlyMap<string, number>): readonly Change[] {
  if (waitingSince.size === 0) return changes;
  const sinceOf = new Map(
    changes.map((change) => [change, waitingSince.get(objectKey(change.target)) ?? Number.MAX_VALUE]),
  );
  return changes.toSorted((a, b) => sinceOf.get(a)! - sinceOf.get(b)!);
}
