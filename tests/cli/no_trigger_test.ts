/** What the commands say on a cluster that has no EventTrigger, or not even their definition. */
import assert from "node:assert/strict";
import type { Listing } from "../../src/reconcile/reader.ts";
import { runOn } from "../support/commands.ts";

const EMPTY: Listing = { objects: [] };
const NOT_SERVED: Listing = {
  unknown: { reason: "KindNotServed", message: "the API server does not serve EventTrigger" },
};

/** A command on a cluster where EventTriggers are listed as `triggers`, and nothing else is there. */
function commandLine(args: readonly string[], triggers: Listing) {
  return runOn({
    list: ({ kind }) => Promise.resolve(kind === "EventTrigger" ? triggers : EMPTY),
    kindOf: () => assert.fail("not asked"),
  }, args);
}

Deno.test("without an EventTrigger, plan, apply and render say that there is nothing to do", async () => {
  for (const command of ["plan", "apply"]) {
    const { code, stdout } = await commandLine([command], EMPTY);
    assert.equal(code, 0, command);
    assert.match(stdout, /^nothing to do: no EventTrigger is selected/, command);
  }
  const { code, stdout, stderr } = await commandLine(["render"], EMPTY);
  assert.equal(code, 0);
  assert.equal(stdout, "", "documents alone");
  assert.match(stderr, /^nothing to do: no EventTrigger is selected/);
});

Deno.test("without the definition, commands name the one that brings it", async () => {
  for (const command of ["plan", "apply", "render", "rbac"]) {
    const { code, stderr } = await commandLine([command], NOT_SERVED);
    assert.equal(code, 1, command);
    assert.match(
      stderr,
      /Cannot list EventTriggers: .* does not serve EventTrigger.*kubectl apply -k k8s\/crds/,
      command,
    );
  }
});
