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
export function isGround(change: Pick<Change, "target">): boolean {
  return isNamespace(change) || isDefinition(change);
}

function isNamespace({ target: { apiVersion, kind } }: Pick<Change, "target">): boolean {
  return kind === "Namespace" && groupOf(apiVersion) === "";
}

function isDefinition({ target: { apiVersion, kind } }: Pick<Change, "target">): boolean {
  return kind === "CustomResourceDefinition" && groupOf(apiVersion) === "apiextensions.k8s.io";
}

/** Where a definition is: nowhere that a namespace could be. */
const DEFINITIONS = "/";

/** The namespace that the target is in, or is; empty for what is in none. */
export function placeOf(change: Pick<Change, "target">): string {
  const { target } = change;
  return isDefinition(change) ? DEFINITIONS : isNamespace(change) ? target.name : target.namespace;
}

/**
 * Whether a removal in one place waits for what is done in another, in a later step of its match. Who may write an object in
 * some namespace can give it the marks of any match and step, so nothing waits for what is in another namespace; what is in
 * none only an administrator makes. A definition takes all objects of its kind along: it goes last.
 */
export function waitsForPlace(place: string, other: string): boolean {
  return place === DEFINITIONS || place === other || other === "";
}

/** What a generator makes is there for the templates of its trigger, which have read it already: nothing waits for it. */
function isGenerated({ origin }: Pick<Change, "origin">): boolean {
  return origin.key === "";
}

/**
 * Writes that have a place in their match's order: what others stand on comes first whatever its template says, and
 * marks alone change nothing that anything refers to.
 */
export function isWrite(change: Change): boolean {
  const isContent = change.action !== "delete" && !change.release && change.marks === undefined;
  return isContent && !isGround(change) && !isGenerated(change);
}

function isRemoval(change: Change): boolean {
  return change.action === "delete" && !isGenerated(change);
}

/** Changes of one match that may be carried out together. */
export interface Step {
  readonly changes: readonly Change[];
  /** What must be done before: for writes the step before, for removals those after it. */
  readonly previous: readonly Step[];
}

/** The steps of the changes of one trigger, each after its `previous`. What is in none waits for no step. */
export function stepsOf(changes: readonly Change[]): Step[] {
  const steps: Step[] = [];
  const byMatch = (kind: (change: Change) => boolean) =>
    Map.groupBy(changes.filter(kind), ({ origin }) => `${origin.trigger} ${matchKey(origin)}`).values();
  // Writes first: a removal may wait for a write of its own match, never the other way round.
  for (const group of byMatch(isWrite)) {
    let last: Step | undefined;
    for (const [, together] of [...Map.groupBy(group, ({ step }) => step)].sort(([a], [b]) => a - b)) {
      steps.push(last = { changes: together, previous: last ? [last] : [] });
    }
  }
  for (const group of byMatch(isRemoval)) steps.push(...removalsOf(group));
  return steps;
}

/** The steps of one match's removals: the later ones first, and what others wait for before them. */
function removalsOf(removals: readonly Change[]): Step[] {
  // Each place after those that it waits for.
  const rank = (place: string) => place === "" ? 0 : place === DEFINITIONS ? 2 : 1;
  const places = [...Map.groupBy(removals, placeOf)].sort(([a], [b]) => rank(a) - rank(b));
  const known: { place: string; number: number; step: Step }[] = [];
  for (const [place, there] of places) {
    const others = Map.groupBy(
      known.filter((other) => waitsForPlace(place, other.place)),
      (other) => other.place,
    );
    const own: { place: string; number: number; step: Step }[] = [];
    for (const [number, changes] of [...Map.groupBy(there, ({ step }) => step)].sort(([a], [b]) => b - a)) {
      const before = [...others.values(), own].flatMap((chain) => chain.findLast((one) => one.number > number) ?? []);
      own.push({ place, number, step: { changes, previous: before.map(({ step }) => step) } });
    }
    known.push(...own);
  }
  return known.map(({ step }) => step);
}

/**
 * Holds what must not be done alone. A write waits for a held one of an earlier step of its match, under that one's gate:
 * what it refers to is not as it says. (Sveltos deploys nothing after a failed object either.) A kind that is never
 * written is not waited for.
 */
export function holdLaterWrites(draft: Draft): Draft {
  const reasonFor = (target: string) => `it waits for ${target}, which is held`;
  return holdBehind(draft, isWrite, isWrite, (a, b) => a < b, () => true, reasonFor);
}

/**
 * A removal waits for a held change of a later step of its match, which as it stands needs what would be removed: for one of
 * its own namespace ({@link waitsForPlace}).
 */
export function holdEarlierRemovals(draft: Draft): Draft {
  const isEither = (change: Change) => isRemoval(change) || isWrite(change);
  const reasonFor = (target: string) => `it waits for ${target}, which stays`;
  return holdBehind(draft, isEither, isRemoval, (a, b) => a > b, waitsForPlace, reasonFor);
}

function holdBehind(
  draft: Draft,
  isCause: (change: Change) => boolean,
  concerns: (change: Change) => boolean,
  goesFirst: (a: number, b: number) => boolean,
  waits: (place: string, other: string) => boolean,
  reasonFor: (target: string) => string,
): Draft {
  // By match, the first of each place.
  const first = new Map<string, Map<string, Held>>();
  for (const held of draft.held.filter(({ gate, change }) => gate !== "kinds" && isCause(change))) {
    const key = matchKey(held.change.origin), place = placeOf(held.change);
    const places = first.get(key) ?? new Map<string, Held>();
    first.set(key, places);
    const known = places.get(place);
    if (!known || goesFirst(held.change.step, known.change.step)) places.set(place, held);
  }
  const causeOf = (change: Change): Held | undefined => {
    let cause: Held | undefined;
    for (const [place, held] of first.get(matchKey(change.origin)) ?? []) {
      if (!waits(placeOf(change), place) || cause && !goesFirst(held.change.step, cause.change.step)) continue;
      cause = held;
    }
    return cause;
  };
  const changes: Change[] = [];
  const held: Held[] = [...draft.held];
  for (const change of draft.changes) {
    const cause = concerns(change) ? causeOf(change) : undefined;
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
    const before = step.previous.map((one) => stepPlaces.get(one)!)
      .reduce((a, b) => b.phase > a.phase || b.phase === a.phase && b.depth > a.depth ? b : a, {
        phase: -1,
        depth: -1,
      });
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
