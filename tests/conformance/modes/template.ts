/** Mode `template`: the engine of templates over the data that Sveltos gives them. */
import { objectRef } from "../../../src/api/object.ts";
import { field, isJsonObject, type Json, type JsonObject } from "../../../src/json/json.ts";
import {
  functionTable,
  NIL_MAP,
  parseTemplate,
  replaceStrayBytes,
  type TemplateData,
  templateData,
  TemplateError,
  valueFromJson,
} from "../../../src/template/mod.ts";
import { type Answer, type Case, textField } from "../case.ts";

const world = { now: () => new Date(), randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };

export function template(input: Case): Answer {
  try {
    const html = field(input, "html") === true;
    const name = textField(input, "name") || "oracle";
    const parsed = parseTemplate(name, textField(input, "template").toWellFormed(), functionTable, { html });
    return { ok: true, text: replaceStrayBytes(parsed.render(dataOf(field(input, "data")), { world })) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { error: replaceStrayBytes(error.message), stage: error.stage, ...intendedOf(error) };
  }
}

function intendedOf({ message }: TemplateError): JsonObject {
  return message.includes("is left out on purpose") ? { intended: "no-outside" } : {};
}

function dataOf(data: Json | undefined): TemplateData {
  const get = (key: string) => field(data, key);
  const [ClusterNamespace, ClusterName] = ["ClusterNamespace", "ClusterName"].map(get) as (string | undefined)[];
  const cluster = get("Cluster");
  const Cluster = valueFromJson(isJsonObject(cluster) ? cluster : {}, "int64");
  const resource = (value: Json) => isJsonObject(value) ? valueFromJson(value, "float64") : NIL_MAP;
  const ref = (value: Json | undefined) =>
    objectRef((isJsonObject(value) ? value : {}) as Parameters<typeof objectRef>[0]);
  if (ClusterNamespace !== undefined || ClusterName !== undefined) {
    return templateData({ Cluster, ClusterNamespace: ClusterNamespace ?? "", ClusterName: ClusterName ?? "" });
  }
  const many = ["Resources", "MatchingResources", "CloudEvents"].some((key) => Array.isArray(get(key)));
  if (many) {
    const list = (key: string) => (get(key) ?? []) as Json[];
    const events = list("CloudEvents").map(resource);
    return templateData({
      Resources: [...list("Resources").map(resource), ...events.map(() => NIL_MAP)],
      MatchingResources: Array.isArray(get("MatchingResources"))
        ? list("MatchingResources") as never[]
        : list("Resources").map(ref),
      CloudEvents: events,
      Cluster,
    });
  }
  const single = get("Resource");
  const matching = get("MatchingResource");
  return templateData({
    Resource: isJsonObject(single) ? resource(single) : NIL_MAP,
    MatchingResource: isJsonObject(matching) ? matching as never : ref(single),
    CloudEvent: isJsonObject(get("CloudEvent")) ? resource(get("CloudEvent")!) : NIL_MAP,
    Cluster,
  });
}
