/**
 * What is noted on outputs by their marks alone: what becomes of them when nothing asks for them any more, and whose they are
 * now. It is written also where nothing else of an output may be, since whoever plans next may know nothing but the marks.
 */
import { annotationsOf, type KubeObject, objectKey, objectRef } from "../api/object.ts";
import { differences } from "./diff.ts";
import { ignoresDrift, withExcluded } from "./drift.ts";
import { type GateContext, gates } from "./gates/mod.ts";
import { CONTENT_ANNOTATION, DOMAIN, ON_STOP_ANNOTATION, ORIGIN_ANNOTATION, STEP_ANNOTATION } from "./marks.ts";
import { encodeOrigin, formatOrigin, matchKey } from "./origin.ts";
import type { Placed } from "./place.ts";
import { type Change, type Draft, ownershipOf, type PlanInput, suspensionOf } from "./plan.ts";

/** Marks to be written, or taken off where they are null. */
export type MarkValues = Readonly<Record<string, string | null>>;

/** The change that alters nothing but marks. */
export function changeOfMarks(live: KubeObject, marks: MarkValues, because: readonly string[]): Change {
  const annotations: Record<string, string> = { ...annotationsOf(live) };
  for (const [key, value] of Object.entries(marks)) {
    if (value === null) delete annotations[key];
    else annotations[key] = value;
  }
  return {
    action: "update",
    target: objectRef(live),
    origin: ownershipOf(live).origin,
    step: 0,
    live,
    desired: { ...live, metadata: { ...live.metadata, annotations } },
    marks,
    because,
    after: [],
  };
}

/**
 * Outputs, by {@link objectKey}, that the match on their marks does not give any more although others want to: each with the
 * one that finds it just as it gives it, so that the output is that one's now; undefined where there is none.
 */
export type Abandoned = ReadonlyMap<string, Placed | undefined>;

/**
 * @param kept What is left to be written, one output a target.
 * @param stays Whether the output stays as it is for its own match, of which it is not known what it gives.
 */
export function findAbandoned(
  input: PlanInput,
  kept: readonly Placed[],
  stays: (object: KubeObject) => boolean,
): Abandoned {
  const { frozenMatches } = input;
  const claims = Map.groupBy(input.placed, ({ target }) => objectKey(target));
  const first = new Map(kept.map((item) => [objectKey(item.target), item]));
  const abandoned = new Map<string, Placed | undefined>();
  for (const object of input.live.owned) {
    const key = objectKey(objectRef(object));
    const group = claims.get(key);
    if (!group) continue;
    const owner = matchKey(ownershipOf(object).origin);
    if (stays(object) || group.some(({ origin }) => matchKey(origin) === owner)) continue;
    const isFrozen = ({ origin }: Placed) => frozenMatches.has(matchKey(origin));
    const ordered = [first.get(key), ...group.filter((item) => !isFrozen(item)), ...group.filter(isFrozen)];
    abandoned.set(key, ordered.find((item) => item && isAsGiven(item, object, input)));
  }
  return abandoned;
}

const OF_MARKS = `metadata.annotations["${DOMAIN}/`;

/** Whether an output is as the match gives it, whoever wrote it. */
function isAsGiven({ object, origin, subresources }: Placed, there: KubeObject, input: PlanInput): boolean {
  if (input.syncMode === "OneTime" && input.delivered.has(matchKey(origin))) return true;
  if (ignoresDrift(object)) {
    return annotationsOf(object)[CONTENT_ANNOTATION] === annotationsOf(there)[CONTENT_ANNOTATION];
  }
  const desired = withExcluded(object, there, input.exclusions);
  return differences(desired, there, subresources).every((path) => path.startsWith(OF_MARKS));
}

/** The changes of a draft, and the marks of what it does not change otherwise. */
export function withNotedMarks(
  changes: Draft["changes"],
  input: PlanInput,
  abandoned: Abandoned,
  context: GateContext,
): readonly Change[] {
  const written = new Map(changes.map((change) => [objectKey(change.target), change]));
  const noted = new Map<Change | undefined, Change>();
  const added: Change[] = [];
  for (const object of input.live.owned) {
    // What nobody may touch is not written for this either.
    if (suspensionOf(object) !== "none" || object.metadata.deletionTimestamp) continue;
    const key = objectKey(objectRef(object));
    const other = written.get(key);
    if (other && !other.marks) continue;
    const { marks, because } = marksToNote(object, input, abandoned.get(key));
    if (because.length === 0) continue;
    const change = changeOfMarks(object, { ...other?.marks, ...marks }, [...other?.because ?? [], ...because]);
    if (gates.some((gate) => gate.check(change, context))) continue;
    if (other) noted.set(other, change);
    else added.push(change);
  }
  return [...changes.map((change) => noted.get(change) ?? change), ...added];
}

function marksToNote(
  object: KubeObject,
  { onStop }: PlanInput,
  heir: Placed | undefined,
): { marks: MarkValues; because: string[] } {
  const marks: Record<string, string | null> = {};
  const because: string[] = [];
  if (onStop && ownershipOf(object).onStop !== onStop) {
    marks[ON_STOP_ANNOTATION] = onStop;
    because.push(
      `the EventTrigger says to ${onStop === "leave" ? "leave" : "withdraw"} it at the end, which is noted on it`,
    );
  }
  if (heir) {
    marks[ORIGIN_ANNOTATION] = encodeOrigin(heir.origin);
    marks[STEP_ANNOTATION] = heir.step > 0 ? String(heir.step) : null;
    because.push(`it is that of ${formatOrigin(heir.origin)} now, which is noted on it`);
  }
  return { marks, because };
}
