/** Matches that generate one object with different content: none of them goes on, since each would be given another's. */
import { formatRef, objectKey, type ObjectRef, objectRef } from "../api/object.ts";
import { compareBytes, equalJson } from "../json/json.ts";
import type { Desired } from "./content.ts";
import type { Failure } from "./errors.ts";

/** So many matches are named in a message. */
const NAMED = 5;

/** Matches that can't go on, and why. */
export interface Clashes {
  /** Indexes of the matches. */
  readonly matches: ReadonlySet<number>;
  readonly failures: readonly Failure[];
}

/**
 * Finds what several matches generate under one name with different content. What is generated is seen by all matches of the
 * trigger: one would be rendered from what another was given, a Secret of its cluster maybe. Who came first does not count.
 *
 * @param outputs What the generators give, by index of the match; of two objects of one match the later counts, as in Sveltos.
 */
export function findClashes(trigger: string, outputs: ReadonlyMap<number, readonly Desired[]>): Clashes {
  const matches = new Set<number>();
  const failures: Failure[] = [];
  for (const claims of claimsByTarget(outputs).values()) {
    const first = claims[0]!;
    if (claims.every(({ object }) => equalJson(object, first.object))) continue;
    const message = messageFor(trigger, objectRef(first.object), claims);
    for (const { matchIndex, origin } of claims) {
      matches.add(matchIndex);
      failures.push({
        stage: "render",
        reason: "GeneratedNameNotUnique",
        message: message(origin.match),
        match: origin.match,
      });
    }
  }
  return { matches, failures };
}

/** One claim a match. */
function claimsByTarget(outputs: ReadonlyMap<number, readonly Desired[]>): Map<string, Desired[]> {
  const byTarget = new Map<string, Desired[]>();
  for (const desired of outputs.values()) {
    const latest = new Map(desired.map((one) => [objectKey(objectRef(one.object)), one]));
    for (const [key, one] of latest) {
      const claims = byTarget.get(key);
      if (claims) claims.push(one);
      else byTarget.set(key, [one]);
    }
  }
  return byTarget;
}

function messageFor(
  trigger: string,
  target: ObjectRef,
  claims: readonly Desired[],
): (match: ObjectRef | undefined) => string {
  const field = target.kind === "Secret" ? "secretGenerator" : "configMapGenerator";
  // Sorted: a message that depends on the order of the matches would be told anew with each pass.
  const names = claims.flatMap(({ origin }) => origin.match ? [formatRef(origin.match)] : []).sort(compareBytes);
  const named = names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ` and ${names.length - NAMED} more` : "");
  return (match) =>
    `EventTrigger ${trigger} spec.${field}${
      match ? ` for ${formatRef(match)}` : ""
    }: ${claims.length} matches generate ` +
    `${
      formatRef(target)
    }, and not all with the same content: ${named}. Their outputs stay as they are. Make nameFormat ` +
    `differ by match, for example with {{ .MatchingResource.Namespace }}-{{ .MatchingResource.Name }}`;
}
