/** The data that Sveltos gives a template: one struct with the fields that the trigger's form has, and no others. */
import type { Json } from "../json/json.ts";
import { ANY_MAP, GoList, GoMap, GoStruct, GoText, NIL_MAP, type StructType, type Value } from "./value.ts";

/** What an EventTrigger says about a matched object without its content. All texts; absent is empty. */
export interface ObjectReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly apiVersion?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

const REFERENCE_KEYS = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] as const;

/** The text of a field of a reference, whose UID has a type of its own. */
function textIn(value: Value): string {
  return value instanceof GoText ? value.text : value as string;
}

function referenceText({ type, values }: GoStruct): string {
  return `&ObjectReference{${type.fields.map((field, i) => `${field}:${textIn(values[i])},`).join("")}}`;
}

function kindText({ values: [group, version, kind] }: GoStruct): string {
  return `${group}/${version}, Kind=${kind}`;
}

const GROUP_VERSION_KIND: StructType = {
  name: "schema.GroupVersionKind",
  fields: ["Group", "Version", "Kind"],
  format: kindText,
  methods: new Map([["String", { parameters: [], call: kindText }]]),
};

/** Go's schema.FromAPIVersionAndKind: an apiVersion that can't be read says nothing but the kind. */
function groupVersionKind(reference: GoStruct): GoStruct {
  const parts = (reference.field("APIVersion") as string).split("/");
  const [group, version] = parts.length > 2 ? ["", ""] : parts.length === 2 ? parts : ["", parts[0]!];
  return new GoStruct(GROUP_VERSION_KIND, [group, version, reference.field("Kind")]);
}

const OBJECT_REFERENCE: StructType = {
  name: "v1.ObjectReference",
  fields: ["Kind", "Namespace", "Name", "UID", "APIVersion", "ResourceVersion", "FieldPath"],
  format: referenceText,
  formatsPointerOnly: true,
  // Of the type's methods these two say something; the others serve Go programs.
  methods: new Map([
    ["String", { parameters: [], onPointer: true, call: referenceText }],
    ["GroupVersionKind", { parameters: [], onPointer: true, call: groupVersionKind }],
  ]),
  toJson: ({ values }) => {
    const object: Record<string, Json> = {};
    REFERENCE_KEYS.forEach((key, i) => {
      const text = textIn(values[i]);
      if (text !== "") object[key] = text.toWellFormed();
    });
    return object;
  },
};

function referenceValue(reference: ObjectReference): GoStruct {
  const values = REFERENCE_KEYS.map((key) => {
    const text = reference[key] ?? "";
    return key === "uid" ? new GoText("types.UID", text) : text;
  });
  return new GoStruct(OBJECT_REFERENCE, values, { isAddressable: true });
}

/**
 * What goes into the top-level data. One of the plural fields makes it the data of all matches together, one of the
 * cluster's names that of an `eventSourceName`, anything else that of one match: each form has its fields, no more and no
 * fewer, and those not given are empty. A template that names a field of another form fails. Maps and lists are shared,
 * not copied: what a template changes in them is seen by the next one that gets the same value, as in Sveltos.
 */
export interface TemplateFields {
  /** Absent where nothing was collected. */
  readonly Resource?: GoMap;
  readonly Resources?: readonly GoMap[];
  readonly MatchingResource?: ObjectReference;
  readonly MatchingResources?: readonly ObjectReference[];
  readonly CloudEvent?: GoMap;
  readonly CloudEvents?: readonly GoMap[];
  readonly Cluster?: GoMap;
  /** With `ClusterName`: what an `eventSourceName` sees beside `.Cluster`. */
  readonly ClusterNamespace?: string;
  readonly ClusterName?: string;
}

// In Sveltos's order, which shows where a template prints the whole.
const ONE: StructType = {
  name: "controllers.currentObject",
  fields: ["MatchingResource", "Resource", "CloudEvent", "Cluster"],
};
const ALL: StructType = {
  name: "controllers.currentObjects",
  fields: ["MatchingResources", "Resources", "CloudEvents", "Cluster"],
};
const CLUSTER: StructType = {
  name: "struct { Cluster map[string]interface {}; ClusterNamespace string; ClusterName string }",
  fields: ["Cluster", "ClusterNamespace", "ClusterName"],
};

/** The data of one rendering: a struct as Go's templates see it. */
export type TemplateData = GoStruct;

/** Builds the top-level struct of `fields`, in the form that they say. */
export function templateData(fields: TemplateFields): TemplateData {
  const { Resources, MatchingResources, CloudEvents, Cluster = NIL_MAP } = fields;
  if (Resources !== undefined || MatchingResources !== undefined || CloudEvents !== undefined) {
    const references = new GoList((MatchingResources ?? []).map(referenceValue), "[]v1.ObjectReference");
    const maps = [Resources ?? [], CloudEvents ?? []].map((list) => new GoList(list, "[]map[string]interface {}"));
    return new GoStruct(ALL, [references, ...maps, Cluster], { isPointer: true });
  }
  const { ClusterNamespace, ClusterName } = fields;
  if (ClusterNamespace !== undefined || ClusterName !== undefined) {
    return new GoStruct(CLUSTER, [Cluster, ClusterNamespace ?? "", ClusterName ?? ""]);
  }
  const { MatchingResource = {}, Resource = NIL_MAP, CloudEvent = NIL_MAP } = fields;
  return new GoStruct(ONE, [referenceValue(MatchingResource), Resource, CloudEvent, Cluster], { isPointer: true });
}

/** The type of `.MgmtResources`. */
export const RESOURCE_MAP = `map[string]${ANY_MAP}`;

const SECOND_STAGE: StructType = {
  name: "controllers.currentClusterObjects",
  fields: ["Cluster", "KubeadmControlPlane", "InfrastructureProvider", "MgmtResources"],
};

/** What content annotated `projectsveltos.io/template` sees: the destination cluster and the templateResourceRefs. */
export interface SecondStageFields {
  readonly Cluster: GoMap;
  /** By identifier; a map of type {@link RESOURCE_MAP}. */
  readonly MgmtResources: GoMap;
}

/** The data of the second rendering. The two objects of Cluster API are nil: they exist for Cluster API clusters only. */
export function secondStageData({ Cluster, MgmtResources }: SecondStageFields): TemplateData {
  const nil = () => new GoMap(new Map(), ANY_MAP, true);
  return new GoStruct(SECOND_STAGE, [Cluster, nil(), nil(), MgmtResources], { isPointer: true });
}
