/** Two replicas and one Lease on a real API server: who writes, who takes over, and that nobody writes out of turn. */
import assert from "node:assert/strict";
import { judge } from "../support/audit.ts";
import { eventually } from "../support/eventually.ts";
import { moonferry } from "../support/moonferry.ts";
import { otherThan, Replicas, SHORT_LEASE, type Slot, SLOTS } from "../support/replicas.ts";

Deno.test("two replicas on a real API server", async (t) => {
  const replicas = await Replicas.start();
  const writtenBy = async (slot: Slot) =>
    (await replicas.audit()).filter(({ user, resource }) => user === slot && resource !== "leases");
  const [first, second] = SLOTS;
  try {
    await t.step("without the right to the Lease it ends with the rule to add", async () => {
      const { readerKubeconfig } = replicas.server;
      const args = [
        "run",
        "--yes",
        "--kubeconfig",
        readerKubeconfig,
        "--leader-elect",
        "--lease-namespace",
        "moonferry",
      ];
      const { code, stderr } = await moonferry(args);
      assert.equal(code, 1);
      assert.match(stderr, /cannot get leases\.coordination\.k8s\.io moonferry\/moonferry: forbidden \(403\)/);
      assert.match(
        stderr,
        /apiGroups: \[coordination\.k8s\.io\]\n.*resources: \[leases\]\n.*verbs: \[get, create, patch\]/,
      );
      const away = await moonferry(["run", "--yes", "--kubeconfig", replicas.server.adminKubeconfig, "--leader-elect"]);
      assert.equal(away.code, 1);
      assert.match(away.stderr, /outside a cluster needs --lease-namespace/);
    });

    await t.step("the first writes, the second stands by and writes nothing", async () => {
      const leader = replicas.launch(first);
      await leader.logs(/leading: Lease moonferry\/moonferry is held/, 0);
      const standby = replicas.launch(second);
      await standby.logs(/standing by: .* holds Lease moonferry\/moonferry/, 0);
      await eventually(async () => assert.ok(await replicas.haveAll("0")));
      for (const value of ["1", "2", "3"]) {
        await replicas.tick(value);
        await eventually(async () => assert.ok(await replicas.haveAll(value)));
      }
      assert.ok((await writtenBy(first)).length >= 12);
      assert.deepEqual(await writtenBy(second), []);
    });

    await t.step("a killed leader is replaced, and what it did not do is done", async () => {
      replicas.running.get(first)!.kill("SIGKILL");
      await replicas.tick("4");
      await eventually(async () => assert.ok(await replicas.haveAll("4")));
      assert.equal(await replicas.leader(), second);
      assert.equal((await replicas.lease())!.transitions, 1);
      await replicas.running.get(first)!.ended();
    });

    await t.step("a leader that is asked to stop hands over without a wait, and ends well", async () => {
      await replicas.launch(first).logs(/standing by/, 0);
      assert.equal(await replicas.running.get(second)!.stop(), 0);
      await replicas.running.get(first)!.logs(/leading/, 0);
      const leases = (await replicas.audit()).filter(({ holder }) => holder !== undefined);
      const released = leases.findLastIndex(({ holder }) => holder === "");
      assert.equal(leases[released]!.user, second);
      assert.equal(leases[released + 1]!.user, first);
      assert.ok(leases[released + 1]!.done - leases[released]!.done < SHORT_LEASE.duration, "no lease was waited for");
    });

    await t.step("a leader that was stopped for longer than its lease ends before its next write", async () => {
      await replicas.launch(second).logs(/standing by/, 0);
      const leader = (await replicas.leader())!;
      const stopped = replicas.running.get(leader)!;
      stopped.kill("SIGSTOP");
      await replicas.tick("5");
      await eventually(async () => assert.ok(await replicas.haveAll("5")));
      assert.equal(await replicas.leader(), otherThan(leader));
      const before = (await writtenBy(leader)).length;
      // There is something to write for whoever thinks that it leads.
      await replicas.tick("6");
      stopped.kill("SIGCONT");
      assert.equal(await stopped.ended(), 1);
      assert.match(stopped.log, /Lease moonferry\/moonferry was not renewed within 3 s.*ends at once/);
      await eventually(async () => assert.ok(await replicas.haveAll("6")));
      assert.equal((await writtenBy(leader)).length, before);
    });

    await t.step("in all this nobody wrote out of turn, and nothing was written twice", async () => {
      const { outOfTurn, writtenTwice, transitions, writes } = judge(await replicas.audit(), SHORT_LEASE.duration);
      assert.deepEqual(outOfTurn, []);
      assert.deepEqual(writtenTwice, []);
      assert.equal(transitions, 3);
      assert.ok(writes > 20);
    });
  } finally {
    await replicas.stop();
  }
});
