/** Which objects a selector selects: labels as text, and CEL and Lua together (semantics §2, §2.1, §11.1.1-2). */
import assert from "node:assert/strict";
import { readEventSource } from "../../src/api/event_source.ts";
import { type KubeObject, nameOf } from "../../src/api/object.ts";
import { TriggerFailure } from "../../src/reconcile/errors.ts";
import { labelQueryOf, select } from "../../src/reconcile/select.ts";
import type { SelectorListing } from "../../src/reconcile/snapshot.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { redactorFor } from "../../src/reconcile/redact.ts";
import { object } from "../support/world.ts";

const sandbox = createLuaSandbox();

const OBJECTS = [
  "{name: a, namespace: n1, labels: {env: prod, tier: web}}",
  "{name: b, namespace: n1, labels: {env: dev}}",
  '{name: c, namespace: n2, labels: {env: ""}}',
  "{name: d, namespace: n2}",
  '{name: e, namespace: n2, labels: {env: prod}, deletionTimestamp: "2026-01-01T00:00:00Z"}',
].map((metadata) => object(`{apiVersion: v1, kind: ConfigMap, metadata: ${metadata}}`));

/** Names of what the selectors select, each of them given all the objects; `cost` is what a CEL rule may take. */
function selectedBy(selectors: readonly string[], objects: readonly KubeObject[], cost?: number): string {
  const source = readEventSource(object(
    `{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventSource, metadata: {name: s}, spec: {resourceSelectors: [${selectors}]}}`,
  ));
  const listings: SelectorListing[] = [];
  for (const selector of source.selectors) {
    const query = labelQueryOf(selector);
    if ("stage" in query) return `refused: ${query.reason}`;
    listings.push({ selector, query, objects });
  }
  return select(source, listings, sandbox, cost === undefined ? {} : { cost }).objects.map(nameOf).join("");
}

function selected(fields: string, objects: readonly KubeObject[] = OBJECTS, cost?: number): string {
  return selectedBy([`{group: "", version: v1, kind: ConfigMap${fields}}`], objects, cost);
}

const lua = (condition: string) => `, evaluate: "function evaluate() return {matching = ${condition}} end"`;
const cel = (...rules: string[]) => `, evaluateCEL: [${rules.map((rule) => `{name: r, rule: '${rule}'}`).join(", ")}]`;
const filter = (key: string, operation: string, value?: string) =>
  `, labelFilters: [{key: ${key}, operation: ${operation}${value === undefined ? "" : `, value: "${value}"`}}]`;

const ROWS: readonly { name: string; fields: string; want: string }[] = [
  { name: "all of the kind, but for what is being deleted", fields: "", want: "abcd" },
  { name: "Equal", fields: filter("env", "Equal", "prod"), want: "a" },
  { name: "Equal to nothing is the empty label", fields: filter("env", "Equal"), want: "c" },
  { name: "Different also matches without the label", fields: filter("env", "Different", "prod"), want: "bcd" },
  { name: "Different from nothing", fields: filter("env", "Different"), want: "abd" },
  { name: "Has", fields: filter("env", "Has"), want: "abc" },
  { name: "DoesNotHave", fields: filter("env", "DoesNotHave"), want: "d" },
  { name: "a value given with Has is ignored", fields: filter("env", "Has", "dev"), want: "abc" },
  { name: "a comma in a value adds a requirement", fields: filter("env", "Equal", "prod,tier"), want: "a" },
  { name: "a value that is no label value", fields: filter("env", "Equal", "a b"), want: "refused: InvalidSelector" },
  {
    name: "a selector",
    fields: ", selector: {matchExpressions: [{key: env, operator: NotIn, values: [prod]}]}",
    want: "bcd",
  },
  {
    name: "selector and filters are ANDed",
    fields: `${filter("env", "Has")}, selector: {matchLabels: {tier: web}}`,
    want: "a",
  },
  { name: "namespace", fields: ", namespace: n2", want: "cd" },
  { name: "name", fields: ", name: b", want: "b" },
  { name: "namespace and name", fields: ", namespace: n2, name: b", want: "" },
  {
    name: "CEL rules are OR-ed",
    fields: cel('resource.metadata.name == "a"', 'resource.metadata.name == "c"'),
    want: "ac",
  },
  {
    name: "a rule that fails is false, the next one counts",
    fields: cel('resource.nope.x == "a"', 'resource.metadata.name == "b"'),
    want: "b",
  },
  { name: "a rule that gives no boolean is false", fields: cel("resource.metadata.name"), want: "" },
  {
    name: "a rule that is no CEL is false, the next one counts",
    fields: cel("resource.", "1 == 1.0", "true"),
    want: "abcd",
  },
  { name: "the last rule", fields: cel("false", 'resource.metadata.name == "d"'), want: "d" },
  { name: "no rule holds", fields: cel("false", "false"), want: "" },
  { name: "neither CEL nor Lua", fields: ', evaluate: ""', want: "abcd" },
  { name: "CEL that is null is none", fields: ", evaluateCEL: null", want: "abcd" },
  { name: "CEL that is null, and Lua", fields: ", evaluateCEL: null" + lua("obj.metadata.name == 'b'"), want: "b" },
  { name: "Lua", fields: lua("obj.metadata.name < 'c'"), want: "ab" },
  {
    name: "a rule that fails, and Lua: Lua decides",
    fields: cel("resource.nope") + lua("obj.metadata.name == 'a'"),
    want: "a",
  },
  { name: "CEL holds for none, and Lua for none", fields: cel("false") + lua("false"), want: "" },
  { name: "CEL or Lua", fields: cel('resource.metadata.name == "d"') + lua("obj.metadata.name == 'a'"), want: "ad" },
  { name: "no CEL rules at all: nothing", fields: cel(), want: "" },
  { name: "no CEL rules at all, and Lua: Lua decides", fields: cel() + lua("obj.metadata.name == 'a'"), want: "a" },
];

for (const { name, fields, want } of ROWS) {
  Deno.test(`selected: ${name}`, () => assert.equal(selected(fields), want));
}

Deno.test("of each selector what it selects, one after the other, the same object again and again", () => {
  const kind = '{group: "", version: v1, kind: ConfigMap';
  const selectors = [
    `${kind}${filter("env", "Has")}}`,
    `${kind}, name: a}`,
    `${kind}${cel('resource.metadata.namespace == "n1"')}}`,
  ];
  assert.equal(selectedBy(selectors, OBJECTS), "abc" + "a" + "ab");
});

const OTHERS = [
  "{apiVersion: v1, kind: Namespace, metadata: {name: n1}}",
  "{apiVersion: apps/v1, kind: Deployment, metadata: {name: w, namespace: n1}}",
  "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, namespace: n1, deletionTimestamp: null}}",
].map(object);

const KINDS: readonly { name: string; selector: string; want: string }[] = [
  { name: "a kind of which there is none", selector: "{group: apps, version: v1, kind: StatefulSet}", want: "" },
  { name: "a group that there isn't", selector: "{group: nope.example, version: v1, kind: Deployment}", want: "" },
  { name: "the core group has no name", selector: '{group: "", version: v1, kind: Deployment}', want: "" },
  { name: "the version as the user wrote it", selector: "{group: apps, version: v1beta1, kind: Deployment}", want: "" },
  { name: "a deletionTimestamp that is null", selector: "{group: apps, version: v1, kind: Deployment}", want: "wx" },
  { name: "a cluster-scoped kind", selector: '{group: "", version: v1, kind: Namespace}', want: "n1" },
  {
    name: "a cluster-scoped kind with a namespace",
    selector: '{group: "", version: v1, kind: Namespace, namespace: n1}',
    want: "",
  },
  {
    name: "a namespace is a name, not a template",
    selector: '{group: apps, version: v1, kind: Deployment, namespace: "{{ .x }}"}',
    want: "",
  },
];

for (const { name, selector, want } of KINDS) {
  Deno.test(`selected by kind: ${name}`, () => assert.equal(selectedBy([selector], OTHERS), want));
}

Deno.test("the query asks for the version that the user wrote", () => {
  const source = readEventSource(object(
    "{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventSource, metadata: {name: s}, spec: {resourceSelectors: [{group: apps, version: v1beta7, kind: Deployment, namespace: ns, name: d}]}}",
  ));
  const query = labelQueryOf(source.selectors[0]!);
  assert.deepEqual(query, {
    group: "apps",
    version: "v1beta7",
    kind: "Deployment",
    namespace: "ns",
    name: "d",
    labelSelector: "",
  });
});

Deno.test("a rule that takes more than it may fails the whole source; one that isn't reached does not", () => {
  const costly = "[1, 2, 3].all(x, [1, 2, 3].all(y, x + y < 9))";
  assert.equal(selected(cel("true", costly), OBJECTS, 5), "abcd");
  assert.throws(() => selected(cel("false", costly) + lua("true"), OBJECTS, 5), (error) => {
    assert.ok(error instanceof TriggerFailure);
    assert.match(
      error.message,
      /^EventSource s spec\.resourceSelectors\[0\]\.evaluateCEL\[1\] \(r\) for ConfigMap n1\/a: 1:14: stopped after 5 steps \(limit --cel-cost\)\n/,
    );
    return true;
  });
});

Deno.test("a script of blanks is a script, and fails", () => {
  assert.throws(() => selected(', evaluate: " "'), TriggerFailure);
});

Deno.test("Lua is not asked where CEL has matched", () => {
  assert.equal(selected(cel("true") + lua("error('not asked')")), "abcd");
});

Deno.test("a Lua error fails the whole source, and names the object", () => {
  assert.throws(() => selected(lua("obj.metadata.labels.env == 'prod'")), (error) => {
    assert.ok(error instanceof TriggerFailure);
    assert.match(error.message, /EventSource s resourceSelectors\[0\]\.evaluate:1: .*\(for ConfigMap n2\/d\)/);
    return true;
  });
});

Deno.test("an object that is listed twice is selected twice", () => {
  assert.equal(selected("", [OBJECTS[0]!, OBJECTS[0]!]), "aa");
});

Deno.test("redaction: whole values, pieces, base64 and decoded; words stay", () => {
  const secret = object(
    `{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {v: ${btoa("user: admin\nkey: TOPSECRETVALUE\n")}}}`,
  );
  const redact = redactorFor([secret]);
  assert.equal(redact("it was TOPSECRETVALUE here"), "it was [redacted] here");
  assert.equal(redact("it was TOPSECRETV"), "it was [redacted]");
  assert.equal(redact(`it was ${btoa("user: admin\nkey: TOPSECRETVALUE\n")}!`), "it was [redacted]");
  assert.equal(
    redact("attempt to index a nil value (field 'metadata')"),
    "attempt to index a nil value (field 'metadata')",
  );
  assert.equal(redactorFor([])("TOPSECRETVALUE"), "TOPSECRETVALUE");
  assert.equal(
    redact(`parsing ${JSON.stringify("user: admin\nkey:\tTOPSECRETVALUE\n")}: no`),
    String.raw`parsing "user: admin\nkey:\t[redacted]\n": no`,
    "quoted, with escapes",
  );
});

Deno.test("redaction: of values in names, while a cluster's name stays", () => {
  const kubeconfig = btoa("clusters: [{name: production-1}]");
  const object = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    data: { a: kubeconfig, b: btoa("hunter2hunter2") },
  };
  const cluster = { apiVersion: "v1", kind: "Cluster", metadata: { name: "production-1" } };
  const redact = redactorFor([object, cluster]);
  assert.equal(redact('metadata.name "hunter2hunter2": wrong'), 'metadata.name "[redacted]": wrong');
  assert.equal(redact(`kind ${kubeconfig}x`), "kind [redacted]x");
  assert.equal(redact('metadata.name "production-1": wrong'), 'metadata.name "production-1": wrong');
});
