/**
 * Pauses that outlive the process: an output whose Cluster is paused carries the Cluster's name, so that one that vanishes
 * meanwhile (`clusterctl move`) is known to have been paused, whoever plans next.
 */
import { isCluster, isPaused } from "../api/capi_cluster.ts";
import { annotationsOf, type KubeObject, objectKey, objectRef } from "../api/object.ts";
import type { PausedMatches } from "./pause.ts";
import type { Note } from "./errors.ts";
import { eachInFlight, READS_IN_FLIGHT } from "./in_flight.ts";
import { PAUSED_ANNOTATION } from "./marks.ts";
import { matchKey } from "./origin.ts";
import { type Change, ownershipOf, suspensionOf } from "./plan.ts";
import type { ObjectQuery, ObjectReader } from "./reader.ts";
import type { Selection } from "./select.ts";

/** What a mark says: the Cluster, as {@link objectKey} names it. */
const NAMES_CLUSTER = /^Cluster\.cluster\.x-k8s\.io [a-z0-9][a-z0-9-]{0,62}\/[a-z0-9][a-z0-9.-]{0,252}$/;

/** The Cluster (as {@link objectKey} names it) whose pause the object carries; anybody may have put it there. */
export function pauseMarkOf(object: KubeObject): string | undefined {
  const cluster = annotationsOf(object)[PAUSED_ANNOTATION];
  // What names no Cluster says nothing.
  return cluster !== undefined && NAMES_CLUSTER.test(cluster) ? cluster : undefined;
}

/** More Clusters of one namespace are not asked for one by one. */
const BY_NAME = 16;

/** How many Clusters a note names. */
const NAMED = 5;

/** What stays as it is on account of paused Clusters. */
export interface RecalledPauses {
  /** From memory: what was computed, and what nobody but us can say. */
  readonly paused: PausedMatches;
  /** By {@link objectKey}: the outputs whose own mark keeps them. */
  readonly keptOutputs: ReadonlySet<string>;
  readonly notes: readonly Note[];
}

/**
 * What is paused, from memory and from marks. A Cluster that is there and not paused is let go, selected or not; one that is
 * not there, or can't be read, keeps what it had. A mark speaks for the object that carries it alone: whoever may write a Secret
 * somewhere can give it a mark, and the origin of another's output.
 */
export async function recallPauses(
  known: PausedMatches,
  owned: readonly KubeObject[],
  selection: Selection,
  reader: ObjectReader,
  signal: AbortSignal,
): Promise<RecalledPauses> {
  const selected = new Map(
    selection.objects.filter(isCluster).map((cluster) => [objectKey(objectRef(cluster)), cluster]),
  );
  const marked = Map.groupBy(owned, pauseMarkOf);
  const named = [...marked.keys()].filter((cluster) => cluster !== undefined);
  const unseen = [...new Set([...known.keys(), ...named])].filter((cluster) => !selected.has(cluster));
  const found = await findClusters(unseen, reader, signal);
  const vanished = unseen.filter((cluster) => !found.has(cluster));
  const runs = (cluster: string) => {
    const there = selected.get(cluster) ?? found.get(cluster);
    return there !== undefined && !isPaused(there);
  };
  const kept = named.filter((cluster) => !runs(cluster)).flatMap((cluster) => marked.get(cluster)!);
  return {
    paused: new Map([...known].filter(([cluster]) => !runs(cluster))),
    keptOutputs: new Set(kept.map((object) => objectKey(objectRef(object)))),
    notes: vanished.length === 0 ? [] : [noteOf(vanished)],
  };
}

/**
 * The Clusters as they are now: a minute ago one that has been paused and moved since was still running. Few of a namespace
 * are asked for by their names, since one that never comes back is asked for with each plan.
 */
async function findClusters(
  keys: readonly string[],
  reader: ObjectReader,
  signal: AbortSignal,
): Promise<Map<string, KubeObject>> {
  const queries: ObjectQuery[] = [];
  for (const [namespace, clusters] of Map.groupBy(keys, namespaceOfKey)) {
    const query = { group: "cluster.x-k8s.io", version: "", kind: "Cluster", namespace };
    if (clusters.length > BY_NAME) queries.push(query);
    else queries.push(...clusters.map((key) => ({ ...query, name: key.slice(key.lastIndexOf("/") + 1) })));
  }
  const found = new Map<string, KubeObject>();
  await eachInFlight(READS_IN_FLIGHT, queries, async (query) => {
    const { objects = [] } = await reader.list(query, signal, { fresh: true, once: true });
    for (const object of objects) found.set(objectKey(objectRef(object)), object);
  });
  return new Map(keys.flatMap((key) => found.has(key) ? [[key, found.get(key)!]] : []));
}

function noteOf(vanished: readonly string[]): Note {
  const more = vanished.length > NAMED ? ` and ${vanished.length - NAMED} more` : "";
  const named = vanished.toSorted().slice(0, NAMED).map((key) => key.slice(key.indexOf(" ") + 1)).join(", ") + more;
  const message =
    `paused when they were last seen, and gone: Cluster ${named}; what came of them stays until they are ` +
    `back and run, or it is deleted`;
  return { reason: "ClusterPaused", message };
}

function namespaceOfKey(key: string): string {
  return key.slice(key.indexOf(" ") + 1, key.lastIndexOf("/"));
}

/** The changes that write the pauses down on the outputs that do not carry them yet. */
export function markPauses(paused: PausedMatches, owned: readonly KubeObject[]): Change[] {
  const clusterOf = new Map([...paused].flatMap(([cluster, matches]) => [...matches].map((match) => [match, cluster])));
  return owned.flatMap((live): Change[] => {
    const { origin } = ownershipOf(live);
    const cluster = clusterOf.get(matchKey(origin));
    if (cluster === undefined || annotationsOf(live)[PAUSED_ANNOTATION] !== undefined) return [];
    // What nobody may touch is not written for this either.
    if (suspensionOf(live) !== "none" || live.metadata.deletionTimestamp) return [];
    return [markChange(live, cluster)];
  });
}

/** The object with the mark that another carries, for a comparison that leaves it out. */
export function withMarkOf(object: KubeObject, marked: KubeObject): KubeObject {
  const mark = annotationsOf(marked)[PAUSED_ANNOTATION]!;
  const annotations = { ...annotationsOf(object), [PAUSED_ANNOTATION]: mark };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** The change that alters nothing but the mark. */
export function markChange(live: KubeObject, cluster: string | null): Change {
  const { [PAUSED_ANNOTATION]: _, ...annotations } = annotationsOf(live);
  const marked = cluster === null ? annotations : { ...annotations, [PAUSED_ANNOTATION]: cluster };
  const because = cluster === null ? "its Cluster runs again" : `${cluster} is paused, which is noted on it`;
  return {
    action: "update",
    target: objectRef(live),
    origin: ownershipOf(live).origin,
    step: 0,
    live,
    desired: { ...live, metadata: { ...live.metadata, annotations: marked } },
    pausedBy: cluster,
    because: [because],
    after: [],
  };
}
