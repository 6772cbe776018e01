/**
 * Paused Clusters: what comes of a Cluster API Cluster that is paused, or was paused when it was last seen (`clusterctl move`
 * pauses, then deletes), stays as it is. Which matches come of a Cluster is found by leaving it out.
 */
import type { EventSource } from "../api/event_source.ts";
import { annotationsOf, formatRef, groupOf, type KubeObject, objectKey, objectRef } from "../api/object.ts";
import { fieldAt } from "../json/json.ts";
import type { LuaSandbox } from "../sandbox/mod.ts";
import { aggregate, type Matches } from "./aggregate.ts";
import { type Note, TriggerFailure } from "./errors.ts";
import { matchKey } from "./origin.ts";
import type { Selection } from "./select.ts";

const CAPI_GROUP = "cluster.x-k8s.io";
const CAPI_PAUSED = "cluster.x-k8s.io/paused";

/** By Cluster, the keys of the matches that come of it. Kept from one plan to the next, so that it outlives the Cluster. */
export type PausedMatches = ReadonlyMap<string, ReadonlySet<string>>;

export interface Pauses {
  readonly paused: PausedMatches;
  readonly notes: readonly Note[];
}

export function isCluster(object: KubeObject): boolean {
  return object.kind === "Cluster" && groupOf(object.apiVersion) === CAPI_GROUP;
}

export function isPaused(cluster: KubeObject): boolean {
  return fieldAt(cluster, "spec", "paused") === true || annotationsOf(cluster)[CAPI_PAUSED] !== undefined;
}

/**
 * What is paused now. A Cluster that is selected and not paused any more is let go; one that has vanished while it was paused
 * keeps what it had.
 *
 * @throws {TriggerFailure} where the script fails without one of the Clusters: then nobody knows what comes of it.
 */
export function findPauses(
  source: EventSource,
  selection: Selection,
  matches: Matches,
  sandbox: LuaSandbox,
  previous: PausedMatches | undefined,
): Pauses {
  const clusters = selection.objects.filter(isCluster);
  const running = new Set(
    clusters.filter((cluster) => !isPaused(cluster)).map((cluster) => objectKey(objectRef(cluster))),
  );
  const paused = new Map<string, Set<string>>();
  for (const [key, keys] of previous ?? []) if (!running.has(key)) paused.set(key, new Set(keys));
  const notes: Note[] = [];
  for (const cluster of clusters.filter(isPaused)) {
    const key = objectKey(objectRef(cluster));
    const keys = paused.get(key) ?? new Set();
    for (const match of matchesOf(cluster, source, selection, matches, sandbox)) keys.add(match);
    paused.set(key, keys);
    const message = `${formatRef(objectRef(cluster))} is paused: what comes of it stays as it is`;
    notes.push({ reason: "ClusterPaused", message });
  }
  return { paused, notes };
}

/** The matches that are there with the Cluster and not without it. */
function matchesOf(
  cluster: KubeObject,
  source: EventSource,
  selection: Selection,
  matches: Matches,
  sandbox: LuaSandbox,
): string[] {
  const key = objectKey(objectRef(cluster));
  const objects = selection.objects.filter((object) => objectKey(objectRef(object)) !== key);
  let without: Matches;
  try {
    without = aggregate(source, { ...selection, objects }, sandbox);
  } catch (error) {
    if (!(error instanceof TriggerFailure)) throw error;
    const message =
      `${formatRef(objectRef(cluster))} is paused, and without it ${error.failure.message}: what comes of it ` +
      `can't be told apart, so nothing is changed`;
    throw new TriggerFailure("aggregate", "ClusterPaused", message, { cause: error });
  }
  const left = new Set(without.matches.map(({ ref }) => matchKey({ match: ref })));
  return matches.matches.map(({ ref }) => matchKey({ match: ref })).filter((match) => !left.has(match));
}
