/** A kind is selected in another version: its matches are the same as before, and so are the outputs that they have. */
import assert from "node:assert/strict";
import { formatRef, type KubeObject } from "../../src/api/object.ts";
import type { JsonObject } from "../../src/json/json.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { optionsFor, session } from "../support/session.ts";
import { pipeline, World } from "../support/world.ts";

const NAMES = [..."abcdefgh"];
const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`);

const cluster = (name: string, spec: JsonObject): KubeObject => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Cluster",
  metadata: { namespace: "in", name },
  spec,
});
const sourceIn = (version: string): JsonObject => ({
  resourceSelectors: [{ group: "cluster.x-k8s.io", version, kind: "Cluster" }],
});

interface Row {
  readonly name: string;
  readonly trigger?: JsonObject;
  /** What becomes of Cluster `a` as the version changes. */
  readonly becomes: JsonObject;
  readonly want: readonly string[];
  /** True: a new process makes the plan. */
  readonly restart?: boolean;
}

const others = NAMES.slice(1).map((name) => `update Secret in/out-${name}`);
const rows: readonly Row[] = [
  { name: "a match fails: it keeps its output", becomes: {}, want: others },
  { name: "a match fails, after a restart", becomes: {}, want: others, restart: true },
  {
    name: "an output gets another name: the new one is first",
    becomes: { v: "1", as: "new" },
    want: [...others, "create Secret in/new-a", "delete Secret in/out-a"],
  },
  { name: "OneTime: what was delivered is written no more", trigger: { syncMode: "OneTime" }, becomes: {}, want: [] },
];

for (const { name, trigger = {}, becomes, want, restart } of rows) {
  Deno.test(`another version of a kind: ${name}`, async () => {
    const template = `apiVersion: v1
kind: Secret
metadata: { name: '{{ index .Resource.spec "as" | default "out" }}-{{ .Resource.metadata.name }}', namespace: in }
stringData: { v: "{{ .Resource.spec.v }}" }
`;
    const objects = pipeline({ trigger, template, source: sourceIn("v1beta1") });
    const world = new World(...objects, ...NAMES.map((name) => cluster(name, { v: "1" })));
    world.versions.set("Cluster", ["v1beta2", "v1beta1"]);
    const pass = session(world, optionsFor("Secret"));
    await pass();
    world.put(pipeline({ source: sourceIn("v1beta2") })[1]!, cluster("a", becomes));
    const plan = await (restart ? session(world, optionsFor("Secret")) : pass)();
    assert.deepEqual([done(plan), plan.held.map(({ reason }) => reason)], [want, []]);
  });
}
