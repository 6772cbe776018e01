/**
 * What Sveltos renders with html/template, from cluster data only (semantics §6.3): `eventSourceName`, and what the event's
 * rendering has left of a templateResourceRef's namespace and name.
 */
import type { EventTrigger } from "../api/event_trigger.ts";
import { type KubeObject, nameOf, namespaceOf } from "../api/object.ts";
import { functionTable, parseTemplate, templateData, TemplateError, valueFromJson } from "../template/mod.ts";
import type { JsonObject } from "../json/json.ts";
import type { Failure } from "./errors.ts";
import { explainAt } from "./explain.ts";

/**
 * Which object is meant can't hang on time or chance: what asks for either fails.
 *
 * @throws {TemplateError}
 */
export function renderClusterTemplate(field: string, text: string, cluster: KubeObject): string {
  // Sveltos: nothing at all is the cluster's namespace, for a name too.
  if (text === "") return namespaceOf(cluster);
  if (!text.includes("{{")) return text;
  const template = parseTemplate(field, text, functionTable, { html: true });
  const data = templateData({
    Cluster: valueFromJson(cluster as JsonObject, "int64"),
    ClusterNamespace: namespaceOf(cluster),
    ClusterName: nameOf(cluster),
  });
  return template.render(data);
}

/** The rendered name; an empty one becomes the cluster's namespace, as in Sveltos. */
export function renderEventSourceName(trigger: EventTrigger, cluster: KubeObject): { name: string } | Failure {
  try {
    const name = renderClusterTemplate("spec.eventSourceName", trigger.eventSourceName, cluster);
    return { name: name || namespaceOf(cluster) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return {
      stage: "render",
      reason: "TemplateError",
      message: `EventTrigger ${trigger.name} ${error.templateName}: ${explainAt(error)}`,
    };
  }
}
