/** What calls of the API take in rights: the verb of each call as RBAC has it, and what the right is for. */
import { ANY, type ResourceKind, type Right, type RightVerb } from "../api/right.ts";
import type { Verb } from "./errors.ts";

/** Server-side apply is a patch; where it makes the object, it takes `create` as well. */
export const RBAC_VERBS: Readonly<Record<Verb, RightVerb>> = {
  get: "get",
  list: "list",
  watch: "watch",
  create: "create",
  apply: "patch",
  patch: "patch",
  delete: "delete",
};

export interface CallPlace {
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/**
 * The right that one call takes. A list or a watch of one name (a field selector) is authorized by that name, as a get is; no
 * right to create can be for one name.
 */
export function rightTo(verb: Verb, type: ResourceKind, { namespace, name, subresource }: CallPlace = {}): Right {
  const isNamed = name !== undefined && name !== "" && name !== ANY && verb !== "create";
  const isPlaced = type.namespaced && namespace !== undefined && namespace !== "" && namespace !== ANY;
  return {
    verb: RBAC_VERBS[verb],
    group: type.group,
    resource: subresource ? `${type.plural}/${subresource}` : type.plural,
    ...(isPlaced ? { namespace } : {}),
    ...(isNamed ? { name } : {}),
  };
}
