/** Pass after pass over a world in memory. */
import { applyPlan } from "../../src/reconcile/apply.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import type { Plan } from "../../src/reconcile/plan.ts";
import { reconcile, type ReconcileOptions } from "../../src/reconcile/reconcile.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { TEMPLATE_WORLD } from "./rendering.ts";
import type { World } from "./world.ts";

const parts = { sandbox: createLuaSandbox(), templates: { world: TEMPLATE_WORLD } };
const signal = new AbortController().signal;

export function optionsFor(...allowedKinds: string[]): ReconcileOptions {
  return {
    managementLabels: { a: "b" },
    createNamespaces: false,
    gates: { instance: "moonferry", allowedKinds, allowKubeconfig: [], checkPayload: true, adopt: false },
  };
}

/** Plans and carries out trigger `t` with each call, remembering what was accepted. */
export function session(world: World, options: ReconcileOptions): () => Promise<Plan> {
  let generation: Generation | undefined;
  return async () => {
    const result = await reconcile({ trigger: "t" }, { ...parts, reader: world }, options, signal, generation);
    generation = result.generation;
    await applyPlan(result.plan, world, signal);
    return result.plan;
  };
}
