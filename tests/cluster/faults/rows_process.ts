/** Faults around the process: a log that nobody reads, and scripts, templates and rules that do their worst beside others. */
import type { Rig } from "./rig.ts";
import { changes, type FaultRow, pause } from "./rows.ts";

const TEMPLATE = "/api/v1/namespaces/mgmt/configmaps/push-model";
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/mgmt/leases/moonferry";

/** All outputs are written once more, each with a line in the log. @returns whether they were, within a while */
async function writeAll(rig: Rig, round: number): Promise<boolean> {
  const { data } = await rig.api.get(TEMPLATE);
  const text = data["secret.yaml"].replace(/ {4}round: .*\n/, "").replace(
    "  labels:\n",
    `  labels:\n    round: "${round}"\n`,
  );
  await rig.api.merge(TEMPLATE, { data: { "secret.yaml": text } });
  const count = (await rig.world.wanted()).size;
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    const { items } = await rig.api.get(`/api/v1/secrets?labelSelector=moonferry.dev/instance,round=${round}`);
    if (items.length === count) return true;
    await pause(200);
  }
  return false;
}

export const PROCESS_ROWS: readonly FaultRow[] = [
  {
    id: "F23/pipe",
    title: "nobody reads its log, then it is asked to stop",
    wait: 20_000,
    size: { clusters: 60, consumers: ["team-a", "team-b", "team-c"] },
    async inject(rig) {
      await rig.kill();
      rig.start("--leader-elect", "--lease-namespace", "mgmt");
      await rig.logs(/as wanted/, 0);
      rig.readLog(false);
      // About 40 kB each; a pipe holds 64.
      for (let round = 1; round <= 10; round++) {
        const isDone = await writeAll(rig, round);
        rig.expect(isDone, `outputs were not written any more in round ${round}`);
        if (!isDone) break;
      }
      const { renewTime } = (await rig.api.get(LEASE)).spec;
      rig.expect(
        Date.now() - Date.parse(renewTime) < 10_000,
        `its lease was renewed at ${renewTime} for the last time`,
      );
      const asked = performance.now();
      const pid = rig.pid!;
      const isSlow = setTimeout(() => Deno.kill(pid, "SIGKILL"), 30_000);
      const code = await rig.kill("SIGTERM");
      clearTimeout(isSlow);
      const seconds = ((performance.now() - asked) / 1000).toFixed(1);
      rig.notes.push(`it stopped after ${seconds} s with ${code}`);
      rig.expect(code === 0 && Number(seconds) <= 10, `it stopped after ${seconds} s with ${code}`);
      const { holderIdentity } = (await rig.api.get(LEASE)).spec;
      rig.expect(!holderIdentity, `${holderIdentity} holds the lease still`);
      rig.start();
      await changes(rig);
    },
  },
];
