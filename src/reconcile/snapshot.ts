/**
 * The first noun of the pipeline: everything that one EventTrigger is computed from, read in one go and complete, or a
 * list of what is unknown. It reads through the {@link ObjectReader} seam only and decides nothing.
 */
import type { EventSource, ResourceSelector } from "../api/event_source.ts";
import { readEventSource } from "../api/event_source.ts";
import type { EventTrigger } from "../api/event_trigger.ts";
import { readEventTrigger } from "../api/event_trigger.ts";
import { ManifestErrors } from "../api/field_error.ts";
import { type KubeObject, labelsOf } from "../api/object.ts";
import { fieldAt } from "../json/json.ts";
import type { Failure, Note } from "./errors.ts";
import { formatLabelSelector, LabelSelectorError, matchesLabels, parseLabelSelector } from "./label_selector.ts";
import { describeQuery, type ObjectQuery, type ObjectReader, type ReadOptions } from "./reader.ts";
import { labelQueryOf } from "./select.ts";
import { renderEventSourceName } from "./cluster_template.ts";

export const SVELTOS_GROUP = "lib.projectsveltos.io";
export const SVELTOS_VERSION = "v1beta1";

/** The name of one EventTrigger: never an event, so that the loop is level-based. */
export interface Request {
  readonly trigger: string;
}

/** The management cluster as a Sveltos source cluster: `SveltosCluster mgmt/mgmt`, or what stands in for it. */
export interface SourceCluster {
  readonly object: KubeObject;
  readonly ready: boolean;
  readonly paused: boolean;
}

export interface SelectorListing {
  readonly selector: ResourceSelector;
  readonly query: ObjectQuery;
  readonly objects: readonly KubeObject[];
}

/** What became of the trigger's name: it exists, it is known to be gone, or nobody knows. */
export type TriggerState = "present" | "deleted" | "unknown";

/**
 * Whether the trigger's sourceClusterSelector selects the management cluster. `unselected` means that nothing is desired
 * (Sveltos withdraws what it had deployed); `frozen` that a selected cluster is paused or not ready: all stays as it is.
 */
export type ClusterSelection = "selected" | "unselected" | "frozen";

export interface Snapshot {
  readonly request: Request;
  readonly state: TriggerState;
  readonly trigger?: EventTrigger;
  readonly cluster?: SourceCluster;
  readonly selection: ClusterSelection;
  readonly source?: EventSource;
  readonly listings: readonly SelectorListing[];
  /** Not empty: the snapshot is incomplete or its objects can't be used; nothing may be written from it. */
  readonly failures: readonly Failure[];
  readonly notes: readonly Note[];
}

export interface SnapshotOptions {
  /** Labels of the management cluster that add to, and win over, those of the SveltosCluster. */
  readonly managementLabels: Readonly<Record<string, string>>;
}

/**
 * Reads what the trigger needs, in the order in which one thing names the next: trigger, cluster, EventSource, selectors.
 * Failures of reading are values in the snapshot; only an abort or a bug throws.
 */
export async function readSnapshot(
  request: Request,
  reader: ObjectReader,
  options: SnapshotOptions,
  signal: AbortSignal,
  read: ReadOptions = {},
): Promise<Snapshot> {
  const nothing = { request, selection: "frozen" as const, listings: [], notes: [] };
  const found = await reader.list(triggerQuery(request.trigger), signal, read);
  if (found.unknown) return { ...nothing, state: "unknown", failures: [unreadable(found.unknown)] };
  const object = found.objects[0];
  // One that is being deleted (somebody's finalizer keeps it) is as good as gone: deleting it was the consent.
  if (!object || fieldAt(object, "metadata", "deletionTimestamp")) {
    return { ...nothing, state: "deleted", failures: [] };
  }

  const notes: Note[] = [];
  let trigger: EventTrigger;
  try {
    trigger = readEventTrigger(object);
    notes.push(...trigger.warnings.map((warning) => ({ reason: "Field", message: warning.message })));
  } catch (error) {
    if (!(error instanceof ManifestErrors)) throw error;
    return { ...nothing, state: "present", failures: manifestFailures(error) };
  }

  const clusterRead = await readManagementCluster(reader, options, signal, read);
  if ("reason" in clusterRead) {
    return { ...nothing, state: "present", trigger, notes, failures: [unreadable(clusterRead)] };
  }
  const cluster = clusterRead;
  const base = { request, state: "present" as const, trigger, cluster, notes, listings: [] };
  const selected = selectOrFail(trigger, cluster);
  if ("stage" in selected) return { ...base, selection: "frozen", failures: [selected] };
  const { selection, note } = selected;
  if (note) return { ...base, selection, notes: [...notes, note], failures: [] };

  const named = renderEventSourceName(trigger, cluster.object);
  if ("stage" in named) return { ...base, selection, failures: [named] };
  const sources = await reader.list(sourceQuery(named.name), signal, read);
  if (sources.unknown) return { ...base, selection, failures: [unreadable(sources.unknown)] };
  if (!sources.objects[0]) {
    return { ...base, selection, failures: [sourceNotFound(trigger, named.name)] };
  }
  let source: EventSource;
  try {
    source = readEventSource(sources.objects[0]);
    notes.push(...source.warnings.map((warning) => ({ reason: "Field", message: warning.message })));
  } catch (error) {
    if (!(error instanceof ManifestErrors)) throw error;
    return { ...base, selection, failures: manifestFailures(error) };
  }
  const { listings, failures } = await readSelectors(source, reader, signal, read);
  return { ...base, selection, source, listings, failures };
}

async function readSelectors(source: EventSource, reader: ObjectReader, signal: AbortSignal, read: ReadOptions) {
  const listings: SelectorListing[] = [];
  const failures: Failure[] = [];
  for (const [index, selector] of source.selectors.entries()) {
    const query = labelQueryOf(selector);
    if ("stage" in query) {
      failures.push(query);
      continue;
    }
    const listing = await reader.list(query, signal, read);
    if (listing.unknown) {
      failures.push({
        stage: "read",
        reason: listing.unknown.reason,
        message: `EventSource ${source.name} spec.resourceSelectors[${index}] (${describeQuery(query)}): ` +
          `${listing.unknown.message}. Nothing is written or deleted for this trigger until it can be read.`,
      });
      continue;
    }
    listings.push({ selector, query, objects: listing.objects });
  }
  return { listings, failures };
}

async function readManagementCluster(
  reader: ObjectReader,
  options: SnapshotOptions,
  signal: AbortSignal,
  read: ReadOptions,
) {
  const listing = await reader.list(
    { group: SVELTOS_GROUP, version: SVELTOS_VERSION, kind: "SveltosCluster", namespace: "mgmt", name: "mgmt" },
    signal,
    read,
  );
  // A cluster without Sveltos doesn't serve the kind: then the flags alone say what the management cluster is.
  if (listing.unknown && listing.unknown.reason !== "KindNotServed") return listing.unknown;
  return managementCluster(listing.objects?.[0], options.managementLabels);
}

/** The source cluster `mgmt/mgmt`: the given SveltosCluster, or the stand-in of push-model/README, with `labels` on top. */
export function managementCluster(
  object: KubeObject | undefined,
  labels: Readonly<Record<string, string>>,
): SourceCluster {
  if (!object) {
    return {
      object: {
        apiVersion: `${SVELTOS_GROUP}/${SVELTOS_VERSION}`,
        kind: "SveltosCluster",
        metadata: { namespace: "mgmt", name: "mgmt", labels: { ...labels } },
        spec: {},
        status: { ready: true },
      },
      ready: true,
      paused: false,
    };
  }
  const metadata = { ...object.metadata, labels: { ...labelsOf(object), ...labels } };
  return {
    object: { ...object, metadata },
    ready: fieldAt(object, "status", "ready") === true,
    paused: fieldAt(object, "spec", "paused") === true,
  };
}

function selectOrFail(trigger: EventTrigger, cluster: SourceCluster): ReturnType<typeof selectCluster> | Failure {
  try {
    return selectCluster(trigger, cluster);
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error;
    const message = `EventTrigger ${trigger.name} spec.sourceClusterSelector: ${error.message}`;
    return { stage: "read", reason: "InvalidSelector", message };
  }
}

/** Whether the trigger selects the management cluster; if not, with a note on what it wants, what is there, and the flag. */
function selectCluster(trigger: EventTrigger, cluster: SourceCluster): { selection: ClusterSelection; note?: Note } {
  const wanted = formatLabelSelector(trigger.sourceClusterSelector);
  const labels = labelsOf(cluster.object);
  const there = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(",") || "no labels";
  // Sveltos: an empty selector selects no cluster, contrary to the usual meaning.
  if (wanted === "") {
    const message = `EventTrigger ${trigger.name} selects no cluster: spec.sourceClusterSelector is empty, which in ` +
      `Sveltos means none. Ask for a label of the management cluster (mgmt/mgmt has ${there}).`;
    return { selection: "unselected", note: { reason: "NoClusterMatched", message } };
  }
  if (!matchesLabels(parseLabelSelector(wanted), labels)) {
    const message = `EventTrigger ${trigger.name} selects no cluster: it wants ${wanted}, the management cluster ` +
      `mgmt/mgmt has ${there}. Label SveltosCluster mgmt/mgmt, or start with --mgmt-labels ${wanted}.`;
    return { selection: "unselected", note: { reason: "NoClusterMatched", message } };
  }
  if (!cluster.ready) {
    const message =
      `EventTrigger ${trigger.name} waits: SveltosCluster mgmt/mgmt is not ready (status.ready is not true).`;
    return { selection: "frozen", note: { reason: "ClusterNotReady", message } };
  }
  if (cluster.paused) {
    const message = `EventTrigger ${trigger.name} waits: SveltosCluster mgmt/mgmt is paused (spec.paused).`;
    return { selection: "frozen", note: { reason: "ClusterPaused", message } };
  }
  return { selection: "selected" };
}

export function triggerQuery(name?: string): ObjectQuery {
  return { group: SVELTOS_GROUP, version: SVELTOS_VERSION, kind: "EventTrigger", name };
}

export function sourceQuery(name?: string): ObjectQuery {
  return { group: SVELTOS_GROUP, version: SVELTOS_VERSION, kind: "EventSource", name };
}

function unreadable(unknown: { reason: string; message: string }): Failure {
  return { stage: "read", reason: unknown.reason, message: unknown.message };
}

function sourceNotFound(trigger: EventTrigger, name: string): Failure {
  return {
    stage: "read",
    reason: "EventSourceNotFound",
    message:
      `EventTrigger ${trigger.name} spec.eventSourceName: there is no EventSource ${name}. Its outputs stay as ` +
      `they are until there is one.`,
  };
}

function manifestFailures(errors: ManifestErrors): Failure[] {
  return errors.errors.map((error) => ({ stage: "read", reason: "InvalidManifest", message: error.message }));
}
