/** Ours against Sveltos's: what counts as equal, what is left alone, and that nothing of Sveltos's is overwritten or deleted. */
import assert from "node:assert/strict";
import { type KubeObject, nameOf } from "../../src/api/object.ts";
import { compareWithSveltos, contentDifferences, takeoverOf } from "../../src/reconcile/against.ts";
import { triggerCompatibility } from "../../src/reconcile/compatibility.ts";
import { addMarks, triggerLabelValue } from "../../src/reconcile/marks.ts";
import { reconcile, type ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { deletionRisk } from "../../src/reconcile/sveltos_marks.ts";
import { answeringFrom, readDeployed, readSveltosState } from "../../src/reconcile/sveltos_state.ts";
import { withdrawalOf } from "../../src/reconcile/withdraw.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import type { JsonObject } from "../../src/json/json.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { optionsFor } from "../support/session.ts";
import { asDeployed, profileObjects, SVELTOS_MANAGER } from "../support/sveltos.ts";
import { input, pipeline, World } from "../support/world.ts";

const signal = new AbortController().signal;
const parts = { sandbox: createLuaSandbox(), templates: { world: TEMPLATE_WORLD } };
const OPTIONS = optionsFor("Secret");

/** What the pipeline gives for the input of that name: `data.v` in base64. */
function output(name: string, v: string): KubeObject {
  const metadata = { namespace: "in", name: `out-${name}` };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: { v: btoa(v) } };
}

const deployed = (name: string, v: string, profile = `p-${name}`) => asDeployed(output(name, v), profile);

function secret(metadata: JsonObject, more: JsonObject = {}): KubeObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { namespace: "in", name: "x", ...metadata }, ...more };
}

const DATA = { data: { v: "eA==" } };
const LEAVE = "LeavePolicies";
const ORIGIN = {
  trigger: "t",
  match: { apiVersion: "v1", kind: "Input", namespace: "in", name: "x" },
  template: { apiVersion: "v1", kind: "ConfigMap", namespace: "mgmt", name: "t" },
  key: "out.yaml",
};
const marked = (object: KubeObject) => addMarks(object, "moonferry", ORIGIN, "withdraw");

const CONTENTS: readonly { name: string; here: KubeObject; there: KubeObject; paths: readonly string[] }[] = [
  {
    name: "the marks of both are left out",
    here: marked(secret({}, DATA)),
    there: asDeployed(secret({}, DATA), "p"),
    paths: [],
  },
  {
    name: "marks as labels, as older Sveltos has them",
    here: marked(secret({}, DATA)),
    there: secret({
      labels: { "projectsveltos.io/reference-kind": "ConfigMap", "projectsveltos.io/reason": "Resources" },
    }, DATA),
    paths: [],
  },
  {
    name: "what others have added and we don't mention is theirs",
    here: marked(secret({}, DATA)),
    there: asDeployed(secret({ labels: { a: "b" } }, { ...DATA, type: "Opaque" }), "p"),
    paths: [],
  },
  {
    name: "what Sveltos has applied and we would not",
    here: marked(secret({}, DATA)),
    there: asDeployed(
      secret({
        labels: { a: "b" },
        managedFields: [{
          manager: SVELTOS_MANAGER,
          operation: "Apply",
          fieldsV1: {
            "f:metadata": {
              "f:labels": { "f:a": {}, "f:projectsveltos.io/reason": {} },
              "f:annotations": { "f:projectsveltos.io/hash": {} },
            },
          },
        }],
      }, DATA),
      "p",
    ),
    paths: ["metadata.labels.a (it is there, and Moonferry would not write it)"],
  },
  {
    name: "a label of ours that is not there, and one that is another",
    here: marked(secret({ labels: { a: "b", "x/y": "1" } }, DATA)),
    there: asDeployed(secret({ labels: { "x/y": "2" } }, DATA), "p"),
    paths: ["metadata.labels.a", 'metadata.labels["x/y"]'],
  },
  {
    name: "a key too many in a credential",
    here: marked(secret({}, DATA)),
    there: asDeployed(secret({}, { data: { v: "eA==", w: "eQ==" } }), "p"),
    paths: ["data.w (it is there, and Moonferry would not write it)"],
  },
  {
    name: "another annotation under Sveltos's domain is content",
    here: marked(secret({ annotations: { "projectsveltos.io/driftDetectionIgnore": "ok" } }, DATA)),
    there: asDeployed(secret({}, DATA), "p"),
    paths: ['metadata.annotations["projectsveltos.io/driftDetectionIgnore"]'],
  },
];

for (const { name, here, there, paths } of CONTENTS) {
  Deno.test(`equal or not: ${name}`, () => {
    assert.deepEqual(contentDifferences(here, there).map(({ path }) => path), paths);
  });
}

Deno.test("values are told by their hash alone", () => {
  const here = secret({}, { data: { config: btoa("canary-here") } });
  const there = secret({}, { data: { config: btoa("canary-there") } });
  const [difference, ...more] = contentDifferences(here, there);
  assert.deepEqual(more, []);
  // By `printf canary-here | sha256sum`.
  assert.deepEqual(difference, { path: "data.config", here: "sha256:75ea6c817f2d", there: "sha256:9444a9f67610" });
});

async function compare(world: World, options: ReconcileOptions = OPTIONS, triggers = ["t"]) {
  const { objects } = await readDeployed(["Secret"], options.gates.targetNamespaces, world, signal);
  const state = await readSveltosState(world, signal);
  const reader = answeringFrom(objects, world);
  const reconciliations = [];
  for (const trigger of triggers) {
    reconciliations.push(await reconcile({ trigger }, { ...parts, reader }, options, signal));
  }
  const comparison = compareWithSveltos(reconciliations, objects, state, options.gates);
  return { comparison, state, reconciliations };
}

Deno.test("six hundred of one trigger, each of a profile of its own: all but six change hands", async () => {
  const names = Array.from({ length: 600 }, (_, index) => `n${index}`);
  const world = new World(
    ...pipeline(),
    ...names.map((name) => input(name, "1")),
    ...names.map((name, index) => deployed(name, index % 100 === 0 ? "other" : "1")),
    ...names.flatMap((name) => profileObjects(`p-${name}`, "theirs", LEAVE)),
  );
  const { comparison, state } = await compare(world);
  const { changes, left } = takeoverOf(comparison.triggers[0]!, state);
  assert.deepEqual([changes.length, left.length, comparison.onlyThere.length], [594, 6, 0]);
});

Deno.test("a comparison: equal, differing, only here, only there, somebody else's, ours", async () => {
  const ours = marked(output("f", "1"));
  const world = new World(
    ...pipeline(),
    ...["a", "b", "c", "d", "f"].map((name) => input(name, "1")),
    deployed("a", "1"),
    deployed("b", "other"),
    deployed("e", "1"),
    output("d", "1"),
    ours,
    ...profileObjects("p-a", "theirs", LEAVE),
    ...profileObjects("p-b", "theirs", LEAVE),
    ...profileObjects("p-e", "theirs", LEAVE),
    asDeployed(secret({ name: "static" }, DATA), "static"),
    ...profileObjects("static", undefined),
    asDeployed(secret({ name: "orphan" }, DATA), "gone"),
    secret({ name: "forgotten", labels: { "projectsveltos.io/reason": "Resources" } }, DATA),
  );
  const { comparison: { triggers: [trigger], onlyThere, leftBehind, ofOtherProfiles } } = await compare(world);
  const names = (items: readonly { target: { name: string } }[]) => items.map(({ target }) => target.name);
  const compared = trigger!.compared.map(({ change, differences, held }) =>
    `${change.target.name} ${differences.map(({ path }) => path)}${held ? ` ${held.gate}` : ""}`
  );
  assert.deepEqual(compared.sort(), ["out-a ", "out-b data.v"]);
  assert.deepEqual(names(trigger!.onlyHere), ["out-c"]);
  assert.deepEqual(names(trigger!.foreign), ["out-d"]);
  assert.deepEqual(onlyThere.map(({ target, trigger }) => `${target.name} of ${trigger}`).sort(), [
    "orphan of undefined",
    "out-e of theirs",
  ]);
  assert.deepEqual(leftBehind.map(({ name }) => name), ["forgotten"]);
  assert.deepEqual([trigger!.ours, ofOtherProfiles], [1, 1]);
});

Deno.test("thousands of targets cost one question, not one each", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
  const world = new World(
    ...pipeline(),
    ...names.map((name) => input(name, "1")),
    ...names.map((name) => deployed(name, "1")),
  );
  const { comparison } = await compare(world);
  assert.equal(comparison.triggers[0]!.compared.length, 40);
  assert.equal(world.queries.filter(({ query, options }) => query.kind === "Secret" && options.once).length, 0);
});

Deno.test("a comparison with what can't be planned holds nothing for equal", async () => {
  const world = new World(...pipeline({ trigger: { tier: 5 } }), input("a", "1"), deployed("a", "1"));
  const { comparison, reconciliations } = await compare(world);
  assert.deepEqual(comparison.triggers[0]!.compared, []);
  assert.equal(comparison.onlyThere.length, 1);
  const { verdict, reasons } = triggerCompatibility(reconciliations[0]!);
  assert.equal(verdict, "refused");
  assert.match(reasons.join(), /EventTrigger t spec\.tier: tiers are not supported/);
});

Deno.test("compatibility: works with its intended differences, differs by a gate, not known", async () => {
  const world = new World(...pipeline({ trigger: { syncMode: "OneTime" } }), input("a", "1"));
  const of = async (options = OPTIONS) => triggerCompatibility((await compare(world, options)).reconciliations[0]!);
  const works = await of();
  assert.equal(works.verdict, "works");
  assert.deepEqual(works.differences.map(({ field }) => field), [
    "spec.syncMode",
    "spec.policyRefs",
    "spec.policyRefs[0].kind",
  ]);
  const differs = await of(optionsFor("ConfigMap"));
  assert.equal(differs.verdict, "differs");
  assert.match(differs.reasons.join(), /^gate kinds: kind Secret is not among the allowed kinds/);
  world.unknown.set("Input", { reason: "Forbidden", message: "no right to list Input" });
  const unknown = await of();
  assert.equal(unknown.verdict, "unknown");
  assert.match(unknown.reasons.join(), /no right to list Input/);
});

async function takeover(world: World, options: ReconcileOptions = OPTIONS) {
  const { comparison, state } = await compare(world, options);
  const { changes, left } = takeoverOf(comparison.triggers[0]!, state);
  return {
    changes,
    adopted: changes.map(({ target }) => target.name).sort(),
    left: left.map(({ target, reason }) => `${target.name}: ${reason}`),
  };
}

Deno.test("a takeover changes marks alone, of what is equal", async () => {
  const world = new World(
    ...pipeline(),
    ...["a", "b", "c"].map((name) => input(name, "1")),
    deployed("a", "1"),
    deployed("b", "other"),
    // Let go of by Sveltos: some marks stay.
    secret({ name: "out-c", labels: { "projectsveltos.io/reason": "Resources" } }, {
      type: "Opaque",
      data: { v: btoa("1") },
    }),
  );
  const { adopted, left, changes } = await takeover(world);
  assert.deepEqual(adopted, ["out-a", "out-c"]);
  assert.deepEqual(left, ["out-b: its content differs: data.v"]);
  for (const { action, takeover, live, desired } of changes) {
    assert.deepEqual([action, takeover], ["update", true]);
    assert.ok(live?.metadata.uid && live.metadata.resourceVersion);
    assert.equal((desired!.metadata.labels as JsonObject)["moonferry.dev/trigger"], triggerLabelValue("t"));
  }
});

Deno.test("what Sveltos has deployed for the trigger itself is not taken: to delete that would withdraw it", async () => {
  const world = new World(...pipeline(), input("a", "1"), deployed("a", "1", "p"), ...profileObjects("p", "t", LEAVE));
  const { adopted, left } = await takeover(world);
  assert.deepEqual(adopted, []);
  assert.match(left.join(), /^out-a: Sveltos has deployed it for this very EventTrigger/);
});

const risky = (behaviorOfProfile?: string, behaviorOfSummary?: string) => {
  const [profile] = profileObjects("p", "theirs", behaviorOfProfile);
  const [, summary] = profileObjects("p", "theirs", behaviorOfSummary);
  return [profile!, summary!];
};
const RISKS: readonly { name: string; objects: KubeObject[]; unknown?: string; want: RegExp | undefined }[] = [
  { name: "the profile withdraws", objects: risky(), want: /^ClusterProfile p of Sveltos's has .* WithdrawPolicies$/ },
  {
    name: "LeavePolicies has not reached the summary yet",
    objects: risky(LEAVE),
    want: /^ClusterSummary mgmt\/p-sveltos-mgmt of ClusterProfile p still has .* WithdrawPolicies$/,
  },
  { name: "LeavePolicies everywhere", objects: risky(LEAVE, LEAVE), want: undefined },
  { name: "no profile any more", objects: profileObjects("q", "theirs"), want: undefined },
  { name: "profiles can't be read", objects: [], unknown: "no right to list", want: /not known: no right to list$/ },
];
for (const { name, objects, unknown, want } of RISKS) {
  Deno.test(`what Sveltos would delete is not taken: ${name}`, async () => {
    const world = new World(...pipeline(), input("a", "1"), deployed("a", "1", "p"), ...objects);
    if (unknown) world.unknown.set("ClusterSummary", { reason: "Forbidden", message: unknown });
    const risk = deletionRisk(deployed("a", "1", "p"), await readSveltosState(world, signal));
    if (want) assert.match(risk!, want);
    else assert.equal(risk, undefined);
    const { adopted, left } = await takeover(world);
    assert.deepEqual([adopted, left.length], want ? [[], 1] : [["out-a"], 0]);
  });
}

const HELD: readonly {
  name: string;
  trigger?: JsonObject;
  annotations?: JsonObject;
  options?: ReconcileOptions;
  want: RegExp;
}[] = [
  { name: "a dry run", trigger: { syncMode: "DryRun" }, want: /dry-run: / },
  { name: "a suspended object", annotations: { "moonferry.dev/suspend": "true" }, want: /suspend: / },
  {
    name: "a namespace that is not permitted",
    options: { ...OPTIONS, gates: { ...OPTIONS.gates, targetNamespaces: ["elsewhere"] } },
    want: /namespaces: /,
  },
  {
    name: "another instance's marks",
    options: { ...OPTIONS, gates: { ...OPTIONS.gates, instance: "other" } },
    annotations: { ...marked(secret({})).metadata.annotations as JsonObject },
    want: /ownership: it exists and is not ours: the Moonferry instance moonferry owns it/,
  },
];
for (const { name, trigger, annotations, options, want } of HELD) {
  Deno.test(`a takeover passes the gates: ${name}`, async () => {
    const live = deployed("a", "1");
    const labels = name.includes("instance") ? marked(secret({})).metadata.labels as JsonObject : {};
    live.metadata.labels = { ...live.metadata.labels as JsonObject, ...labels };
    live.metadata.annotations = { ...live.metadata.annotations as JsonObject, ...annotations };
    const { adopted, left } = await takeover(new World(...pipeline({ trigger }), input("a", "1"), live), options);
    assert.deepEqual(adopted, []);
    assert.match(left.join(), want);
  });
}

Deno.test("what Sveltos owns is not overwritten, by flag or annotation, nor what it has taken back", async () => {
  const adoptable = deployed("b", "other");
  adoptable.metadata.annotations = { ...adoptable.metadata.annotations as JsonObject, "moonferry.dev/adopt": "true" };
  const world = new World(
    ...pipeline(),
    ...["a", "b"].map((name) => input(name, "1")),
    deployed("a", "other"),
    adoptable,
  );
  const options = { ...OPTIONS, gates: { ...OPTIONS.gates, adopt: true } };
  const plan = async () => (await reconcile({ trigger: "t" }, { ...parts, reader: world }, options, signal)).plan;
  const first = await plan();
  assert.deepEqual([first.changes, first.held.map(({ gate }) => gate)], [[], ["ownership", "ownership"]]);
  assert.match(first.held[0]!.relax, /moonferry adopt t/);

  // Ours, equal, and then deployed by Sveltos once more.
  const both = new World(...pipeline(), input("a", "1"));
  const made = (await reconcile({ trigger: "t" }, { ...parts, reader: both }, OPTIONS, signal)).plan.changes[0]!
    .desired!;
  both.put(asDeployed(made, "p"));
  const back = (await reconcile({ trigger: "t" }, { ...parts, reader: both }, OPTIONS, signal)).plan;
  assert.deepEqual([back.changes, back.counts.unchanged, back.held.length], [[], 0, 1]);
  assert.match(back.held[0]!.reason, /Sveltos's owner marks are on it, beside Moonferry's/);
  // Its match goes: it is still not deleted.
  both.remove("Input in/a");
  const gone = (await reconcile({ trigger: "t" }, { ...parts, reader: both }, OPTIONS, signal)).plan;
  assert.deepEqual([gone.changes, gone.held.map(({ change }) => change.action)], [[], ["delete"]]);
});

Deno.test("withdrawn is what is ours alone; what Sveltos has taken back only loses our marks", () => {
  const request = { instance: "moonferry", trigger: "t", release: false };
  const mine = marked(secret({ name: "mine" })), both = marked(asDeployed(secret({ name: "both" }), "p"));
  const { changes } = withdrawalOf(request, [mine, both], []);
  assert.deepEqual(changes.map(({ live, action, release }) => [nameOf(live!), action, release ?? false]), [
    ["mine", "delete", false],
    ["both", "update", true],
  ]);
});
