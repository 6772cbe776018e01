/** What the commands say on a cluster that has no EventTrigger, or not even their definition. */
import assert from "node:assert/strict";
import { runCommandLine } from "../../src/cli/mod.ts";
import { kubeRights } from "../../src/kube/rights_book.ts";
import type { Listing, ObjectReader } from "../../src/reconcile/reader.ts";
import { FakeClock } from "../kube/fake_clock.ts";

const EMPTY: Listing = { objects: [] };
const NOT_SERVED: Listing = {
  unknown: { reason: "KindNotServed", message: "the API server does not serve EventTrigger" },
};

/** A command on a cluster where EventTriggers are listed as `triggers`, and nothing else is there. */
async function commandLine(args: readonly string[], triggers: Listing) {
  const reader: ObjectReader = {
    list: ({ kind }) => Promise.resolve(kind === "EventTrigger" ? triggers : EMPTY),
    kindOf: () => assert.fail("not asked"),
  };
  let stdout = "", stderr = "";
  const code = await runCommandLine(args, {
    terminal: {
      out: (text) => void (stdout += text),
      err: (text) => void (stderr += text),
      outIsTerminal: false,
      errIsTerminal: false,
      canAsk: false,
      ask: () => assert.fail("there is nothing to ask"),
      readStdin: () => Promise.resolve(""),
    },
    world: { now: () => new Date(0), randomBytes: (count) => new Uint8Array(count) },
    openCluster: () =>
      Promise.resolve({
        reader,
        applier: { apply: () => assert.fail("nothing is written") },
        watches: () => [],
        review: {
          whoAmI: () => assert.fail("not asked"),
          rulesIn: () => assert.fail("not asked"),
          may: () => assert.fail("not asked"),
        },
        description: "a cluster",
        close: () => {},
      }),
    clock: new FakeClock(),
    rights: kubeRights,
    identity: "test",
    signal: new AbortController().signal,
    makeScratchFolder: () => assert.fail("not needed"),
    isUserError: (error): error is Error => error === undefined,
  });
  return { code, stdout, stderr };
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
