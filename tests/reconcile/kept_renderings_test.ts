/** What a pass keeps for the next one changes nothing but the work: plans are those of a planner that keeps nothing. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { JsonObject } from "../../src/json/json.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import { KeptPasses } from "../../src/reconcile/kept_renderings.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { optionsFor } from "../support/session.ts";
import { input, object, pipeline, World } from "../support/world.ts";

const SEED = 20261126;
const signal = new AbortController().signal;
const options = optionsFor("Secret", "ConfigMap");
const sandbox = createLuaSandbox();

/** One planner that keeps and one that does not, over one world; time and chance are the same for both. */
class Pair {
  readonly kept = new KeptPasses();
  #previous: Generation | undefined;
  #clock = 0;

  constructor(readonly world: World) {}

  /** One pass of both, which have to say the same. Gives what was rendered, and carries the plan out. */
  async pass() {
    const clock = ++this.#clock;
    const templates = () => ({
      world: {
        now: () => new Date(clock * 1000),
        randomBytes: (count: number) => new Uint8Array(count).fill(clock),
      },
    });
    const run = (keptPasses?: KeptPasses) =>
      reconcile(
        { trigger: "t" },
        { reader: this.world, sandbox, templates: templates(), keptPasses },
        options,
        signal,
        this.#previous,
      );
    const { redact: _, ...anew } = await run();
    const { redact: __, ...kept } = await run(this.kept);
    assert.deepStrictEqual(untimed(kept), untimed(anew));
    this.#previous = kept.generation ?? this.#previous;
    for (const change of kept.plan.changes) await this.world.apply(change);
    return kept.computation.rendering?.desired ?? [];
  }
}

/** Scripts take their time. */
function untimed<T extends { computation: { matches?: { cost?: unknown } } }>(one: T): T {
  const { matches } = one.computation;
  return matches ? { ...one, computation: { ...one.computation, matches: { ...matches, cost: undefined } } } : one;
}

const secret = (name: string, body: string) => `
apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: out }
stringData:
  ${body}`;
const PLAIN = secret("{{ .Resource.metadata.name }}", "v: {{ .Resource.spec.v | quote }}");

/** The outputs of the last pass that are the very objects of the pass before. */
function same(before: readonly { object: JsonObject }[], now: readonly { object: JsonObject }[]): string[] {
  return now.filter(({ object }) => before.some((one) => one.object === object))
    .map(({ object }) => String((object.metadata as JsonObject).name));
}

Deno.test("of matches that are as they were nothing is rendered anew", async () => {
  const world = new World(...pipeline({ template: PLAIN }), ...["a", "b", "c"].map((name) => input(name, "1")));
  const pair = new Pair(world);
  const first = await pair.pass();
  const second = await pair.pass();
  assert.deepStrictEqual(same(first, second), ["a", "b", "c"]);
  world.put(input("b", "2"));
  const third = await pair.pass();
  assert.deepStrictEqual(same(second, third), ["a", "c"]);
  world.remove("Input in/a");
  const fourth = await pair.pass();
  assert.deepStrictEqual(same(third, fourth), ["b", "c"], "also where they have another place among the matches");
});

const CHANGES: Record<string, (world: World) => void> = {
  "the template": (world) =>
    world.put(pipeline({ template: PLAIN.replace("v:", "w: x\n  v:") }).find(({ kind }) => kind === "ConfigMap")!),
  "a label of the template": (world) => {
    const template = world.get("ConfigMap mgmt/t")!;
    world.put({ ...template, metadata: { ...template.metadata, labels: { x: "y" } } });
  },
  "the trigger's spec": (world) => {
    const trigger = world.get("EventTrigger.lib.projectsveltos.io /t")!;
    world.put({ ...trigger, spec: { ...trigger.spec as JsonObject, extraLabels: { team: "x" } } });
  },
};
for (const [name, change] of Object.entries(CHANGES)) {
  Deno.test(`all is rendered anew where ${name} is another`, async () => {
    const world = new World(...pipeline({ template: PLAIN }), input("a", "1"), input("b", "1"));
    const pair = new Pair(world);
    const first = await pair.pass();
    change(world);
    assert.deepStrictEqual(same(first, await pair.pass()), []);
  });
}

/** Templates whose result is more than a function of their match; none of these may be taken from the last pass. */
const NOT_KEPT: Record<string, { template: string; trigger?: JsonObject }> = {
  "asks for the time": { template: secret("{{ .Resource.metadata.name }}", "v: {{ now | unixEpoch | quote }}") },
  "asks for chance": { template: secret("{{ .Resource.metadata.name }}", "v: {{ randAlphaNum 8 | quote }}") },
  "changes the cluster that all share": {
    template: '{{- $_ := set .Cluster "seen" (print (get .Cluster "seen") .Resource.metadata.name) }}' +
      secret("{{ .Resource.metadata.name }}", 'v: {{ get .Cluster "seen" | quote }}'),
  },
  "changes a map of the cluster's": {
    template: '{{- $_ := set .Cluster.metadata "seen" (print (get .Cluster.metadata "seen") .Resource.spec.v) }}' +
      secret("{{ .Resource.metadata.name }}", "v: {{ .Cluster.metadata.seen | quote }}"),
  },
  "has a key twice": { template: secret("{{ .Resource.metadata.name }}", "v: a\n  v: {{ .Resource.spec.v | quote }}") },
  "renders to nothing": { template: "# nothing for {{ .Resource.metadata.name }}" },
  "fails": { template: '{{ fail "no" }}' },
};
for (const [name, parts] of Object.entries(NOT_KEPT)) {
  Deno.test(`nothing is kept of a template that ${name}`, async () => {
    const world = new World(...pipeline(parts), input("a", "1"), input("b", "1"));
    const pair = new Pair(world);
    const first = await pair.pass();
    assert.deepStrictEqual(same(first, await pair.pass()), []);
    world.put(input("a", "2"));
    await pair.pass();
    world.remove("Input in/a");
    await pair.pass();
  });
}

Deno.test("a match that changes the shared cluster from now on is seen by those that did not change", async () => {
  const template = '{{- if eq .Resource.spec.v "set" }}{{ $_ := set .Cluster "seen" "yes" }}{{ end }}' +
    secret("{{ .Resource.metadata.name }}", 'v: {{ get .Cluster "seen" | quote }}');
  const world = new World(...pipeline({ template }), input("a", "1"), input("b", "1"));
  const pair = new Pair(world);
  await pair.pass();
  await pair.pass();
  world.put(input("a", "set"));
  const desired = await pair.pass();
  assert.deepStrictEqual(desired.map(({ object }) => (object.stringData as JsonObject).v), ["yes", "yes"]);
});

Deno.test("what is no template counts for all matches, whether they are rendered anew or not", async () => {
  const trigger = {
    policyRefs: [{ kind: "ConfigMap", namespace: "mgmt", name: "t" }, {
      kind: "ConfigMap",
      namespace: "mgmt",
      name: "plain-{{ .Resource.spec.v }}",
    }],
  };
  const plain = (v: string) =>
    object(`
apiVersion: v1
kind: ConfigMap
metadata: { name: plain-${v}, namespace: mgmt }
data:
  a.yaml: |
    { apiVersion: v1, kind: ConfigMap, metadata: { name: from-${v}, namespace: out } }`);
  const world = new World(
    ...pipeline({ template: PLAIN, trigger }),
    ...["1", "2"].map(plain),
    ...["a", "b", "c"].map((name) => input(name, "1")),
  );
  const pair = new Pair(world);
  await pair.pass();
  world.put(input("b", "2"));
  const desired = await pair.pass();
  const names = desired.map(({ object }) => String((object.metadata as JsonObject).name));
  assert.deepStrictEqual(names, ["a", "b", "c", "from-1", "from-2"]);
  world.remove("ConfigMap mgmt/plain-1");
  await pair.pass();
  world.put(plain("1"));
  await pair.pass();
});

Deno.test("a trigger that is gone leaves nothing behind", async () => {
  const world = new World(...pipeline({ template: PLAIN }), input("a", "1"));
  const pair = new Pair(world);
  await pair.pass();
  const before = pair.kept.of("t");
  world.remove("EventTrigger.lib.projectsveltos.io /t");
  await pair.pass();
  assert.notEqual(pair.kept.of("t"), before);
});

const TEMPLATES = [PLAIN, ...Object.values(NOT_KEPT).map(({ template }) => template)];
const step = fc.oneof(
  fc.record({
    do: fc.constant("put" as const),
    name: fc.constantFrom("a", "b", "c", "d"),
    v: fc.constantFrom("1", "2"),
  }),
  fc.record({ do: fc.constant("remove" as const), name: fc.constantFrom("a", "b", "c", "d") }),
  fc.record({ do: fc.constant("template" as const), index: fc.nat(TEMPLATES.length - 1) }),
  fc.record({ do: fc.constant("collect" as const), is: fc.boolean() }),
  fc.record({ do: fc.constant("script" as const), is: fc.boolean() }),
  fc.record({ do: fc.constant("pass" as const) }),
);
const SCRIPT = `function evaluate()
  local all = {}
  for i = #resources, 1, -1 do
    table.insert(all, { kind = "Made", metadata = resources[i].metadata, spec = resources[i].spec })
    if resources[i].spec.v == "2" then table.insert(all, resources[i]) end
  end
  if #all == 0 then return {} end
  return { resources = all }
end`;

Deno.test(`any changes of the world, one after the other (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const world = new World(...pipeline({ template: PLAIN }), input("a", "1"), input("b", "2"));
      const pair = new Pair(world);
      const source: JsonObject = { collectResources: true };
      await pair.pass();
      for (const one of steps) {
        const of = (kind: string, parts: Parameters<typeof pipeline>[0]) =>
          pipeline(parts).find((each) => each.kind === kind)!;
        if (one.do === "put") world.put(input(one.name, one.v));
        else if (one.do === "remove") {
          if (world.get(`Input in/${one.name}`)) world.remove(`Input in/${one.name}`);
        } else if (one.do === "template") world.put(of("ConfigMap", { template: TEMPLATES[one.index] }));
        else if (one.do === "collect") {
          world.put(of("EventSource", { source: { ...source, collectResources: one.is } }));
        } else if (one.do === "script") {
          world.put(of("EventSource", { source: { ...source, aggregatedSelection: one.is ? SCRIPT : "" } }));
        }
        await pair.pass();
      }
    }),
    { seed: SEED, numRuns: 60 },
  );
});
