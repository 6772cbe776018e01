/**
 * Which clusters a trigger speaks of: those that its `sourceClusterSelector` and `clusterSetRefs` select, among Sveltos's
 * and Cluster API's (semantics §6.1). One of them, the management cluster, is read and written today; every other one is
 * named as not supported, and changes nothing of what the management cluster gets.
 */
import type { EventTrigger } from "../api/event_trigger.ts";
import { formatRef, groupOf, type KubeObject, labelsOf, type ObjectRef, objectRef } from "../api/object.ts";
import { field, fieldAt, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { type Failure, listNames, type Note } from "./errors.ts";
import { formatLabelSelector, LabelSelectorError, matchesLabels, parseLabelSelector } from "./label_selector.ts";
import type { ObjectQuery, ObjectReader, ReadOptions, Unknown } from "./reader.ts";

export const SVELTOS_GROUP = "lib.projectsveltos.io";

/** Whether the object is one of Sveltos's EventTriggers: other groups may have a kind of that name. */
export function isEventTrigger({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): boolean {
  return kind === "EventTrigger" && groupOf(apiVersion) === SVELTOS_GROUP;
}
export const SVELTOS_VERSION = "v1beta1";
export const CAPI_GROUP = "cluster.x-k8s.io";

/** The cluster that the reader reads and the applier writes: registered in Sveltos under this name, by convention. */
export const MANAGEMENT_CLUSTER: ObjectRef = {
  apiVersion: `${SVELTOS_GROUP}/${SVELTOS_VERSION}`,
  kind: "SveltosCluster",
  namespace: "mgmt",
  name: "mgmt",
};

/** How many clusters a message names. */
const NAMED = 5;

/** A cluster as Sveltos sees it: a SveltosCluster, or a Cluster of Cluster API. */
export interface SourceCluster {
  readonly object: KubeObject;
  /** Only a ready cluster is selected by its labels. */
  readonly ready: boolean;
  /** What comes of a paused cluster stays as it is. */
  readonly paused: boolean;
}

/**
 * Whether the trigger selects the management cluster. `unselected` means that nothing is desired (Sveltos withdraws what it
 * had deployed); `frozen` that it is selected but paused or not ready: all stays as it is.
 */
export type ClusterSelection = "selected" | "unselected" | "frozen";

export interface SelectedClusters {
  readonly selection: ClusterSelection;
  /** Other clusters that the trigger speaks of, one failure for all of a kind of mention. */
  readonly unsupported: readonly Failure[];
  readonly notes: readonly Note[];
}

/** What reading clusters needs. */
export interface ClusterReading {
  readonly reader: ObjectReader;
  readonly signal: AbortSignal;
  readonly read: ReadOptions;
}

export function isManagementCluster(ref: Pick<ObjectRef, "apiVersion" | "kind" | "namespace" | "name">): boolean {
  return ref.kind === MANAGEMENT_CLUSTER.kind && groupOf(ref.apiVersion) === SVELTOS_GROUP &&
    ref.namespace === MANAGEMENT_CLUSTER.namespace && ref.name === MANAGEMENT_CLUSTER.name;
}

/**
 * Reads the management cluster: SveltosCluster mgmt/mgmt with `labels` on top or, where there is none (or it is being
 * deleted), a stand-in that has just these labels and is ready.
 */
export async function readManagementCluster(
  labels: Readonly<Record<string, string>>,
  { reader, signal, read }: ClusterReading,
): Promise<SourceCluster | Unknown> {
  const { namespace, name } = MANAGEMENT_CLUSTER;
  const listing = await reader.list({ ...queryFor("SveltosCluster"), namespace, name }, signal, read);
  // A cluster without Sveltos doesn't serve the kind: then the flags alone say what the management cluster is.
  if (listing.unknown && listing.unknown.reason !== "KindNotServed") return listing.unknown;
  const object = listing.objects?.find((found) => !isBeingDeleted(found));
  if (!object) {
    const { apiVersion, kind } = MANAGEMENT_CLUSTER;
    const metadata = { namespace, name, labels: { ...labels } };
    return { object: { apiVersion, kind, metadata, spec: {}, status: { ready: true } }, ready: true, paused: false };
  }
  return sourceCluster({ ...object, metadata: { ...object.metadata, labels: { ...labelsOf(object), ...labels } } });
}

/** A SveltosCluster or Cluster with what its status says, v1beta1 and v1beta2 alike. */
export function sourceCluster(object: KubeObject): SourceCluster {
  const paused = fieldAt(object, "spec", "paused") === true;
  if (object.kind === "SveltosCluster") return { object, ready: fieldAt(object, "status", "ready") === true, paused };
  const conditions = fieldAt(object, "status", "conditions");
  const isInitialized = (condition: Json) =>
    field(condition, "type") === "ControlPlaneInitialized" && field(condition, "status") === "True";
  const ready = fieldAt(object, "status", "initialization", "controlPlaneInitialized") === true ||
    Array.isArray(conditions) && conditions.some(isInitialized);
  return { object, ready, paused };
}

/** Decides whether the trigger selects the management cluster, and names the others that it selects. */
export async function selectClusters(
  trigger: EventTrigger,
  management: SourceCluster,
  reading: ClusterReading,
): Promise<SelectedClusters> {
  const nothing = { selection: "frozen" as const, unsupported: [], notes: [] };
  let wanted: string;
  try {
    wanted = formatLabelSelector(trigger.sourceClusterSelector);
    parseLabelSelector(wanted);
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error;
    const message = `EventTrigger ${trigger.name} spec.sourceClusterSelector: ${error.message}`;
    throw new ClusterFailure({ stage: "read", reason: "InvalidSelector", message });
  }
  const sets = await readClusterSets(trigger, reading);
  if ("reason" in sets) throw new ClusterFailure({ stage: "read", reason: sets.reason, message: sets.message });
  const bySelector = wanted !== "" && matchesLabels(parseLabelSelector(wanted), labelsOf(management.object));
  const bySet = sets.refs.some(isManagementCluster);
  const selected = wanted === "" ? { refs: [], notes: [] } : await otherClusters(wanted, reading);
  const others = [...selected.refs, ...sets.refs.filter((ref) => !isManagementCluster(ref))];
  const unsupported = notSupported(trigger, "source", "spec.sourceClusterSelector or spec.clusterSetRefs", others);
  const notes = [...sets.notes, ...selected.notes];
  const found = { ...nothing, unsupported, notes };
  if (!bySelector && !bySet) {
    return { ...found, selection: "unselected", notes: [...notes, noteUnselected(trigger, management, wanted)] };
  }
  // Sveltos selects ready clusters by label; a set's have been chosen already. Here what is not ready waits as it is.
  if (!bySet && !management.ready) return { ...found, notes: [...notes, waits(trigger, "NotReady")] };
  if (management.paused) return { ...found, notes: [...notes, waits(trigger, "Paused")] };
  return { ...found, selection: "selected" };
}

/** Thrown where what selects clusters can't be read; it carries the failure of the whole trigger. */
export class ClusterFailure extends Error {
  override name = "ClusterFailure";
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/**
 * The clusters but the management cluster that a label selector matches, ready ones only; a note for each kind of cluster
 * that can't be listed, since what these would get does not concern the management cluster.
 */
export async function otherClusters(
  labelSelector: string,
  reading: ClusterReading,
): Promise<{ refs: ObjectRef[]; notes: Note[] }> {
  const refs: ObjectRef[] = [];
  const notes: Note[] = [];
  for (const kind of ["SveltosCluster", "Cluster"] as const) {
    const query = { ...queryFor(kind), labelSelector };
    // Asked once: what is selected elsewhere is worth a word, not a watch of its own.
    const listing = await reading.reader.list(query, reading.signal, { ...reading.read, once: true });
    if (listing.unknown?.reason === "KindNotServed") continue;
    if (listing.unknown) {
      const message = `whether ${labelSelector} selects another ${kind} is not known: ${listing.unknown.message}`;
      notes.push({ reason: "ClustersUnknown", message });
      continue;
    }
    const others = listing.objects.filter((object) =>
      !isBeingDeleted(object) && sourceCluster(object).ready && !isManagementCluster(objectRef(object))
    );
    refs.push(...others.map(objectRef));
  }
  return { refs, notes };
}

/** The failure that names clusters which can't be used yet; it freezes nothing of the management cluster's. */
export function notSupported(
  trigger: EventTrigger,
  role: "source" | "destination",
  fieldName: string,
  clusters: readonly ObjectRef[],
): Failure[] {
  if (clusters.length === 0) return [];
  const named = [...new Set(clusters.map(formatRef))];
  const message =
    `EventTrigger ${trigger.name} ${fieldName}: ${
      listNames(named, NAMED)
    } can't be a ${role} yet: Moonferry reads and writes ` +
    `the management cluster mgmt/mgmt alone. Select it alone, or leave the other clusters to Sveltos.`;
  return [{ stage: "read", reason: "ClusterNotSupported", message, elsewhere: true }];
}

/** What the ClusterSets of the trigger have selected; one that is not there selects nothing, as in Sveltos. */
async function readClusterSets(
  trigger: EventTrigger,
  { reader, signal, read }: ClusterReading,
): Promise<{ refs: ObjectRef[]; notes: Note[] } | Unknown> {
  const refs: ObjectRef[] = [];
  const notes: Note[] = [];
  const note = (reason: string, what: string) =>
    void notes.push({ reason, message: `EventTrigger ${trigger.name} spec.clusterSetRefs: ${what}` });
  for (const name of trigger.clusterSetRefs) {
    const listing = await reader.list({ ...queryFor("ClusterSet"), name }, signal, read);
    if (listing.unknown) {
      if (listing.unknown.reason !== "KindNotServed") return listing.unknown;
      note("ClusterSetNotFound", `there is no ClusterSet ${name}: the cluster does not serve the kind`);
      continue;
    }
    const set = listing.objects[0];
    if (!set) {
      note("ClusterSetNotFound", `there is no ClusterSet ${name}; it selects nothing until there is`);
      continue;
    }
    const selected = fieldAt(set, "status", "selectedClusterRefs");
    if (!Array.isArray(selected)) {
      note(
        "ClusterSetEmpty",
        `ClusterSet ${name} has selected no cluster (status.selectedClusterRefs, which Sveltos writes)`,
      );
      continue;
    }
    refs.push(...selected.filter(isJsonObject).map(refOf));
  }
  return { refs, notes };
}

/** An ObjectReference (`{kind, namespace, name, apiVersion}`), which has no metadata. */
function refOf(reference: JsonObject): ObjectRef {
  const part = (name: string) => {
    const value = field(reference, name);
    return typeof value === "string" ? value : "";
  };
  return { apiVersion: part("apiVersion"), kind: part("kind"), namespace: part("namespace"), name: part("name") };
}

function queryFor(kind: "SveltosCluster" | "Cluster" | "ClusterSet"): ObjectQuery {
  // Of Cluster API whichever version the API prefers: v1beta2, or v1beta1 where that is all.
  return kind === "Cluster"
    ? { group: CAPI_GROUP, version: "", kind }
    : { group: SVELTOS_GROUP, version: SVELTOS_VERSION, kind };
}

function isBeingDeleted(object: KubeObject): boolean {
  return (fieldAt(object, "metadata", "deletionTimestamp") ?? null) !== null;
}

function noteUnselected(trigger: EventTrigger, management: SourceCluster, wanted: string): Note {
  const labels = labelsOf(management.object);
  const there = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(",") || "no labels";
  // Sveltos: an empty selector selects no cluster, contrary to the usual meaning.
  const message = wanted === ""
    ? `EventTrigger ${trigger.name} selects no cluster: spec.sourceClusterSelector is empty, which in Sveltos means none. ` +
      `Ask for a label of the management cluster (mgmt/mgmt has ${there}).`
    : `EventTrigger ${trigger.name} does not select the management cluster: it wants ${wanted}, mgmt/mgmt has ${there}. ` +
      `Label SveltosCluster mgmt/mgmt, or start with --mgmt-labels ${wanted}.`;
  return { reason: "NoClusterMatched", message };
}

function waits(trigger: EventTrigger, state: "NotReady" | "Paused"): Note {
  const why = state === "NotReady" ? "is not ready (status.ready is not true)" : "is paused (spec.paused)";
  return { reason: `Cluster${state}`, message: `EventTrigger ${trigger.name} waits: SveltosCluster mgmt/mgmt ${why}.` };
}
