/**
 * Where a trigger's outputs go: `destinationCluster` (a template, so it may differ from match to match) and
 * `destinationClusterSelector` (semantics §6.2). Whatever names the management cluster goes through; another cluster is
 * refused by name, and freezes what it concerns instead of sending it to the wrong place.
 */
import type { EventTrigger } from "../api/event_trigger.ts";
import { formatRef, type KubeObject, labelsOf, type ObjectRef } from "../api/object.ts";
import { parseTemplate, type RenderOptions, type Template, type TemplateData } from "../template/mod.ts";
import {
  ClusterFailure,
  type ClusterReading,
  type ClusterSelection,
  isManagementCluster,
  notSupported,
  otherClusters,
  type SourceCluster,
} from "./clusters.ts";
import type { Failure, Note } from "./errors.ts";
import { formatLabelSelector, LabelSelectorError, matchesLabels, parseLabelSelector } from "./label_selector.ts";

const PARTS = ["apiVersion", "kind", "namespace", "name"] as const;

/** `destinationCluster`, each field a template. */
export type DestinationTemplate = Readonly<Record<(typeof PARTS)[number], Template>>;

/** @throws {TemplateError} for a field that is no template. */
export function compileDestination(trigger: EventTrigger): DestinationTemplate | undefined {
  const { destinationCluster } = trigger;
  if (!destinationCluster) return undefined;
  const compiled = PARTS.map((part) =>
    [part, parseTemplate(`spec.destinationCluster.${part}`, destinationCluster[part])] as const
  );
  return Object.fromEntries(compiled) as DestinationTemplate;
}

/**
 * Undefined where the outputs of this rendering go to the management cluster, else why not.
 *
 * @throws {TemplateError} where a field can't be rendered.
 */
export function refuseDestination(
  trigger: EventTrigger,
  destination: DestinationTemplate | undefined,
  data: TemplateData,
  templates: RenderOptions,
  match: ObjectRef | undefined,
): Failure | undefined {
  if (!destination) return undefined;
  const parts = PARTS.map((part) => [part, destination[part].render(data, templates)] as const);
  const ref = Object.fromEntries(parts) as Record<(typeof PARTS)[number], string>;
  if (isManagementCluster(ref)) return undefined;
  const named = ref.kind === ""
    ? "a cluster without a kind"
    : `${formatRef(ref)} (${ref.apiVersion || "no apiVersion"})`;
  const message = `EventTrigger ${trigger.name} spec.destinationCluster${match ? ` for ${formatRef(match)}` : ""}: ` +
    `${named} can't be a destination yet: outputs go to the management cluster alone. Name SveltosCluster mgmt/mgmt ` +
    `(lib.projectsveltos.io/v1beta1), or leave the field out.`;
  return { stage: "render", reason: "ClusterNotSupported", message, match };
}

/** What `destinationClusterSelector` says of the management cluster; a trigger without one goes where it comes from. */
export async function selectDestination(
  trigger: EventTrigger,
  management: SourceCluster,
  reading: ClusterReading,
): Promise<{ selection: ClusterSelection; unsupported: readonly Failure[]; notes: readonly Note[] }> {
  const { destinationClusterSelector, destinationCluster } = trigger;
  const wanted = destinationClusterSelector && selectorText(trigger);
  if (!wanted) return { selection: "selected", unsupported: [], notes: [] };
  const { refs, notes } = await otherClusters(wanted, reading);
  const unsupported = notSupported(trigger, "destination", "spec.destinationClusterSelector", refs);
  const found = { unsupported, notes };
  // Sveltos: a reference and a selector add up.
  if (destinationCluster || isSelected(wanted, management.object)) {
    return management.ready || destinationCluster
      ? { ...found, selection: "selected" }
      : { ...found, selection: "frozen", notes: [...notes, note(trigger, "is not ready: outputs wait as they are")] };
  }
  const why = `wants ${wanted}, which the management cluster mgmt/mgmt has not: nothing is delivered here`;
  return { ...found, selection: "unselected", notes: [...notes, note(trigger, why)] };
}

function selectorText(trigger: EventTrigger): string {
  try {
    const text = formatLabelSelector(trigger.destinationClusterSelector!);
    parseLabelSelector(text);
    return text;
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error;
    const message = `EventTrigger ${trigger.name} spec.destinationClusterSelector: ${error.message}`;
    throw new ClusterFailure({ stage: "read", reason: "InvalidSelector", message });
  }
}

function isSelected(selector: string, object: KubeObject): boolean {
  return matchesLabels(parseLabelSelector(selector), labelsOf(object));
}

function note(trigger: EventTrigger, what: string): Note {
  return { reason: "Destination", message: `EventTrigger ${trigger.name} spec.destinationClusterSelector: ${what}` };
}
