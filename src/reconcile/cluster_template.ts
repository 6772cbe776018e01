/** `eventSourceName`: the one field that Sveltos renders with html/template, from cluster data only (semantics §6.3). */
import type { EventTrigger } from "../api/event_trigger.ts";
import { type KubeObject, nameOf, namespaceOf } from "../api/object.ts";
import { functionTable } from "../template/functions/table.ts";
import { parseTemplate, templateData, TemplateError, type TemplateWorld, valueFromJson } from "../template/mod.ts";
import type { JsonObject } from "../json/json.ts";
import type { Failure } from "./errors.ts";

/** Templates of cluster data have no use for time or chance; what asks for either is told so. */
const NO_WORLD: TemplateWorld = {
  now: () => new Date(0),
  randomBytes: (count) => new Uint8Array(count),
};

/** The rendered name; an empty one becomes the cluster's namespace, as in Sveltos. */
export function renderEventSourceName(trigger: EventTrigger, cluster: KubeObject): { name: string } | Failure {
  try {
    const template = parseTemplate("eventSourceName", trigger.eventSourceName, functionTable, { html: true });
    const data = templateData({
      Cluster: valueFromJson(cluster as JsonObject, "int64"),
      ClusterNamespace: namespaceOf(cluster),
      ClusterName: nameOf(cluster),
    });
    return { name: template.render(data, NO_WORLD) || namespaceOf(cluster) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return {
      stage: "render",
      reason: "TemplateError",
      message: `Cannot render EventTrigger ${trigger.name} spec.eventSourceName: ${error.message}`,
    };
  }
}
