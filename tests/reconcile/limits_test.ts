/** How much a trigger may read, match and render, and from which namespaces: what is too much freezes it, by the limit's name. */
import assert from "node:assert/strict";
import { applyPlan } from "../../src/reconcile/apply.ts";
import type { PipelineLimits } from "../../src/reconcile/limits.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { reconcile, type ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { input, OUTPUT, pipeline, World } from "../support/world.ts";

const sandbox = createLuaSandbox();
const templates = { world: { now: () => new Date(0), randomBytes: (count: number) => new Uint8Array(count) } };
const signal = new AbortController().signal;

const OPTIONS: ReconcileOptions = {
  managementLabels: { a: "b" },
  createNamespaces: false,
  gates: { instance: "moonferry", allowedKinds: ["Secret"], allowKubeconfig: [], checkPayload: true, adopt: false },
};

async function planOf(
  world: World,
  limits: Partial<PipelineLimits>,
  sourceNamespaces?: readonly string[],
): Promise<Plan> {
  const parts = { reader: world, sandbox, templates, limits };
  return (await reconcile({ trigger: "t" }, parts, { ...OPTIONS, sourceNamespaces }, signal)).plan;
}

/** Two inputs whose outputs are there, and a third that is new. */
async function worldWithOutputs(): Promise<World> {
  const world = new World(...pipeline(), input("a", "1"), input("b", "2"));
  await applyPlan(await planOf(world, {}), world, signal);
  assert.equal(world.keys("Secret").length, 2);
  world.put(input("c", "3"));
  return world;
}

const ROWS: readonly {
  readonly name: string;
  readonly fits: Partial<PipelineLimits>;
  readonly limits: Partial<PipelineLimits>;
  readonly wants: RegExp;
}[] = [
  {
    name: "inputs",
    fits: { inputs: 3 },
    limits: { inputs: 2 },
    wants:
      /^EventSource t spec\.resourceSelectors\[0\] \(Input .*\): 3 objects with those of the selectors before it, more than 2 \(limit --max-inputs\)\. Its outputs stay as they are: select less, or raise the limit\.$/,
  },
  {
    name: "size of the inputs",
    fits: { inputSize: 2000 },
    limits: { inputSize: 200 },
    wants: /resourceSelectors\[0\].*more than 200 bytes \(limit --max-input-size\)/,
  },
  {
    name: "matches",
    fits: { matches: 3 },
    limits: { matches: 2 },
    wants: /^EventSource t: 3 matches, more than 2 \(limit --max-matches\)/,
  },
  {
    name: "outputs",
    fits: { outputs: 3 },
    limits: { outputs: 2 },
    wants: /^EventTrigger t: its matches ask for more than 2 objects \(limit --max-outputs\)/,
  },
  {
    name: "size of the outputs",
    fits: { outputSize: 2000 },
    limits: { outputSize: 100 },
    wants: /^EventTrigger t: what its matches render has more than 100 bytes \(limit --max-output-size\)/,
  },
];

for (const { name, fits, limits, wants } of ROWS) {
  Deno.test(`more than the limit freezes the trigger: ${name}`, async () => {
    const world = await worldWithOutputs();
    const enough = await planOf(world, fits);
    assert.deepEqual(enough.failures, []);
    assert.equal(enough.changes.length, 1);
    const plan = await planOf(world, limits);
    assert.deepEqual(plan.failures.map(({ reason }) => reason), ["LimitExceeded"]);
    assert.match(plan.failures[0]!.message, wants);
    assert.deepEqual(plan.changes, [], "nothing is written, and nothing withdrawn");
  });
}

/** A pipeline whose one selector looks at each object by this, and three inputs. */
const choosing = (more: Record<string, unknown>) =>
  new World(
    ...pipeline({
      source: { resourceSelectors: [{ group: "", version: "v1", kind: "Input", ...more }], collectResources: true },
    }),
    input("a", "1"),
    input("b", "1"),
    input("c", "1"),
  );

Deno.test("what looks at objects one by one has a limit for all of them, and leaves others their turns", async () => {
  const lua = choosing({
    evaluate: "function evaluate() for i = 1, 10000000 do end return {matching = true} end",
  });
  const cel = choosing({ evaluateCEL: [{ name: "r", rule: "resource.metadata.name.size() > 0" }] });
  for (
    const { world, fits, limits, wants } of [
      {
        world: lua,
        fits: { luaMilliseconds: 30_000 },
        limits: { luaMilliseconds: 0.01 },
        wants:
          /^EventSource t resourceSelectors\[0\]\.evaluate: all runs together have taken 0\.00001 s of CPU \(limit --max-lua-time\)\. Its outputs stay as they are: select less, or raise the limit\.$/,
      },
      {
        world: cel,
        fits: { celSteps: 1000 },
        limits: { celSteps: 2 },
        wants:
          /^EventSource t spec\.resourceSelectors\[0\]\.evaluateCEL\[0\] \(r\): all rules on all objects together have taken 2 steps \(limit --max-cel-cost\)/,
      },
    ]
  ) {
    assert.equal((await planOf(world, fits)).changes.length, 3);
    const plan = await planOf(world, limits);
    assert.deepEqual(plan.failures.map(({ reason, isOutOfTime }) => ({ reason, isOutOfTime })), [
      { reason: "LimitExceeded", isOutOfTime: true },
    ]);
    assert.match(plan.failures[0]!.message, wants);
    assert.deepEqual(plan.changes, []);
  }
});

Deno.test("source namespaces: what is named is read, what is not is unknown and freezes", async () => {
  const world = await worldWithOutputs();
  const anywhere = await planOf(world, {}, ["in"]);
  assert.deepEqual(anywhere.failures.map(({ reason }) => reason), ["SourceNamespaceNotAllowed"]);
  assert.match(
    anywhere.failures[0]!.message,
    /EventSource t spec\.resourceSelectors\[0\].*all namespaces are not to be read with --source-namespaces=in: name one of them in the field namespace/,
  );
  assert.deepEqual(anywhere.changes, []);

  const source = (namespace: string) => ({
    resourceSelectors: [{ group: "", version: "v1", kind: "Input", namespace }],
  });
  world.put(...pipeline({ source: source("in") }));
  const both = await planOf(world, {}, ["in", "mgmt"]);
  assert.deepEqual(both.failures, []);
  assert.equal(both.changes.length, 1);

  world.put(...pipeline({ source: source("kube-system") }));
  const elsewhere = await planOf(world, {}, ["in", "mgmt"]);
  assert.match(
    elsewhere.failures[0]!.message,
    /namespace kube-system is not one of those that may be read: start with --source-namespaces=in,mgmt,kube-system to/,
  );
  assert.deepEqual(elsewhere.changes, []);
});

Deno.test("source namespaces: a template is read from them as well", async () => {
  const world = await worldWithOutputs();
  world.put(
    ...pipeline({ source: { resourceSelectors: [{ group: "", version: "v1", kind: "Input", namespace: "in" }] } }),
  );
  const plan = await planOf(world, {}, ["in"]);
  assert.match(plan.failures[0]!.message, /namespace mgmt is not one of those that may be read/);
  assert.deepEqual(plan.changes, []);
});

Deno.test("source namespaces: cluster-scoped objects pass", async () => {
  const world = new World(
    ...pipeline({ source: { resourceSelectors: [{ group: "", version: "v1", kind: "Namespace" }] } }),
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "in" }, spec: { v: "1" } },
  );
  const { failures, changes } = await planOf(world, {}, ["mgmt"]);
  assert.deepEqual(failures.map(({ reason }) => reason), ["TemplateError"], "it has no namespace, but it was read");
  assert.deepEqual(changes, []);
});

Deno.test("templates that are stopped for many matches leave the others enough, and end soon", async () => {
  const template = '{{ if eq .Resource.spec.v "loop" }}{{ range until 900000 }}{{ . }}{{ end }}{{ end }}' + OUTPUT;
  const world = new World(
    ...pipeline({ template }),
    ...["a", "b", "c"].map((name) => input(name, "loop")),
    input("d", "1"),
  );
  const parts = { reader: world, sandbox, templates: { ...templates, limits: { steps: 200_000 } } };
  const plan = async (steps: number) =>
    (await reconcile({ trigger: "t" }, { ...parts, limits: { steps } }, OPTIONS, signal)).plan;
  const { changes, failures } = await plan(300_000);
  assert.deepEqual(changes.map(({ target }) => target.name), ["out-d"]);
  const [first, ...others] = failures.map(({ message }) => /stopped after .*\)/.exec(message)?.[0]);
  assert.equal(first, "stopped after 200000 steps (limit --template-steps)");
  assert.deepEqual(
    others,
    Array(2).fill("stopped after 100000 steps (all together have taken 300000, limit --max-steps)"),
  );
  // With more of them, each is stopped by its own limit.
  assert.ok((await plan(1_000_000)).failures.every(({ message }) => message.includes("after 200000 steps")));
});
