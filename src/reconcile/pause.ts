/**
 * Paused Clusters: what comes of a Cluster API Cluster that is paused, or was paused when it was last seen (`clusterctl move`
 * pauses, then deletes), stays as it is. Which matches come of a Cluster is found by leaving it out.
 */
import type { EventSource } from "../api/event_source.ts";
import { annotationsOf, formatRef, groupOf, type KubeObject, objectKey, objectRef } from "../api/object.ts";
import { fieldAt } from "../json/json.ts";
import type { LuaSandbox } from "../sandbox/mod.ts";
import type { Matches } from "./aggregate.ts";
import { type Note, TriggerFailure } from "./errors.ts";
import { matchesOfEach } from "./left_out.ts";
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
  const pausedNow = clusters.filter(isPaused);
  const found = matchesOfEach(pausedNow, { source, selection, matches, sandbox }, explainFailure);
  for (const [index, cluster] of pausedNow.entries()) {
    const key = objectKey(objectRef(cluster));
    paused.set(key, new Set([...paused.get(key) ?? [], ...found[index]!]));
    const message = `${formatRef(objectRef(cluster))} is paused: what comes of it stays as it is`;
    notes.push({ reason: "ClusterPaused", message });
  }
  return { paused, notes };
}

function explainFailure(cluster: KubeObject, error: TriggerFailure): TriggerFailure {
  const message =
    `${formatRef(objectRef(cluster))} is paused, and without it ${error.failure.message}: what comes of it ` +
    `can't be told apart, so nothing is changed`;
  return new TriggerFailure("aggregate", "ClusterPaused", message, { cause: error });
}
