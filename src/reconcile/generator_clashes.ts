/** Matches that generate one object with different content: none of them goes on, since each would be given another's. */
import { formatRef, objectKey, type ObjectRef, objectRef } from "../api/object.ts";
import { compareBytes, equalJson } from "../json/json.ts";
import type { Desired } from "./content.ts";
import { type Failure, listNames } from "./errors.ts";

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
  for (const claims of Map.groupBy([...outputs.values()].flatMap(latestOfEach), targetOf).values()) {
    const first = claims[0]!;
    if (claims.every(({ object }) => equalJson(object, first.object))) continue;
    const clash = clashText(objectRef(first.object), claims);
    const field = first.object.kind === "Secret" ? "secretGenerator" : "configMapGenerator";
    for (const { matchIndex, origin: { match } } of claims) {
      matches.add(matchIndex);
      const forMatch = match ? ` for ${formatRef(match)}` : "";
      const message = `EventTrigger ${trigger} spec.${field}${forMatch}: ${clash}`;
      failures.push({ stage: "render", reason: "GeneratedNameNotUnique", message, match });
    }
  }
  return { matches, failures };
}

function targetOf({ object }: Desired): string {
  return objectKey(objectRef(object));
}

/** Of what one match generates, one claim a target. */
function latestOfEach(desired: readonly Desired[]): Desired[] {
  return [...new Map(desired.map((one) => [targetOf(one), one])).values()];
}

function clashText(target: ObjectRef, claims: readonly Desired[]): string {
  // Sorted: a message that depends on the order of the matches would be told anew with each pass.
  const names = claims.flatMap(({ origin }) => origin.match ? [formatRef(origin.match)] : []).sort(compareBytes);
  return `${claims.length} matches generate ${formatRef(target)}, and not all with the same content: ` +
    `${listNames(names, NAMED)}. Their outputs stay as they are. Make nameFormat differ by match, for example with ` +
    "{{ .MatchingResource.Namespace }}-{{ .MatchingResource.Name }}";
}
