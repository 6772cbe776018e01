/** The data that Sveltos gives a template: one struct with the fields that the trigger's form has, and no others. */
import type { Json } from "../json/json.ts";
import { GoList, type GoMap, GoStruct, type StructType, type Value } from "./value.ts";

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

const OBJECT_REFERENCE: StructType = {
  name: "v1.ObjectReference",
  fields: ["Kind", "Namespace", "Name", "UID", "APIVersion", "ResourceVersion", "FieldPath"],
  format: ({ type, values }) => `&ObjectReference{${type.fields.map((field, i) => `${field}:${values[i]},`).join("")}}`,
  formatsPointerOnly: true,
  toJson: ({ values }) => {
    const object: Record<string, Json> = {};
    REFERENCE_KEYS.forEach((key, i) => {
      if (values[i] !== "") object[key] = (values[i] as string).toWellFormed();
    });
    return object;
  },
};

function referenceValue(reference: ObjectReference): GoStruct {
  return new GoStruct(OBJECT_REFERENCE, REFERENCE_KEYS.map((key) => reference[key] ?? ""), { isAddressable: true });
}

/**
 * The fields of the top-level data. Give exactly those that exist in the form at hand (`oneForEvent: true` has the
 * singular ones): a template that names another fails. Maps and lists are shared, not copied: what a template changes in
 * them is seen by the next one that gets the same value, as in Sveltos.
 */
export interface TemplateFields {
  /** `NIL_MAP` where nothing was collected. */
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

const ORDER = [
  "Resource",
  "Resources",
  "MatchingResource",
  "MatchingResources",
  "CloudEvent",
  "CloudEvents",
  "Cluster",
  "ClusterNamespace",
  "ClusterName",
] as const;

/** The data of one rendering: a struct as Go's templates see it. */
export type TemplateData = GoStruct;

/** Builds the top-level struct of `fields`; only the fields given exist. */
export function templateData(fields: TemplateFields): TemplateData {
  const present = ORDER.filter((name) => fields[name] !== undefined);
  const isPlural = present.some((name) => name === "Resources" || name === "MatchingResources");
  const type: StructType = {
    name: isPlural ? "controllers.currentObjects" : "controllers.currentObject",
    fields: present,
  };
  return new GoStruct(type, present.map((name) => fieldValue(fields, name)), { isPointer: true });
}

function fieldValue(fields: TemplateFields, name: (typeof ORDER)[number]): Value {
  switch (name) {
    case "MatchingResource":
      return referenceValue(fields.MatchingResource!);
    case "MatchingResources":
      return new GoList(fields.MatchingResources!.map(referenceValue), "[]v1.ObjectReference");
    case "Resources":
    case "CloudEvents":
      return new GoList(fields[name]!, "[]map[string]interface {}");
  }
  return fields[name];
}
