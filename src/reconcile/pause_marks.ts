/**
 * Pauses that outlive the process: an output whose Cluster is paused carries the Cluster's name, so that one that vanishes
 * meanwhile (`clusterctl move`) is known to have been paused, whoever plans next.
 */
import { isCluster, isPaused } from "../api/capi_cluster.ts";
import { annotationsOf, type KubeObject, objectKey, objectRef } from "../api/object.ts";
import type { PausedMatches } from "./pause.ts";
import { listNames, type Note } from "./errors.ts";
import { eachInFlight, READS_IN_FLIGHT } from "./in_flight.ts";
import { changeOfMarks } from "./mark_changes.ts";
import { PAUSED_ANNOTATION } from "./marks.ts";
import { matchKey } from "./origin.ts";
import { type Change, ownershipOf, suspensionOf } from "./plan.ts";
import type { ObjectQuery, ObjectReader } from "./reader.ts";
import type { Selection } from "./select.ts";

/** What a mark says, once or more: the Cluster, as {@link objectKey} names it. */
const NAMES_CLUSTER = /^Cluster\.cluster\.x-k8s\.io [a-z0-9][a-z0-9-]{0,62}\/[a-z0-9][a-z0-9.-]{0,252}$/;

/** Between the Clusters of a mark. */
const SEPARATOR = ", ";

/**
 * A mark names no more Clusters: it is written anew where one of them runs and others don't. Each is asked for with each plan,
 * and anybody may have put it there.
 */
const MOST_NAMED = 8;

/** The Clusters (as {@link objectKey} names them) whose pause the object carries; anybody may have put them there. */
export function pauseMarksOf(object: KubeObject): readonly string[] {
  // What names no Cluster says nothing.
  const named = annotationsOf(object)[PAUSED_ANNOTATION]?.split(SEPARATOR, MOST_NAMED) ?? [];
  return named.filter((cluster) => NAMES_CLUSTER.test(cluster));
}

/** More Clusters of one namespace are not asked for one by one. */
const BY_NAME = 16;

/** How many Clusters a note names. */
const NAMED = 5;

/** What stays as it is on account of paused Clusters. */
export interface RecalledPauses {
  /**
   * From memory. Where any match comes of a Cluster, so does what all matches give together: nobody can tell which part of that
   * would be another, or gone, without it.
   */
  readonly paused: PausedMatches;
  /** By {@link objectKey}: the outputs that their own mark keeps, and the Clusters in it that don't run. */
  readonly keptOutputs: ReadonlyMap<string, readonly string[]>;
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
  selection: Pick<Selection, "objects">,
  reader: ObjectReader,
  signal: AbortSignal,
): Promise<RecalledPauses> {
  const selected = new Map(
    selection.objects.filter(isCluster).map((cluster) => [objectKey(objectRef(cluster)), cluster]),
  );
  const marked = owned.map((object) => [objectKey(objectRef(object)), pauseMarksOf(object)] as const);
  const named = marked.flatMap(([, clusters]) => clusters);
  const unseen = [...new Set([...known.keys(), ...named])].filter((cluster) => !selected.has(cluster));
  const found = await findClusters(unseen, reader, signal);
  const vanished = unseen.filter((cluster) => !found.has(cluster));
  const runs = (cluster: string) => {
    const there = selected.get(cluster) ?? found.get(cluster);
    return there !== undefined && !isPaused(there);
  };
  const together = matchKey({});
  const kept = marked.map(([key, clusters]) => [key, clusters.filter((cluster) => !runs(cluster))] as const);
  return {
    paused: new Map(
      [...known].filter(([cluster]) => !runs(cluster))
        .map(([cluster, matches]) => [cluster, matches.size > 0 ? new Set([...matches, together]) : matches]),
    ),
    keptOutputs: new Map(kept.filter(([, clusters]) => clusters.length > 0)),
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
  const named = listNames(vanished.toSorted().map((key) => key.slice(key.indexOf(" ") + 1)), NAMED);
  const message =
    `paused when they were last seen, and gone: Cluster ${named}; what came of them stays until they are ` +
    `back and run, or it is deleted`;
  return { reason: "ClusterPaused", message };
}

function namespaceOfKey(key: string): string {
  return key.slice(key.indexOf(" ") + 1, key.lastIndexOf("/"));
}

/**
 * The changes that write the pauses down on the outputs that do not carry them yet, and take off those of Clusters that run: what
 * is not written for another reason would else be kept once its Cluster is gone.
 */
export function markPauses(
  { paused, keptOutputs }: Pick<RecalledPauses, "paused" | "keptOutputs">,
  owned: readonly KubeObject[],
): Change[] {
  const clustersOf = new Map<string, string[]>();
  for (const cluster of [...paused.keys()].sort()) {
    for (const match of paused.get(cluster)!) {
      const clusters = clustersOf.get(match);
      if (clusters) clusters.push(cluster);
      else clustersOf.set(match, [cluster]);
    }
  }
  return owned.flatMap((live): Change[] => {
    const known = clustersOf.get(matchKey(ownershipOf(live).origin)) ?? [];
    const kept = keptOutputs.get(objectKey(objectRef(live))) ?? [];
    // Those that it names first: a mark that is full is not written anew for others.
    const clusters = [...new Set([...kept, ...known])].slice(0, MOST_NAMED);
    const mark = clusters.join(SEPARATOR);
    const isOver = clusters.length === 0;
    if (isOver ? pauseMarksOf(live).length === 0 : annotationsOf(live)[PAUSED_ANNOTATION] === mark) return [];
    // What nobody may touch is not written for this either.
    if (suspensionOf(live) !== "none" || live.metadata.deletionTimestamp) return [];
    return [markChange(live, isOver ? null : mark)];
  });
}

/** The object with the mark that another carries, for a comparison that leaves it out. */
export function withMarkOf(object: KubeObject, marked: KubeObject): KubeObject {
  const mark = annotationsOf(marked)[PAUSED_ANNOTATION]!;
  const annotations = { ...annotationsOf(object), [PAUSED_ANNOTATION]: mark };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** The change that alters nothing but the mark: what it says, or null where it is taken off. */
export function markChange(live: KubeObject, mark: string | null): Change {
  const because = mark === null
    ? "its Cluster runs again"
    : `${mark} ${mark.includes(SEPARATOR) ? "are" : "is"} paused, which is noted on it`;
  return changeOfMarks(live, { [PAUSED_ANNOTATION]: mark }, [because]);
}
