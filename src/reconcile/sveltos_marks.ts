/**
 * The marks by which Sveltos knows what it has deployed (addon-controller of August 2026, and the labels of older ones), and
 * who of its own an object belongs to. Whatever carries its owner marks is not ours, whatever else it carries.
 */
import { annotationsOf, type KubeObject, labelsOf, namespaceOf } from "../api/object.ts";
import { field, fieldAt, type Json } from "../json/json.ts";
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

/** What Sveltos's own objects say of what it owns; both by {@link ownerKey}. */
export interface SveltosState {
  /** ClusterProfiles and Profiles; of the latter several may have one name. */
  readonly profiles: ReadonlyMap<string, readonly KubeObject[]>;
  readonly summaries: ReadonlyMap<string, readonly KubeObject[]>;
  /** Why they are not known; absent where they are, or where there are no such kinds. */
  readonly unknown?: string;
}

export function ownerKey({ kind, name }: SveltosOwner): string {
  return `${kind} ${name}`;
}

/** The profiles that a ClusterSummary names as its owners. */
export function ownersOf(summary: KubeObject): SveltosOwner[] {
  const references = fieldAt(summary, "metadata", "ownerReferences");
  return (Array.isArray(references) ? references : []).flatMap((reference) => {
    const kind = field(reference, "kind"), name = field(reference, "name");
    return typeof kind === "string" && typeof name === "string" ? [{ kind, name }] : [];
  });
}

/** The EventTrigger for which Sveltos made an object's profile; undefined where nothing says so. */
export function triggerOf(owner: SveltosOwner, { profiles }: SveltosState): string | undefined {
  const profile = profiles.get(ownerKey(owner))?.[0];
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
  const key = ownerKey(owner);
  const withdraws = (state.profiles.get(key) ?? []).some((profile) =>
    !leaves(fieldAt(profile, "spec", "stopMatchingBehavior"))
  );
  if (withdraws) return `${owner.kind} ${owner.name} of Sveltos's has stopMatchingBehavior WithdrawPolicies`;
  const summary = (state.summaries.get(key) ?? []).find((summary) =>
    !leaves(fieldAt(summary, "spec", "clusterProfileSpec", "stopMatchingBehavior"))
  );
  if (!summary) return undefined;
  return `ClusterSummary ${namespaceOf(summary)}/${summary.metadata.name} of ${owner.kind} ${owner.name} still has ` +
    `stopMatchingBehavior WithdrawPolicies`;
}

function leaves(behavior: Json | undefined): boolean {
  return behavior === "LeavePolicies";
}
