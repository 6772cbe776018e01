/** The change that our own writing of a trigger's status is: it says nothing that we did not know, and no plan depends on it. */
import type { KubeObject } from "../api/object.ts";
import { equalJson, field, fieldAt, type Json } from "../json/json.ts";
import { isEventTrigger } from "../reconcile/clusters.ts";
import { FIELD_MANAGER } from "../reconcile/marks.ts";
import type { CacheChange } from "./cache.ts";

/** Whether an EventTrigger has changed in nothing but its status, and by nobody else. */
export function isStatusEcho({ type, object, old }: CacheChange): boolean {
  return type === "modified" && isEventTrigger(object) && old !== undefined &&
    equalJson(withoutStatus(object), withoutStatus(old));
}

function withoutStatus(object: KubeObject): Json {
  const { status: _status, metadata, ...rest } = object;
  const { resourceVersion: _version, managedFields: _managers, ...names } = metadata;
  const managers = fieldAt(object, "metadata", "managedFields");
  const others = (Array.isArray(managers) ? managers : []).filter((entry) => field(entry, "manager") !== FIELD_MANAGER);
  return [rest as Json, names as Json, others];
}
