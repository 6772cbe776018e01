/**
 * F11 of reliability §3: rights that are taken away while the program runs. The real API server's own refusals, right by
 * right, are those of tests/cluster/rbac_test.ts; here the proxy refuses.
 */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import type { FaultRule } from "../../support/fault_proxy.ts";
import type { Rig } from "./rig.ts";
import { between, changes, type FaultRow, pause } from "./rows.ts";

const TRIGGER = "/apis/lib.projectsveltos.io/v1beta1/eventtriggers/push-model";

/** The trigger's conditions, until they say that; or the run has a violation. */
async function expectTold(rig: Rig, what: RegExp): Promise<void> {
  let told = "";
  await eventually(async () => {
    const { status } = await rig.api.get(TRIGGER);
    told = JSON.stringify(status?.conditions ?? []);
    assert.match(told, what);
  }).catch(() => rig.expect(false, `the trigger's conditions do not say ${what}: ${told}`));
}

const forbid = (matches: FaultRule["matches"]): FaultRule => ({
  matches,
  answer: { status: 403, reason: "Forbidden" },
});

/** What is wanted in the namespace stays as it is; what is new there is not to be. */
async function holdNamespace(rig: Rig, namespace: string, added: string): Promise<void> {
  await rig.world.keep((output) => output.startsWith(`${namespace}/`));
  rig.world.foreign.add(`${namespace}/default-${added}-kubeconfig`);
}

export const RIGHTS_ROWS: readonly FaultRow[] = [
  {
    id: "F11",
    title: "the right to list Secrets is taken away",
    wait: 35_000,
    isShort: true,
    async inject(rig) {
      const position = rig.position;
      rig.proxy.set(forbid(({ path, method }) => method === "GET" && /\/secrets/.test(path)));
      // A watch that is open needs no right any more.
      rig.proxy.endAll();
      await rig.logs(/Forbidden/, position);
      const before = await rig.world.found(), began = Date.now();
      await changes(rig);
      await pause(8_000);
      await expectTold(rig, /it takes the right to (list|watch) secrets in namespace mgmt/);
      const now = await rig.world.found();
      for (const [output, value] of before) rig.expect(now.get(output) === value, `${output} was changed meanwhile`);
      const writes = (await rig.writes()).filter(({ resource, at }) => resource === "secrets" && at >= began);
      rig.expect(writes.length === 0, `${writes.length} writes while what is wanted was unknown`);
      // A fault that froze nothing would be none.
      rig.expect((await rig.difference()).length > 0, "nothing was frozen");
      rig.proxy.set();
    },
  },
  {
    id: "F11/patch",
    title: "the right to write in one consumer's namespace is taken away",
    wait: 35_000,
    async inject(rig) {
      const position = rig.position, generation = between(rig, 2, 1000);
      await holdNamespace(rig, "team-b", `n${generation}`);
      rig.proxy.record();
      const isForbidden = (method: string, path: string) =>
        method !== "GET" && path.startsWith("/api/v1/namespaces/team-b/secrets");
      rig.proxy.set(forbid(({ method, path }) => isForbidden(method, path)));
      await changes(rig, generation);
      const others = await rig.converge();
      rig.expect(others < 5_000, `the other consumers waited ${others} ms`);
      // What is missing: the verb, the resource, the namespace.
      for (const [verb, output] of [["patch", "c0"], ["create", `n${generation}`], ["delete", "c1"]]) {
        const told = new RegExp(
          `failed: .*team-b/default-${output}-kubeconfig.*it takes the right to .*${verb}.* secrets in namespace team-b`,
        );
        await eventually(() => assert.match(rig.log.slice(position), told))
          .catch(() => rig.expect(false, `the log does not say ${told}`));
      }
      await expectTold(rig, /it takes the right to [^"]* secrets in namespace team-b/);
      await pause(2_000);
      const difference = await rig.difference();
      rig.expect(difference.length === 0, `without the right: ${difference.join("; ")}`);
      const tries = rig.proxy.requests.filter(({ method, path }) => isForbidden(method, path)).length;
      rig.notes.push(`refused writes: ${tries}`);
      rig.world.kept.clear();
      rig.world.foreign.clear();
      await rig.permitWithdrawals();
      rig.expect((await rig.difference()).length > 0, "nothing was held back");
      rig.proxy.set();
    },
  },
];
