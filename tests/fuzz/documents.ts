/** YAML, manifests, the objects in them, and scenarios' worth of both: read, refused, written and read again. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { readEventSource } from "../../src/api/event_source.ts";
import { readEventTrigger } from "../../src/api/event_trigger.ts";
import { ManifestErrors } from "../../src/api/field_error.ts";
import type { KubeObject } from "../../src/api/object.ts";
import { equalJson, isJsonObject, type Json, parseJson, stringifyJson } from "../../src/json/json.ts";
import { LoadError, parseManifests } from "../../src/manifests/load.ts";
import { splitManifest } from "../../src/yaml/documents.ts";
import { readYaml, YamlError } from "../../src/yaml/read.ts";
import { splitRendered } from "../../src/yaml/rendered_documents.ts";
import { writeYaml, writeYamlThroughJson, YamlWriteError } from "../../src/yaml/write.ts";
import { parsedOr, PLANTED_BASE64, property } from "./property.ts";
import { damagedValues, jsonValues, PROTOTYPE_KEYS, textsOf } from "./texts.ts";

const read = (path: string) => Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
const EXAMPLES = ["eventsource", "eventtrigger", "template", "cluster/secrets", "cluster/clusters"]
  .map((name) => read(`k8s/examples/push-model/${name}.yaml`));

// deno-fmt-ignore
const YAML_PIECES = [
  "a", "key", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "\n- ", "? ", "[", "]", "{", "}", ", ", ",", "&a ", "*a", "*a : ",
  "<<: ", "<<: *a", "|", "|-\n  ", ">+\n  ", "|2\n", "'", '"', "\\", "\\x41", "\\u0000", "\\UFFFFFFFF", "#", " # c", "!!binary ",
  "!!str ", "!!int ", "!!js/function ", "!local ", "!<tag:x> ", "%YAML 1.1\n", "%TAG ! x\n", "---\n", "...\n", "~", "null", "no",
  "014", "0o7", "0x1F", "1_000", "1e400", ".inf", "-.NaN", "2001-12-14t21:59:43.10-05:00", "=", "\t", "\r\n", "\u0085", "\u2028",
  "\ufeff", "\0", "\u007f", "apiVersion: v1\n", "kind: Secret\n", "metadata: {name: x}\n", ...PROTOTYPE_KEYS.map((key) => `${key}: `),
];
const YAML_TEXTS = textsOf(YAML_PIECES, EXAMPLES);
// deno-lint-ignore no-explicit-any -- names of no consequence
const sourceOf = (index: number) => readYaml(EXAMPLES[index]!) as any as KubeObject;

export const DOCUMENT_PROPERTIES = [
  property("YAML: what is read is written and read again", 1_000, YAML_TEXTS, (text) => {
    const value = parsedOr([YamlError], () => readYaml(text));
    // Go writes a key `<<` as it is, and reads that as a merge.
    if (value === undefined || stringifyJson(value).includes('"<<"')) return;
    assert.ok(
      equalJson(readYaml(writeYaml(value)), value),
      `${stringifyJson(value)} is written as ${writeYaml(value)}`,
    );
  }),
  property("YAML: any value is written and read again", 1_000, jsonValues, (value) => {
    const text = writeYaml(value);
    assert.ok(equalJson(readYaml(text), value), `${stringifyJson(value)} is written as ${JSON.stringify(text)}`);
  }),
  property("YAML: as Go's Marshal, or refused", 500, jsonValues, (value) => {
    const text = parsedOr([YamlWriteError], () => writeYamlThroughJson(value));
    if (text !== undefined) parsedOr([YamlError], () => readYaml(text));
  }),
  property("YAML: streams and rendered texts", 1_000, YAML_TEXTS, (text) => {
    parsedOr([YamlError], () => splitManifest(text));
    parsedOr([YamlError], () => splitRendered(text));
  }),
  property("JSON: any value is written and parsed again", 500, jsonValues, (value) => {
    assert.ok(equalJson(parseJson(stringifyJson(value)), value), stringifyJson(value));
  }),
  property("manifests: objects or an error with its place", 1_000, YAML_TEXTS, (text) => {
    for (const { object } of parsedOr([LoadError], () => parseManifests(text, "a.yaml")) ?? []) {
      assert.equal(typeof object.kind, "string");
      assert.ok(isJsonObject(object.metadata));
    }
  }),
  property("manifests: no value of a Secret in an error", 500, damagedValues(secret()), (value) => {
    parsedOr([LoadError], () => parseManifests(writeYaml(value), "a.yaml"));
  }),
  property("EventSource: one, or errors with their fields", 700, damagedValues(sourceOf(0)), (value) => {
    if (isObject(value)) parsedOr([ManifestErrors], () => readEventSource(value));
  }),
  property("EventTrigger: one, or errors with their fields", 700, damagedValues(everyField()), (value) => {
    if (isObject(value)) parsedOr([ManifestErrors], () => readEventTrigger(value));
  }),
  property("objects of any shape are no EventTrigger", 200, fc.tuple(jsonValues, jsonValues), ([spec, labels]) => {
    const object = { apiVersion: "v1", kind: "X", metadata: { name: "x", labels }, spec } as unknown as KubeObject;
    parsedOr([ManifestErrors], () => readEventTrigger(object));
    parsedOr([ManifestErrors], () => readEventSource(object));
  }),
];

/** What a reader is given: `parseManifests` and the API server let nothing else through. */
function isObject(value: Json): value is KubeObject {
  return isJsonObject(value) && typeof value.kind === "string" && typeof value.apiVersion === "string" &&
    isJsonObject(value.metadata) && typeof value.metadata.name === "string";
}

function secret(): Json {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "n", labels: { a: "b" } },
    type: "Opaque",
    data: { value: PLANTED_BASE64 },
  };
}

function everyField(): Json {
  return {
    ...sourceOf(1),
    spec: {
      sourceClusterSelector: {
        matchLabels: { a: "b" },
        matchExpressions: [{ key: "k", operator: "In", values: ["v"] }],
      },
      eventSourceName: "s",
      oneForEvent: true,
      syncMode: "Continuous",
      stopMatchingBehavior: "LeavePolicies",
      policyRefs: [{ kind: "ConfigMap", namespace: "n", name: "x", deploymentType: "Remote", optional: true }],
      templateResourceRefs: [{
        resource: { apiVersion: "v1", kind: "Secret", namespace: "n", name: "x" },
        identifier: "i",
      }],
      configMapGenerator: [{ name: "c", namespace: "n", nameFormat: "f", optional: true }],
      secretGenerator: [{ name: "c", namespace: "n", nameFormat: "f" }],
      patches: [{ patch: "- op: add\n  path: /a\n  value: b", target: { kind: "Secret", labelSelector: "a=b" } }],
      driftExclusions: [{ paths: ["/spec/a"], target: { kind: "Secret", name: "x.*" } }],
      extraLabels: { a: "b" },
      extraAnnotations: { a: "b" },
    },
  };
}
