/**
 * Paused Clusters: what comes of a Cluster API Cluster that is paused, or was paused when it was last seen (`clusterctl move`
 * pauses, then deletes), stays as it is. Which matches come of a Cluster is found by leaving it out.
 */
import type { EventSource } from "../api/event_source.ts";
import { isCluster, isPaused } from "../api/capi_cluster.ts";
import { formatRef, groupOf, type KubeObject, objectKey, objectRef, versionOf } from "../api/object.ts";
import type { Json } from "../json/json.ts";
import type { LuaSandbox } from "../sandbox/mod.ts";
import type { Matches } from "./aggregate.ts";
import { type Note, TriggerFailure } from "./errors.ts";
import { matchesOfEach } from "./left_out.ts";
import type { ObjectQuery, ObjectReader } from "./reader.ts";
import type { Selection } from "./select.ts";

/** By Cluster, the keys of the matches that come of it. Kept from one plan to the next, so that it outlives the Cluster. */
export type PausedMatches = ReadonlyMap<string, ReadonlySet<string>>;

export interface Pauses {
  readonly paused: PausedMatches;
  readonly notes: readonly Note[];
}

/** What was selected and what came of it, a pass or some passes ago. */
export interface EarlierPass {
  /** Of the EventSource: only passes of the same one tell what comes of what. */
  readonly spec: Json;
  readonly selection: Selection;
  readonly matches: Matches;
}

/**
 * Clusters of earlier passes that are gone, and were paused when they were seen last: a move may be quicker than a pass.
 *
 * @param known Those of which that is known already.
 */
export async function findPausedEnds(
  earlier: readonly EarlierPass[],
  selection: Selection,
  known: PausedMatches | undefined,
  reader: Pick<ObjectReader, "endedPaused">,
): Promise<Set<string>> {
  if (!reader.endedPaused) return new Set();
  const there = new Set(selection.objects.filter(isCluster).map((cluster) => objectKey(objectRef(cluster))));
  const gone = new Map(
    earlier.flatMap(({ selection: { objects } }) => objects.filter(isCluster))
      .map((cluster): [string, KubeObject] => [objectKey(objectRef(cluster)), cluster])
      .filter(([key]) => !there.has(key) && !known?.has(key)),
  );
  const ended = new Set<string>();
  for (const [key, { apiVersion, kind, metadata: { namespace, name } }] of gone) {
    const query = { group: groupOf(apiVersion), version: versionOf(apiVersion), kind, namespace, name };
    if (await reader.endedPaused(query as ObjectQuery)) ended.add(key);
  }
  return ended;
}

/**
 * What is paused now. A Cluster that is selected and not paused any more is let go; one that has vanished while it was paused
 * keeps what it had. What comes of one whose pause is seen for the first time is looked for in earlier passes as well: what it
 * was made of (the kubeconfig) may have been seen to go before the pause was.
 *
 * @throws {TriggerFailure} where the script fails without one of the Clusters: then nobody knows what comes of it.
 */
export function findPauses(
  source: EventSource,
  selection: Selection,
  matches: Matches,
  sandbox: LuaSandbox,
  previous: PausedMatches | undefined,
  earlier: readonly EarlierPass[] = [],
  ended: ReadonlySet<string> = new Set(),
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
  const isNew = (cluster: KubeObject) => {
    const key = objectKey(objectRef(cluster));
    return !previous?.has(key) && (paused.has(key) || ended.has(key));
  };
  for (const pass of earlier) {
    const then = pass.selection.objects.filter(isCluster).filter(isNew);
    const found = matchesOfEach(then, { source, ...pass, sandbox }, explainFailure);
    for (const [index, cluster] of then.entries()) {
      const key = objectKey(objectRef(cluster));
      paused.set(key, new Set([...paused.get(key) ?? [], ...found[index]!]));
    }
  }
  return { paused, notes };
}

function explainFailure(cluster: KubeObject, error: TriggerFailure): TriggerFailure {
  const message =
    `${formatRef(objectRef(cluster))} is paused, and without it ${error.failure.message}: what comes of it ` +
    `can't be told apart, so nothing is changed`;
  return new TriggerFailure("aggregate", "ClusterPaused", message, { cause: error });
}
