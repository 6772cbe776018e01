/** What becomes of a rendered document before it is written, and what no template may say (bad-input rows 46 to 59). */
import assert from "node:assert/strict";
import { place } from "../../src/reconcile/place.ts";
import type { Origin } from "../../src/reconcile/origin.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { object } from "../support/world.ts";

const ORIGIN: Origin = {
  trigger: "t",
  match: { apiVersion: "v1", kind: "M", namespace: "a", name: "b" },
  template: { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "t" },
  key: "k",
};

const placed = (yaml: string, scope: "namespaced" | "cluster" = "namespaced") =>
  place(object(yaml), ORIGIN, {
    instance: "moonferry",
    trigger: { extraLabels: { extra: "label" }, extraAnnotations: { extra: "annotation" } },
    onStop: "withdraw",
    kind: { scope },
  });

function good(yaml: string, scope?: "namespaced" | "cluster") {
  const result = placed(yaml, scope);
  assert.ok(!("error" in result), JSON.stringify(result));
  return result;
}

Deno.test("marks and extras are added to what the template says", () => {
  const { object: { metadata } } = good(
    "{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: n, labels: {own: l}}}",
  );
  assert.deepEqual(metadata.labels, {
    own: "l",
    extra: "label",
    "moonferry.dev/instance": "moonferry",
    "moonferry.dev/trigger": (metadata.labels as JsonObject)["moonferry.dev/trigger"],
  });
  assert.match((metadata.labels as Record<string, string>)["moonferry.dev/trigger"]!, /^[a-z][a-z2-7]{31}$/);
  const annotations = metadata.annotations as Record<string, string>;
  assert.equal(annotations["moonferry.dev/trigger"], "t");
  assert.equal(annotations["moonferry.dev/on-stop"], "withdraw");
  assert.equal(annotations.extra, "annotation");
  assert.deepEqual(JSON.parse(annotations["moonferry.dev/origin"]!), {
    match: ORIGIN.match,
    template: ORIGIN.template,
    key: "k",
  });
});

Deno.test("a namespaced object without a namespace goes to default, a cluster-scoped one loses it", () => {
  assert.equal(good("{apiVersion: v1, kind: Secret, metadata: {name: x}}").target.namespace, "default");
  const scoped = good("{apiVersion: v1, kind: Namespace, metadata: {name: x, namespace: n}}", "cluster");
  assert.equal(scoped.target.namespace, "");
  assert.equal(scoped.object.metadata.namespace, undefined);
});

Deno.test("stringData becomes data, and wins", () => {
  const { object: secret } = good(
    "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {a: eA==, b: eQ==}, stringData: {b: zä}}",
  );
  assert.deepEqual(secret.data, { a: "eA==", b: "esOk" });
  assert.equal(secret.stringData, undefined);
});

const BAD: readonly { name: string; yaml: string; error: RegExp }[] = [
  { name: "no metadata", yaml: "{apiVersion: v1, kind: Secret}", error: /metadata: required/ },
  {
    name: "no name",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {namespace: n}}",
    error: /metadata\.name "": required/,
  },
  {
    name: "a name in capitals",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: Prod_1}}",
    error: /metadata\.name "Prod_1": must be lower-case/,
  },
  {
    name: "a name that is too long",
    yaml: `{apiVersion: v1, kind: Secret, metadata: {name: ${"a".repeat(254)}}}`,
    error: /254 characters, more than 253/,
  },
  {
    name: "a namespace that leads elsewhere",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: ../y}}",
    error: /metadata\.namespace "\.\.\/y"/,
  },
  {
    name: "a label that is a number",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {a: 123}}}",
    error: /labels\["a"\]: must be a string, found a number; quote it/,
  },
  {
    name: "a label that is no",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {a: no}}}",
    error: /must be a string, found a boolean/,
  },
  {
    name: "a label value that is too long",
    yaml: `{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {a: ${"b".repeat(64)}}}}`,
    error: /64 characters, more than 63/,
  },
  {
    name: "ownerReferences",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: x, ownerReferences: [{}]}}",
    error: /ownerReferences: not allowed/,
  },
  {
    name: "finalizers",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: x, finalizers: [a]}}",
    error: /finalizers: not allowed/,
  },
  {
    name: "a resourceVersion",
    yaml: '{apiVersion: v1, kind: Secret, metadata: {name: x, resourceVersion: "1"}}',
    error: /resourceVersion: not allowed/,
  },
  {
    name: "our own marks",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: x, labels: {moonferry.dev/instance: other}}}",
    error: /reserved/,
  },
  {
    name: "data that is no base64",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {a: hello world}}",
    error: /data\.a: is not base64/,
  },
  {
    name: "data that is nothing",
    yaml: "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {a: }}",
    error: /data\.a: must be base64 text, found null/,
  },
  {
    name: "data that is too much",
    yaml: `{apiVersion: v1, kind: Secret, metadata: {name: x}, stringData: {a: ${"b".repeat(1048577)}}}`,
    error: /data: 1048577 bytes, more than the 1048576 a Secret can hold/,
  },
  {
    name: "texts that are too much for a ConfigMap",
    yaml: `{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {a: ${"ü".repeat(524288)}, b: c}}`,
    error: /data and binaryData: 1048577 bytes, more than the 1048576 a ConfigMap can hold/,
  },
  {
    name: "bytes that are too much for a ConfigMap",
    yaml: `{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, binaryData: {a: ${btoa("x".repeat(1048577))}}}`,
    error: /data and binaryData: 1048577 bytes, more than the 1048576/,
  },
  {
    name: "an object of another kind that is too much",
    yaml: `{apiVersion: example.com/v1, kind: Widget, metadata: {name: x}, spec: {a: ${"b".repeat(1572864)}}}`,
    error: /^15729\d\d bytes of JSON, more than the 1572864 that are stored$/,
  },
];

for (
  const [kind, data] of [
    ["Secret", `stringData: {a: ${"b".repeat(1048576)}}`],
    ["Secret", `data: {a: ${btoa("b".repeat(1048576))}}`],
    ["ConfigMap", `data: {a: ${"b".repeat(1048576)}}`],
    ["ConfigMap", `binaryData: {a: ${btoa("b".repeat(1048576))}}`],
  ]
) {
  Deno.test(`as much as a ${kind} can hold: ${data!.slice(0, 12)}`, () => {
    good(`{apiVersion: v1, kind: ${kind}, metadata: {name: x}, ${data}}`);
  });
}

for (const { name, yaml, error } of BAD) {
  Deno.test(`refused: ${name}`, () => {
    const result = placed(yaml);
    assert.ok("error" in result);
    assert.match(result.error, error);
    assert.doesNotMatch(result.error, /hello world/, "no data in the message");
  });
}
