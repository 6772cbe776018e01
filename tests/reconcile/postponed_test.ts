/** A plan that makes way in its midst leaves nothing that refers to what is not there, and what follows ends as if it had not. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { formatRef, nameOf } from "../../src/api/object.ts";
import { fieldAt } from "../../src/json/json.ts";
import { type Applier, applyPlan, type Outcome } from "../../src/reconcile/apply.ts";
import type { Generation } from "../../src/reconcile/generation.ts";
import type { Change } from "../../src/reconcile/plan.ts";
import { reconcile } from "../../src/reconcile/reconcile.ts";
import { isRevocation } from "../../src/reconcile/revocation.ts";
import { createLuaSandbox } from "../../src/sandbox/mod.ts";
import { TEMPLATE_WORLD } from "../support/rendering.ts";
import { optionsFor } from "../support/session.ts";
import { input, pipeline, World } from "../support/world.ts";

const SEED = 20261128;
const signal = new AbortController().signal;
const OPTIONS = optionsFor("Secret", "Profile", "Namespace");
const sandbox = createLuaSandbox();

/** A Secret whose name is of its value (so that a change renames it), and a Profile of a fixed name that refers to it. */
const RENAMED = `apiVersion: v1
kind: Secret
metadata: { name: "{{ .Resource.metadata.name }}-{{ .Resource.spec.v }}", namespace: in }
---
apiVersion: v1
kind: Profile
metadata: { name: "{{ .Resource.metadata.name }}", namespace: in }
spec: { secret: "{{ .Resource.metadata.name }}-{{ .Resource.spec.v }}" }
`;

/** Writes with a few turns in between, and looks after each whether all that is referred to is there. */
class LookingApplier implements Applier {
  #turn = 0;

  constructor(readonly world: World) {}

  async apply(change: Change): Promise<Outcome> {
    for (let turns = ++this.#turn * 7 % 5; turns > 0; turns--) await Promise.resolve();
    const outcome = await this.world.apply(change);
    for (const key of this.world.keys("Profile")) {
      const secret = fieldAt(this.world.get(key)!, "spec", "secret");
      assert.ok(this.world.get(`Secret in/${secret}`), `${key} refers to ${secret} after ${formatRef(change.target)}`);
    }
    return outcome;
  }
}

class Passes {
  previous: Generation | undefined;

  constructor(readonly world: World) {}

  /** One pass that makes way when it was asked so many times. */
  async pass(room: number): Promise<Outcome[]> {
    const parts = { reader: this.world, sandbox, templates: { world: TEMPLATE_WORLD } };
    const { plan, generation } = await reconcile({ trigger: "t" }, parts, OPTIONS, signal, this.previous);
    this.previous = generation;
    let left = room;
    const isPostponed = (change: Change) => !isRevocation(change) && left-- <= 0;
    const outcomes = await applyPlan(plan, new LookingApplier(this.world), signal, undefined, isPostponed);
    for (const { change, status, message } of outcomes) {
      assert.ok(status === "done" || status === "postponed", `${formatRef(change.target)}: ${status} ${message}`);
      if (status === "postponed" && isRevocation(change)) {
        assert.ok(change.after.length > 0, `${formatRef(change.target)} waits for nothing, and was not withdrawn`);
      }
    }
    return outcomes;
  }
}

const NAMES = ["a", "b", "c", "d", "e"];
const change = fc.record({
  name: fc.constantFrom(...NAMES),
  v: fc.option(fc.constantFrom("1", "2", "3")),
  room: fc.nat(8),
});

Deno.test(`whatever is postponed, what is referred to is there, and all is written in the end (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), fc.nat(4), async (changes, first) => {
      const world = new World(...pipeline({ template: RENAMED }), ...NAMES.map((name) => input(name, "0")));
      // A watch has seen each of them go.
      const passes = new Passes(Object.assign(world, { sawDeletion: () => true }));
      await passes.pass(first);
      for (const { name, v, room } of changes) {
        if (v !== null) world.put(input(name, v));
        else if (world.get(`Input in/${name}`)) world.remove(`Input in/${name}`);
        await passes.pass(room);
      }
      for (let left = 50; (await passes.pass(2)).length > 0; left--) assert.ok(left > 0, "it comes to an end");
      const wanted = world.keys("Input").map((key) => world.get(key)!);
      assert.deepStrictEqual(
        world.keys("Secret"),
        wanted.map((one) => `Secret in/${nameOf(one)}-${fieldAt(one, "spec", "v")}`).sort(),
      );
      assert.deepStrictEqual(world.keys("Profile"), wanted.map((one) => `Profile in/${nameOf(one)}`).sort());
    }),
    { seed: SEED, numRuns: 150 },
  );
});
