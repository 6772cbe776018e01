/**
 * The first noun of the pipeline: everything that one EventTrigger is computed from, read in one go and complete, or a
 * list of what is unknown. It reads through the {@link ObjectReader} seam only and decides nothing.
 */
import type { EventSource, ResourceSelector } from "../api/event_source.ts";
import { readEventSource } from "../api/event_source.ts";
import type { EventTrigger } from "../api/event_trigger.ts";
import { readEventTrigger } from "../api/event_trigger.ts";
import { ManifestErrors } from "../api/field_error.ts";
import type { KubeObject } from "../api/object.ts";
import { fieldAt } from "../json/json.ts";
import {
  ClusterFailure,
  type ClusterReading,
  type ClusterSelection,
  readManagementCluster,
  selectClusters,
  type SelectedClusters,
  type SourceCluster,
  SVELTOS_GROUP,
  SVELTOS_VERSION,
} from "./clusters.ts";
import { selectDestination } from "./destination.ts";
import type { Failure, Note } from "./errors.ts";
import { type OnStop, onStopOf } from "./marks.ts";
import { describeQuery, type ObjectQuery, type ObjectReader, type ReadOptions } from "./reader.ts";
import { labelQueryOf } from "./select.ts";
import { withinNamespaces } from "./source_namespaces.ts";
import { ALL_TRIGGERS, besideSveltosText, isInScope, sveltosTriggerIn, type TriggerScope } from "./scope.ts";
import { renderEventSourceName } from "./cluster_template.ts";

/** One EventTrigger by its name, and what is known of earlier tries: never an event, so that the loop is level-based. */
export interface Request {
  readonly trigger: string;
  /**
   * Revocations that were tried in vain a moment ago, by their key: a plan that revokes nothing else leaves them for later,
   * and reads nothing again for their sake.
   */
  readonly waiting?: ReadonlySet<string>;
}

export interface SelectorListing {
  readonly selector: ResourceSelector;
  readonly query: ObjectQuery;
  readonly objects: readonly KubeObject[];
}

/** What became of the trigger's name: it exists, it is known to be gone, or nobody knows. */
export type TriggerState = "present" | "deleted" | "unknown";

export interface Snapshot {
  readonly request: Request;
  readonly state: TriggerState;
  readonly trigger?: EventTrigger;
  /** True for a trigger that `--trigger-selector` does not name: nothing of it is read, and nothing of it changed. */
  readonly isOutOfScope?: boolean;
  /** The trigger as it is stored, also where it can't be read as one. */
  readonly object?: KubeObject;
  /** What it says becomes of its outputs at the end, also where it is being deleted or can't be read as a whole. */
  readonly onStop?: OnStop;
  readonly cluster?: SourceCluster;
  readonly selection: ClusterSelection;
  readonly source?: EventSource;
  readonly listings: readonly SelectorListing[];
  /** Not empty: the snapshot is incomplete or its objects can't be used; nothing may be written from it. */
  readonly failures: readonly Failure[];
  /** Other clusters that the trigger names, which get nothing; no reason to change anything here. */
  readonly unsupported?: readonly Failure[];
  readonly notes: readonly Note[];
}

export interface SnapshotOptions {
  /** Labels of the management cluster that add to, and win over, those of the SveltosCluster. */
  readonly managementLabels: Readonly<Record<string, string>>;
  /** The namespaces that selectors may read; absent: all. */
  readonly sourceNamespaces?: readonly string[];
  /** Which triggers are ours; absent: all. */
  readonly scope?: TriggerScope;
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
  const scope = options.scope ?? ALL_TRIGGERS;
  const held = await holdBesideSveltos(scope, reader, signal, read);
  // Also what a trigger left behind stays: that it is gone may be Sveltos's doing.
  if (held) return { ...nothing, state: object ? "present" : "unknown", object, failures: [held] };
  if (!object) return { ...nothing, state: "deleted", failures: [] };
  const onStop = onStopOf(object);
  // One that is being deleted (somebody's finalizer keeps it) is as good as gone: deleting it was the consent.
  if (fieldAt(object, "metadata", "deletionTimestamp")) return { ...nothing, state: "deleted", onStop, failures: [] };

  if (!isInScope(object, scope)) return { ...nothing, state: "present", object, isOutOfScope: true, failures: [] };

  const notes: Note[] = [];
  if (sveltosTriggerIn([object], scope)) notes.push({ reason: "BesideSveltos", message: besideSveltosText(object) });
  let trigger: EventTrigger;
  try {
    trigger = readEventTrigger(object);
    notes.push(...trigger.warnings.map((warning) => ({ reason: "Field", message: warning.message })));
  } catch (error) {
    if (!(error instanceof ManifestErrors)) throw error;
    return { ...nothing, state: "present", object, onStop, failures: manifestFailures(error) };
  }

  const reading = { reader, signal, read };
  const cluster = await readManagementCluster(options.managementLabels, reading);
  if ("reason" in cluster) {
    return { ...nothing, state: "present", trigger, onStop, notes, failures: [unreadable(cluster)] };
  }
  const base = { request, state: "present" as const, trigger, onStop, cluster, listings: [] };
  let clusters: SelectedClusters;
  try {
    clusters = await selectAll(trigger, cluster, reading);
  } catch (error) {
    if (!(error instanceof ClusterFailure)) throw error;
    return { ...base, selection: "frozen", notes, failures: [error.failure] };
  }
  const { selection, unsupported } = clusters;
  const result = { ...base, selection, notes: [...notes, ...clusters.notes], unsupported };
  if (selection !== "selected") return { ...result, failures: [] };

  return { ...result, ...await readInputs(trigger, cluster, result.notes, reader, options, signal, read) };
}

/** The EventSource of a trigger, and what its selectors list: as much of a snapshot as there is. */
export async function readInputs(
  trigger: EventTrigger,
  cluster: SourceCluster,
  notesSoFar: readonly Note[],
  reader: ObjectReader,
  options: Pick<SnapshotOptions, "sourceNamespaces">,
  signal: AbortSignal,
  read: ReadOptions = {},
): Promise<Pick<Snapshot, "source" | "listings" | "failures" | "notes">> {
  const nothing = { listings: [], notes: notesSoFar };
  const named = renderEventSourceName(trigger, cluster.object);
  if ("stage" in named) return { ...nothing, failures: [named] };
  const sources = await reader.list(sourceQuery(named.name), signal, read);
  if (sources.unknown) return { ...nothing, failures: [unreadable(sources.unknown)] };
  if (!sources.objects[0]) return { ...nothing, failures: [sourceNotFound(trigger, named.name)] };
  let source: EventSource;
  try {
    source = readEventSource(sources.objects[0]);
  } catch (error) {
    if (!(error instanceof ManifestErrors)) throw error;
    return { ...nothing, failures: manifestFailures(error) };
  }
  const warnings = source.warnings.map((warning) => ({ reason: "Field", message: warning.message }));
  const bounded = withinNamespaces(reader, options.sourceNamespaces);
  const { listings, failures } = await readSelectors(source, bounded, signal, read);
  return { source, listings, failures, notes: [...notesSoFar, ...warnings] };
}

/** Whoever writes does not do so beside Sveltos before somebody has said which triggers are whose. */
async function holdBesideSveltos(
  scope: TriggerScope,
  reader: ObjectReader,
  signal: AbortSignal,
  read: ReadOptions,
): Promise<Failure | undefined> {
  if (scope.selector !== undefined || scope.besideSveltos !== "hold") return undefined;
  // It concerns all triggers, and each of them is looked at again by itself.
  const triggers = await reader.list(triggerQuery(), signal, { ...read, untold: true });
  if (triggers.unknown) return unreadable(triggers.unknown);
  const theirs = sveltosTriggerIn(triggers.objects, scope);
  return theirs && { stage: "read", reason: "BesideSveltos", message: besideSveltosText(theirs) };
}

/** Where the trigger comes from and where it goes: both must be the management cluster for anything to be written. */
async function selectAll(
  trigger: EventTrigger,
  cluster: SourceCluster,
  reading: ClusterReading,
): Promise<SelectedClusters> {
  const source = await selectClusters(trigger, cluster, reading);
  if (source.selection === "unselected") return source;
  const destination = await selectDestination(trigger, cluster, reading);
  const isDecided = source.selection === "selected" || destination.selection === "unselected";
  return {
    selection: isDecided ? destination.selection : source.selection,
    unsupported: [...source.unsupported, ...destination.unsupported],
    notes: [...source.notes, ...destination.notes],
  };
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

export function triggerQuery(name?: string): ObjectQuery {
  return { group: SVELTOS_GROUP, version: SVELTOS_VERSION, kind: "EventTrigger", name };
}

export function sourceQuery(name?: string): ObjectQuery {
  return { group: SVELTOS_GROUP, version: SVELTOS_VERSION, kind: "EventSource", name };
}

/** Why there are no names of triggers, with the next step; files can't be told to serve a kind. */
export function unlistedTriggers(unknown: { reason: string; message: string }, inFiles = false): string {
  const step = unknown.reason === "KindNotServed" && !inFiles
    ? '. "kubectl apply -k k8s/crds" brings it where no Sveltos does'
    : "";
  return `Cannot list EventTriggers: ${unknown.message}${step}`;
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
