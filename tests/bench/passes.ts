/**
 * What a pass of the push model costs when one cluster of many was rotated: with what the pass before has kept, beside a
 * planner that keeps nothing, in this thread and in the planning worker, in the same run. Both must have the same plan.
 */
import assert from "node:assert/strict";
import type { KubeObject } from "../../src/api/object.ts";
import { planHere, type Planner } from "../../src/controller/planner.ts";
import { WorkerPlanner } from "../../src/controller/worker_planner.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import { reconcile, type ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { objects, World } from "../support/world.ts";
import { median } from "./median.ts";

const CLUSTERS = 100, CONSUMERS = 30;
const ROUNDS = 7;
/** The first has everything to write, in the next V8 still compiles. */
const WARM_UP = 3;

const OPTIONS: ReconcileOptions = {
  managementLabels: { "cluster-api": "enabled" },
  createNamespaces: false,
  gates: { instance: "moonferry", allowedKinds: ["Secret"], allowKubeconfig: [], checkPayload: true, adopt: false },
};
const signal = new AbortController().signal;

/** Prints the figures. */
export async function benchPasses(): Promise<void> {
  const worker = new WorkerPlanner(
    { options: OPTIONS, ...{ lua: {} } },
    () => new Worker(new URL("../../src/cli/plan_worker.ts", import.meta.url), { type: "module" }),
  );
  const sandbox = createLuaSandbox();
  const planners: readonly [name: string, planner: Planner][] = [
    ["anew", {
      plan: (request, reader, previous, signal) =>
        reconcile(request, { reader, sandbox, templates: {} }, OPTIONS, signal, previous),
    }],
    ["with what was kept", planHere({ sandbox, templates: {} }, OPTIONS)],
    ["with what was kept, in the worker", worker],
  ];
  try {
    const world = pushModel();
    const times = planners.map((): number[] => []);
    let previous: Generation | undefined;
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      world.put(kubeconfigOf(round + WARM_UP, `rotated-${round}`));
      const plans = [];
      for (const [index, [, planner]] of planners.entries()) {
        const started = performance.now();
        const { plan, generation } = await planner.plan({ trigger: "push-model" }, world, previous, signal);
        if (round >= 0) times[index]!.push(performance.now() - started);
        plans.push({ plan, generation });
      }
      for (const { plan } of plans) assert.deepStrictEqual(plan, plans[0]!.plan);
      previous = plans[0]!.generation;
      for (const change of plans[0]!.plan.changes) await world.apply(change);
    }
    const base = median(times[0]!);
    console.log(`one of ${CLUSTERS} clusters rotated for ${CONSUMERS} consumers, ${CLUSTERS * CONSUMERS} outputs`);
    for (const [index, [name]] of planners.entries()) {
      const took = median(times[index]!);
      console.log(`  ${name.padEnd(34)} ${took.toFixed(0).padStart(6)} ms   ${(took / base).toFixed(2)} of anew`);
    }
  } finally {
    worker.close();
  }
}

function pushModel(): World {
  const world = new World();
  for (const file of ["eventsource", "template", "eventtrigger"]) {
    world.put(
      ...objects(Deno.readTextFileSync(new URL(`../../k8s/examples/push-model/${file}.yaml`, import.meta.url))),
    );
  }
  for (let index = 0; index < CLUSTERS; index++) {
    world.put(kubeconfigOf(index, "first"), {
      apiVersion: "cluster.x-k8s.io/v1beta1",
      kind: "Cluster",
      metadata: { namespace: "mgmt", name: `c${index}`, labels: { "clusterprofile-name": `c${index}` } },
    });
  }
  for (let index = 0; index < CONSUMERS; index++) {
    const labels = { "x-k8s.io/cluster-inventory-consumer": "yes" };
    world.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: `team-${index}`, labels } });
  }
  return world;
}

/** A kubeconfig of some 5 kB. */
function kubeconfigOf(index: number, token: string): KubeObject {
  const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://c${index}:6443"}}]
users: [{name: u, user: {token: ${token}-${"t".repeat(3_500)}}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      namespace: "mgmt",
      name: `c${index}-kubeconfig`,
      labels: { "cluster.x-k8s.io/cluster-name": `c${index}` },
    },
    type: "cluster.x-k8s.io/secret",
    data: { value: btoa(kubeconfig) },
  };
}
