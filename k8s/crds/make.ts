/**
 * Makes the CRDs of this folder from the table of fields that Moonferry reads by (`src/api/fields.ts`), so that what the API
 * server accepts and what Moonferry knows cannot drift apart: `deno run --allow-write=k8s/crds k8s/crds/make.ts`.
 * They accept what Sveltos's own accept; EventTrigger has `status.conditions` besides. Install them only where Sveltos isn't.
 */
import { EVENT_SOURCE_FIELDS, EVENT_TRIGGER_FIELDS, type FieldSpec, type FieldTable } from "../../src/api/fields.ts";
import type { Json, JsonObject } from "../../src/json/json.ts";
import { writeYaml } from "../../src/yaml/write.ts";

const GROUP = "lib.projectsveltos.io";
const VERSION = "v1beta1";

/** What `kubectl explain` says, by path. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  "EventSource":
    "Which objects count: selectors by kind and label, CEL and Lua, and a script over all that they select.",
  "EventSource.resourceSelectors": "What is selected: the results of all selectors, one after the other.",
  "EventSource.resourceSelectors.evaluate": "Lua: evaluate() sees obj and returns {matching = true or false}.",
  "EventSource.resourceSelectors.evaluateCEL": "CEL rules over resource; they are OR-ed.",
  "EventSource.aggregatedSelection":
    "Lua: evaluate() sees all selected objects as resources and returns {resources = list}.",
  "EventSource.collectResources": "Whether templates see the matches themselves as .Resource, or only their names.",
  "EventTrigger": "For which clusters an EventSource counts, and what is rendered for each of its matches.",
  "EventTrigger.sourceClusterSelector": "Labels of the source cluster; an empty selector selects none.",
  "EventTrigger.eventSourceName": "The EventSource; a template over cluster data.",
  "EventTrigger.oneForEvent": "True: everything is rendered for each match; false: once for all of them.",
  "EventTrigger.policyRefs": "ConfigMaps and Secrets with what is deployed; a template where annotated instantiate.",
  "EventTrigger.stopMatchingBehavior": "What becomes of the outputs of a match that is no more.",
};

const MINIMUMS: Readonly<Record<string, number>> = { tier: 1 };
const MAX_UPDATE_PATTERN = "^((100|[0-9]{1,2})%|[0-9]+)$";

function schemaOf(name: string, spec: FieldSpec, path: string): JsonObject {
  const description = DESCRIPTIONS[path];
  return {
    ...(description ? { description } : {}),
    ...typeOf(name, spec, path),
    ...(spec.default !== undefined ? { default: spec.default } : {}),
    ...(spec.enum ? { enum: [...spec.enum] } : {}),
    ...(spec.nonEmpty ? { minLength: 1 } : {}),
    ...(spec.type === "integer" ? { format: "int32", ...(name in MINIMUMS ? { minimum: MINIMUMS[name]! } : {}) } : {}),
    ...(name === "oneForEvent"
      ? { "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "oneForEvent can't be changed" }] }
      : {}),
  };
}

function typeOf(name: string, spec: FieldSpec, path: string): JsonObject {
  const opaque: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  switch (spec.type) {
    case "integer-or-string":
      return {
        "x-kubernetes-int-or-string": true,
        anyOf: [{ type: "integer" }, { type: "string" }],
        ...(name === "maxUpdate" ? { pattern: MAX_UPDATE_PATTERN } : {}),
      };
    case "map":
      return { type: "object", additionalProperties: { type: spec.elements ?? "string" } };
    case "object":
      return spec.fields ? objectSchema(spec.fields, path) : opaque;
    case "list": {
      const items = spec.elements ? { type: spec.elements } : spec.fields ? objectSchema(spec.fields, path) : opaque;
      const rules: JsonObject = name === "policyRefs"
        ? {
          "x-kubernetes-validations": [{
            rule: "has(self.remoteURL) != has(self.kind)",
            message: "exactly one of remoteURL and kind must be set",
          }],
        }
        : {};
      const isAtomic = path.startsWith("EventTrigger") && ATOMIC.has(name);
      return {
        type: "array",
        ...(isAtomic ? { "x-kubernetes-list-type": "atomic" } : {}),
        items: { ...items, ...rules },
      };
    }
    default:
      return { type: spec.type };
  }
}

const ATOMIC = new Set([
  ...["policyRefs", "helmCharts", "kustomizationRefs", "preDeployChecks", "validateHealths", "preDeleteChecks"],
  ...["postDeleteChecks", "patches", "driftExclusions", "matchExpressions", "values"],
]);

function objectSchema(fields: FieldTable, path: string): JsonObject {
  const required = Object.entries(fields).filter(([, spec]) => spec.required).map(([name]) => name);
  const properties: Record<string, Json> = {};
  for (const [name, spec] of Object.entries(fields)) properties[name] = schemaOf(name, spec, `${path}.${name}`);
  return { type: "object", ...(required.length > 0 ? { required } : {}), properties };
}

const objectReference: JsonObject = {
  type: "object",
  properties: Object.fromEntries(
    ["apiVersion", "kind", "namespace", "name", "uid", "resourceVersion", "fieldPath"]
      .map((name) => [name, { type: "string" }]),
  ),
};

const triggerStatus: JsonObject = {
  type: "object",
  properties: {
    conditions: {
      description: "What Moonferry says of the trigger: Ready, and why not.",
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["type"],
      items: {
        type: "object",
        required: ["type", "status", "lastTransitionTime", "reason", "message"],
        properties: {
          type: { type: "string", maxLength: 316 },
          status: { type: "string", enum: ["True", "False", "Unknown"] },
          observedGeneration: { type: "integer", format: "int64", minimum: 0 },
          lastTransitionTime: { type: "string", format: "date-time" },
          reason: { type: "string", maxLength: 1024, minLength: 1 },
          message: { type: "string", maxLength: 32768 },
        },
      },
    },
    matchingClusters: { type: "array", items: objectReference },
    destinationMatchingClusterRefs: { type: "array", items: objectReference },
    clusterInfo: {
      type: "array",
      items: {
        type: "object",
        required: ["cluster", "hash"],
        properties: {
          cluster: objectReference,
          hash: { type: "string", format: "byte" },
          status: { type: "string" },
          failureMessage: { type: "string" },
        },
      },
    },
  },
};

function definition(kind: string, fields: FieldTable, status?: JsonObject): JsonObject {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope: "Cluster",
      versions: [{
        name: VERSION,
        served: true,
        storage: true,
        ...(status ? { subresources: { status: {} } } : {}),
        schema: {
          openAPIV3Schema: {
            description: DESCRIPTIONS[kind]!,
            type: "object",
            properties: {
              apiVersion: { type: "string" },
              kind: { type: "string" },
              metadata: { type: "object" },
              spec: objectSchema(fields, kind),
              ...(status ? { status } : {}),
            },
          },
        },
      }],
    },
  };
}

/** The files of this folder, by name. */
export function makeDefinitions(): ReadonlyMap<string, string> {
  return new Map([
    [`${GROUP}_eventsources.yaml`, writeYaml(definition("EventSource", EVENT_SOURCE_FIELDS))],
    [`${GROUP}_eventtriggers.yaml`, writeYaml(definition("EventTrigger", EVENT_TRIGGER_FIELDS, triggerStatus))],
  ]);
}

if (import.meta.main) {
  for (const [file, text] of makeDefinitions()) await Deno.writeTextFile(new URL(file, import.meta.url), text);
}
