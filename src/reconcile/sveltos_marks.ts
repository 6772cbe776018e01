/**
 * The marks by which Sveltos knows what it has deployed (addon-controller of August 2026, and the labels of older ones), and
 * who of its own an object belongs to. Whatever carries its owner marks is not ours, whatever else it carries.
 */
import { annotationsOf, type KubeObject, labelsOf, namespaceOf } from "../api/object.ts";
import { field, fieldAt, isJsonObject, type Json } from "../json/json.ts";
import { isReservedKey } from "./marks.ts";

const MARK_NAMES = [
  "reason",
  "reference-kind",
  "reference-name",
  "reference-namespace",
  "reference-tier",
  "hash",
  "owner-kind",
  "owner-name",
  "owner-tier",
  "clustersummary",
  "deploymenttype",
];
/** Keys of labels or annotations; which of the two has changed between Sveltos's releases. */
export const SVELTOS_MARKS: ReadonlySet<string> = new Set(MARK_NAMES.map((name) => `projectsveltos.io/${name}`));
/** On all that Sveltos has deployed, also after it has let go of it. */
export const SVELTOS_LABEL = "projectsveltos.io/reason";
/** The name under which Sveltos applies, always with force. */
export const SVELTOS_MANAGER = "application/apply-patch";
/** On a ClusterProfile: the EventTrigger that it was made for. */
const MADE_FOR_LABEL = "eventtrigger.lib.projectsveltos.io/eventtriggername";
const OWNER_KIND = "projectsveltos.io/owner-kind", OWNER_NAME = "projectsveltos.io/owner-name";

/** Whether Sveltos holds the object for its own: it would update it, and delete it. */
export function isOwnedBySveltos(object: KubeObject): boolean {
  const annotations = annotationsOf(object);
  return annotations[OWNER_KIND] !== undefined || annotations[OWNER_NAME] !== undefined;
}

/** Whether Sveltos has deployed the object, also where it has let go of it since (`LeavePolicies` leaves some marks). */
export function hasSveltosMarks(object: KubeObject): boolean {
  return [labelsOf(object), annotationsOf(object)].some((entries) =>
    Object.keys(entries).some((key) => SVELTOS_MARKS.has(key))
  );
}

/** The object without the marks of either side: what is left is its content. */
export function withoutAnyMarks(object: KubeObject): KubeObject {
  const content = (entries: Record<string, string>) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => !isAnyMark(key)));
  const metadata = {
    ...object.metadata,
    labels: content(labelsOf(object)),
    annotations: content(annotationsOf(object)),
  };
  return { ...object, metadata };
}

function isAnyMark(key: string): boolean {
  return SVELTOS_MARKS.has(key) || isReservedKey(key);
}

/** The profile of Sveltos's that an object's marks name. */
export interface SveltosOwner {
  readonly kind: string;
  readonly name: string;
}

export function sveltosOwnerOf(object: KubeObject): SveltosOwner | undefined {
  if (!isOwnedBySveltos(object)) return undefined;
  const annotations = annotationsOf(object);
  return { kind: annotations[OWNER_KIND] ?? "", name: annotations[OWNER_NAME] ?? "" };
}

/** What Sveltos's own objects say of what it owns. */
export interface SveltosState {
  /** ClusterProfiles and Profiles. */
  readonly profiles: readonly KubeObject[];
  readonly summaries: readonly KubeObject[];
  /** Why they are not known; absent where they are, or where there are no such kinds. */
  readonly unknown?: string;
}

/** The EventTrigger for which Sveltos made an object's profile; undefined where nothing says so. */
export function triggerOf(owner: SveltosOwner, { profiles }: SveltosState): string | undefined {
  const profile = profiles.find((profile) => isProfile(profile, owner));
  return profile && labelsOf(profile)[MADE_FOR_LABEL];
}

/**
 * Why Sveltos would delete the object once its trigger is gone, or may; undefined where it would leave it. What counts is the
 * ClusterSummary: the trigger's `stopMatchingBehavior` gets there through the ClusterProfile, and with `OneTime` never.
 */
export function deletionRisk(object: KubeObject, state: SveltosState): string | undefined {
  const owner = sveltosOwnerOf(object);
  if (!owner) return undefined;
  if (state.unknown !== undefined) return `whether Sveltos would delete it is not known: ${state.unknown}`;
  const profile = state.profiles.find((profile) =>
    isProfile(profile, owner) && !leaves(fieldAt(profile, "spec", "stopMatchingBehavior"))
  );
  if (profile) return `${owner.kind} ${owner.name} of Sveltos's has stopMatchingBehavior WithdrawPolicies`;
  const summary = state.summaries.find((summary) =>
    isOwnedBy(summary, owner) && !leaves(fieldAt(summary, "spec", "clusterProfileSpec", "stopMatchingBehavior"))
  );
  if (!summary) return undefined;
  return `ClusterSummary ${namespaceOf(summary)}/${summary.metadata.name} of ${owner.kind} ${owner.name} still has ` +
    `stopMatchingBehavior WithdrawPolicies`;
}

function leaves(behavior: Json | undefined): boolean {
  return behavior === "LeavePolicies";
}

function isProfile(profile: KubeObject, owner: SveltosOwner): boolean {
  return profile.kind === owner.kind && profile.metadata.name === owner.name;
}

function isOwnedBy(summary: KubeObject, owner: SveltosOwner): boolean {
  const references = fieldAt(summary, "metadata", "ownerReferences");
  return Array.isArray(references) &&
    references.some((reference) =>
      isJsonObject(reference) && field(reference, "kind") === owner.kind && field(reference, "name") === owner.name
    );
}
