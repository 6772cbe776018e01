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
  selection: Pick<Selection, "objects">,
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
  const { paused, pausedNow, notes } = begin(selection.objects, previous);
  addMatches(paused, pausedNow, matchesOfEach(pausedNow, { source, selection, matches, sandbox }, explainFailure));
  addEarlier(paused, source, sandbox, previous, earlier, ended);
  return { paused, notes };
}

/**
 * What is known of pauses where nobody knows what matches there are now: what was known before, and what came of paused Clusters
 * in earlier passes.
 *
 * @param objects As much of the input as could be read.
 */
export function findEarlierPauses(
  source: EventSource,
  objects: readonly KubeObject[],
  sandbox: LuaSandbox,
  previous: PausedMatches | undefined,
  earlier: readonly EarlierPass[],
  ended: ReadonlySet<string>,
): Pauses {
  const { paused, pausedNow, notes } = begin(objects, previous);
  addMatches(paused, pausedNow, []);
  try {
    addEarlier(paused, source, sandbox, previous, earlier, ended);
  } catch (error) {
    // Nobody can tell now, perhaps later.
    if (!(error instanceof TriggerFailure)) throw error;
  }
  // Of one that nothing is known of yet a later pass is to look for what it gave before.
  const known = [...paused].filter(([key, matches]) => matches.size > 0 || previous?.has(key));
  return { paused: new Map(known), notes };
}

/** What is paused for all that is known, the Clusters that are paused now, and the notes that say so. */
function begin(objects: readonly KubeObject[], previous: PausedMatches | undefined) {
  const clusters = objects.filter(isCluster);
  const running = new Set(
    clusters.filter((cluster) => !isPaused(cluster)).map((cluster) => objectKey(objectRef(cluster))),
  );
  const paused = new Map<string, Set<string>>();
  for (const [key, keys] of previous ?? []) if (!running.has(key)) paused.set(key, new Set(keys));
  const pausedNow = clusters.filter(isPaused);
  const notes = pausedNow.map((cluster): Note => {
    const message = `${formatRef(objectRef(cluster))} is paused: what comes of it stays as it is`;
    return { reason: "ClusterPaused", message };
  });
  return { paused, pausedNow, notes };
}

function addMatches(
  paused: Map<string, Set<string>>,
  clusters: readonly KubeObject[],
  found: readonly ReadonlySet<string>[],
): void {
  for (const [index, cluster] of clusters.entries()) {
    const key = objectKey(objectRef(cluster));
    paused.set(key, new Set([...paused.get(key) ?? [], ...found[index] ?? []]));
  }
}

/** Adds what came in earlier passes of the Clusters whose pause is seen for the first time. */
function addEarlier(
  paused: Map<string, Set<string>>,
  source: EventSource,
  sandbox: LuaSandbox,
  previous: PausedMatches | undefined,
  earlier: readonly EarlierPass[],
  ended: ReadonlySet<string>,
): void {
  const isNew = (cluster: KubeObject) => {
    const key = objectKey(objectRef(cluster));
    return !previous?.has(key) && (paused.has(key) || ended.has(key));
  };
  for (const pass of earlier) {
    const then = pass.selection.objects.filter(isCluster).filter(isNew);
    addMatches(paused, then, matchesOfEach(then, { source, ...pass, sandbox }, explainFailure));
  }
}

function explainFailure(cluster: KubeObject, error: TriggerFailure): TriggerFailure {
  const message =
    `${formatRef(objectRef(cluster))} is paused, and without it ${error.failure.message}: what comes of it ` +
    `can't be told apart, so nothing is changed`;
  return new TriggerFailure("aggregate", "ClusterPaused", message, { cause: error });
}
