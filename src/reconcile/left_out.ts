/**
 * Which matches come of which Cluster: those that are gone when it is left out. Where there are many Clusters they are left out
 * in groups, so that a script runs a few times and not once for each.
 */
import type { EventSource } from "../api/event_source.ts";
import { type KubeObject, objectKey, objectRef } from "../api/object.ts";
import type { LuaSandbox } from "../sandbox/mod.ts";
import { aggregate, type Matches } from "./aggregate.ts";
import { TriggerFailure } from "./errors.ts";
import { matchKey } from "./origin.ts";
import type { Selection } from "./select.ts";

/** Up to so many Clusters are left out one by one. */
const FEW = 8;

export interface LeftOutInput {
  readonly source: EventSource;
  readonly selection: Selection;
  readonly matches: Matches;
  readonly sandbox: LuaSandbox;
}

/**
 * For each of the Clusters, in their order, the keys of the matches that are gone without it.
 *
 * @throws {TriggerFailure} where the script fails without a Cluster, by way of `explain`.
 */
export function matchesOfEach(
  clusters: readonly KubeObject[],
  input: LeftOutInput,
  explain: (cluster: KubeObject, failure: TriggerFailure) => TriggerFailure,
): ReadonlySet<string>[] {
  const inGroups = clusters.length > FEW ? byGroups(clusters, input) : undefined;
  return inGroups ?? clusters.map((cluster) => {
    try {
      return goneWithout([cluster], input);
    } catch (error) {
      throw error instanceof TriggerFailure ? explain(cluster, error) : error;
    }
  });
}

function goneWithout(clusters: readonly KubeObject[], input: LeftOutInput): Set<string> {
  const { source, selection, matches, sandbox } = input;
  const keys = new Set(clusters.map((cluster) => objectKey(objectRef(cluster))));
  const objects = selection.objects.filter((object) => !keys.has(objectKey(objectRef(object))));
  const left = new Set(keysOf(aggregate(source, { ...selection, objects }, sandbox)));
  return new Set(keysOf(matches).filter((key) => !left.has(key)));
}

function keysOf({ matches }: Matches): string[] {
  return matches.map(({ ref }) => matchKey({ match: ref }));
}

/**
 * Leaves out, for each digit of the Clusters' binary numbers, first all that have a one there, then all that have a zero. What
 * comes of one Cluster is gone in one of the two each time, which spells that Cluster's number; what is there in both, for some
 * digit, needs no single one of them. Taking more Clusters away is taken to bring no match back.
 *
 * @returns undefined where that tells nothing: a match is gone in both, or the script fails.
 */
function byGroups(clusters: readonly KubeObject[], input: LeftOutInput): Set<string>[] | undefined {
  const candidates = new Map(keysOf(input.matches).map((key) => [key, 0]));
  for (let digit = 1; digit < clusters.length; digit *= 2) {
    try {
      const withoutOnes = goneWithout(clusters.filter((_, number) => (number & digit) !== 0), input);
      const withoutZeros = goneWithout(clusters.filter((_, number) => (number & digit) === 0), input);
      for (const [key, number] of candidates) {
        const isOne = withoutOnes.has(key), isZero = withoutZeros.has(key);
        if (isOne && isZero) return undefined;
        if (isOne) candidates.set(key, number | digit);
        else if (!isZero) candidates.delete(key);
      }
    } catch (error) {
      if (!(error instanceof TriggerFailure)) throw error;
      return undefined;
    }
  }
  const found = clusters.map(() => new Set<string>());
  for (const [key, number] of candidates) {
    if (number >= clusters.length) return undefined;
    found[number]!.add(key);
  }
  return found;
}
