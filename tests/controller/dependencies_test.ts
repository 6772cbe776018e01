/** Which triggers an event concerns: those that asked for it, also in the pass that is still under way. */
import assert from "node:assert/strict";
import { Dependencies } from "../../src/controller/dependencies.ts";
import type { KubeObject } from "../../src/api/object.ts";
import { addMarks } from "../../src/reconcile/marks.ts";
import { listOwned, ownedQuery } from "../../src/reconcile/owned.ts";
import type { ObjectQuery, ObjectReader, ReadOptions } from "../../src/reconcile/reader.ts";

const SECRETS: ObjectQuery = { group: "", version: "v1", kind: "Secret", namespace: "mgmt" };
const SOURCES: ObjectQuery = { group: "lib.projectsveltos.io", version: "v1beta1", kind: "EventSource" };
const signal = new AbortController().signal;
const reader: ObjectReader = {
  list: () => Promise.resolve({ objects: [] }),
  kindOf: () => Promise.resolve({ scope: "namespaced" }),
};

Deno.test("an event during the pass that asks for the first time is not lost", async () => {
  const dependencies = new Dependencies("moonferry");
  // A pass that was frozen early: its EventSource was not there.
  const frozen = dependencies.track("t", reader);
  await frozen.reader.list(SOURCES, signal);
  frozen.commit(false);
  assert.deepEqual(dependencies.requestsFor({ query: SECRETS }), []);

  const pass = dependencies.track("t", reader);
  await pass.reader.list(SECRETS, signal);
  assert.deepEqual(dependencies.requestsFor({ query: SECRETS }), ["t"]);
  assert.deepEqual(dependencies.requestsFor({ query: SOURCES }), ["t"], "what the last pass asked counts as well");
  pass.commit(true);
  assert.deepEqual(dependencies.requestsFor({ query: SECRETS }), ["t"]);
  assert.deepEqual(dependencies.requestsFor({ query: SOURCES }), []);
  dependencies.forget("t");
  assert.deepEqual(dependencies.requestsFor({ query: SECRETS }), []);
});

Deno.test("what a pass was answered stands as long as each answer does", async () => {
  const lapsed = new Set<string>();
  const keeping: ObjectReader = {
    ...reader,
    list: ({ kind }) => Promise.resolve({ objects: [], stands: () => !lapsed.has(kind) }),
  };
  const dependencies = new Dependencies("moonferry");
  const pass = dependencies.track("t", keeping), other = dependencies.track("o", keeping);
  await pass.reader.list(SECRETS, signal);
  await pass.reader.list(SOURCES, signal);
  await other.reader.list(SECRETS, signal);
  assert.deepEqual([pass.stands(), other.stands()], [true, true]);
  lapsed.add("EventSource");
  assert.deepEqual([pass.stands(), other.stands()], [false, true]);
});

Deno.test("what is asked once is nobody's dependency", async () => {
  const dependencies = new Dependencies("moonferry");
  const pass = dependencies.track("t", reader);
  await pass.reader.list(SECRETS, signal, { once: true });
  pass.commit(true);
  assert.deepEqual(dependencies.requestsFor({ query: SECRETS }), []);
});

const OUTPUT: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { namespace: "in", name: "out" } };
const TEMPLATE = { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "t" };
const outputOf = (trigger: string, instance = "moonferry") =>
  addMarks(OUTPUT, instance, { trigger, template: TEMPLATE, key: "k" }, "withdraw");
const BY_LABEL = { ...ownedQuery("Secret", "moonferry"), namespace: "", name: "" };

const OUTPUTS: { name: string; query: ObjectQuery; object: KubeObject; want: string[] }[] = [
  { name: "an output", query: BY_LABEL, object: outputOf("first"), want: ["feeds", "first"] },
  { name: "an output of a trigger never seen", query: BY_LABEL, object: outputOf("new"), want: ["feeds", "new"] },
  { name: "its own output", query: BY_LABEL, object: outputOf("feeds"), want: ["feeds"] },
  { name: "an output by another selector", query: SECRETS, object: outputOf("first"), want: ["first", "reads"] },
  {
    name: "an object whose marks don't agree",
    query: BY_LABEL,
    object: { ...OUTPUT, metadata: { ...OUTPUT.metadata, labels: { "moonferry.dev/instance": "moonferry" } } },
    want: ["feeds", "first", "reads"],
  },
  { name: "another instance's output", query: SECRETS, object: outputOf("first", "other"), want: ["reads"] },
];

for (const { name, query, object, want } of OUTPUTS) {
  Deno.test(`who selects outputs is told of them, who only looks for its own is not: ${name}`, async () => {
    const dependencies = new Dependencies("moonferry");
    for (const trigger of ["first", "reads", "feeds"]) {
      const pass = dependencies.track(trigger, reader);
      if (trigger === "feeds") await pass.reader.list(BY_LABEL, signal);
      if (trigger === "reads") await pass.reader.list(SECRETS, signal);
      await listOwned("Secret", { instance: "moonferry" }, pass.reader, signal);
      pass.commit(true);
    }
    assert.deepEqual(dependencies.requestsFor({ query, object }).sort(), want);
  });
}

const TRIGGERS: ObjectQuery = { group: "lib.projectsveltos.io", version: "v1beta1", kind: "EventTrigger" };
const trigger = (apiVersion: string, labels = {}): KubeObject => ({
  apiVersion,
  kind: "EventTrigger",
  metadata: { name: "x", labels },
});

// Who is looked at again when an EventTrigger `x` changes, where `y` has asked for EventTriggers in that way.
const TRIGGER_EVENTS: readonly [string, ObjectQuery, ReadOptions, string, readonly string[]][] = [
  ["itself", { ...TRIGGERS, name: "z" }, {}, "lib.projectsveltos.io/v1beta1", ["x"]],
  ["who selects it", TRIGGERS, {}, "lib.projectsveltos.io/v1beta1", ["x", "y"]],
  ["not who only looks whose they are", TRIGGERS, { untold: true }, "lib.projectsveltos.io/v1beta1", ["x"]],
  ["another group's has no trigger's name", { ...TRIGGERS, group: "other.io" }, {}, "other.io/v1beta1", ["y"]],
];

for (const [name, query, options, apiVersion, expected] of TRIGGER_EVENTS) {
  Deno.test(`an EventTrigger changes: ${name}`, async () => {
    const dependencies = new Dependencies("moonferry");
    const pass = dependencies.track("y", reader);
    await pass.reader.list(query, signal, options);
    pass.commit(true);
    const event = { query: { ...query, name: undefined }, object: trigger(apiVersion) };
    assert.deepEqual(dependencies.requestsFor(event), expected);
  });
}

Deno.test("an EventTrigger that is an output concerns the trigger that it came from as well", () => {
  const dependencies = new Dependencies("moonferry");
  const origin = { trigger: "y", template: TEMPLATE, key: "k" };
  const object = addMarks(trigger("lib.projectsveltos.io/v1beta1"), "moonferry", origin, "withdraw");
  assert.deepEqual(dependencies.requestsFor({ query: TRIGGERS, object }).sort(), ["x", "y"]);
});
