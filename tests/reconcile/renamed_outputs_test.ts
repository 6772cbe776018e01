/** An output whose key, or whose ConfigMap, gets another name together with the output itself: it is renamed all the same. */
import assert from "node:assert/strict";
import { annotationsOf, formatRef, type KubeObject } from "../../src/api/object.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { optionsFor, session } from "../support/session.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const done = (plan: Plan) => plan.changes.map(({ action, target }) => `${action} ${formatRef(target)}`);
const held = (plan: Plan) => plan.held.map(({ change: { action, target } }) => `${action} ${formatRef(target)}`);

const RENAMED = OUTPUT.replace("name: out-", "name: new-");
const EXTRA = OUTPUT.replace("name: out-", "name: extra-");
const [TRIGGER, , TEMPLATE] = pipeline() as [KubeObject, KubeObject, KubeObject];
const foreign = (namespace: string, name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { namespace, name },
});

interface Row {
  readonly name: string;
  /** What is published first, by key. */
  readonly first?: Record<string, string>;
  readonly change: (world: World) => void;
  readonly done: readonly string[];
  readonly held: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "another key: the new one is first",
    change: (world) => world.put({ ...TEMPLATE, data: { "other.yaml": RENAMED } }),
    done: ["create Secret in/new-a", "delete Secret in/out-a"],
    held: [],
  },
  {
    name: "another key: the old one stays while the new one is held",
    change: (world) => world.put({ ...TEMPLATE, data: { "other.yaml": RENAMED } }, foreign("in", "new-a")),
    done: [],
    held: ["update Secret in/new-a", "delete Secret in/out-a"],
  },
  {
    name: "another ConfigMap: the old one stays while the new one is held",
    change: (world) => {
      const spec = {
        ...TRIGGER.spec as KubeObject,
        policyRefs: [{ kind: "ConfigMap", namespace: "mgmt", name: "t-2" }],
      };
      world.put({ ...TRIGGER, spec }, foreign("in", "new-a"), {
        ...TEMPLATE,
        metadata: { ...TEMPLATE.metadata, name: "t-2" },
        data: { "out.yaml": RENAMED },
      });
    },
    done: [],
    held: ["update Secret in/new-a", "delete Secret in/out-a"],
  },
  {
    name: "another key and namespace: what is held there keeps nothing here",
    change: (world) => {
      const moved = RENAMED.replace("{{ .Resource.metadata.namespace }}", "elsewhere");
      world.put({ ...TEMPLATE, data: { "other.yaml": moved } }, foreign("elsewhere", "new-a"));
    },
    done: ["delete Secret in/out-a"],
    held: ["update Secret elsewhere/new-a"],
  },
  {
    name: "another key: what is held under its old name replaces nothing",
    first: { "a.yaml": OUTPUT, "b.yaml": EXTRA },
    change: (world) => {
      const output = world.get("Secret in/out-a")!;
      const annotations = { ...annotationsOf(output), "moonferry.dev/suspend": "true" };
      world.put({ ...output, metadata: { ...output.metadata, annotations } });
      world.put({ ...TEMPLATE, data: { "other.yaml": OUTPUT } });
    },
    done: ["delete Secret in/extra-a"],
    held: ["update Secret in/out-a"],
  },
  {
    name: "another match: what is held of it keeps nothing",
    change: (world) => {
      world.remove("Input in/a");
      world.put({ ...TEMPLATE, data: { "other.yaml": RENAMED } }, input("z", "1"), foreign("in", "new-z"));
    },
    done: ["delete Secret in/out-a"],
    held: ["update Secret in/new-z"],
  },
];

for (const row of rows) {
  Deno.test(`renamed outputs: ${row.name}`, async () => {
    const world = new World(...pipeline(), input("a", "1"));
    if (row.first) world.put({ ...TEMPLATE, data: row.first });
    // The end of the only input is no mass change where a watch has seen it.
    Object.assign(world, { sawDeletion: () => true });
    const pass = session(world, optionsFor("Secret"));
    await pass();
    row.change(world);
    const plan = await pass();
    assert.deepEqual([done(plan), held(plan)], [row.done, row.held]);
    const removal = plan.changes.find(({ action }) => action === "delete");
    assert.deepEqual(removal?.after.map(formatRef) ?? [], row.done.length > 1 ? ["Secret in/new-a"] : []);
  });
}
