/** Faults at the size of a fleet: hundreds of Clusters moved away, and one bad Cluster or consumer among all others. */
import { busiest } from "./invariants.ts";
import { OutputWatch, quantile } from "./output_watch.ts";
import { mostWaited, processorWaitsOf } from "./process_samples.ts";
import type { Rig } from "./rig.ts";
import { between, type FaultRow, pause } from "./rows.ts";

const CLUSTERS = "/apis/cluster.x-k8s.io/v1beta1/namespaces/mgmt/clusters";
const teams = (count: number) => Array.from({ length: count }, (_, i) => `team-${String(i).padStart(2, "0")}`);
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `c${from + i}`);

/** Many requests of the judge's own at once. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** As `clusterctl move` does on the side that is left: all are paused; later each is deleted with its Secrets. */
const pauseAll = (rig: Rig, moved: readonly string[]) => inLanes(moved, (name) => rig.world.pause(name));
const deleteAll = (rig: Rig, moved: readonly string[]) =>
  inLanes(moved, async (name) => {
    await rig.api.delete(`/api/v1/namespaces/mgmt/secrets/${name}-kubeconfig`);
    await rig.world.deleteCluster(name);
  });

/** What comes of these Clusters stays. */
async function keepOutputsOf(rig: Rig, moved: readonly string[]): Promise<void> {
  const profiles = new Set(moved.map((name) => `default-${name}-kubeconfig`));
  await rig.world.keep((output) => profiles.has(output.split("/")[1]!));
}

/** They move back, and run: what was kept is theirs again. */
async function moveBack(rig: Rig, moved: readonly string[]): Promise<void> {
  rig.world.kept.clear();
  await inLanes(moved, async (name) => {
    await rig.world.addCluster(name);
    await rig.world.rotate(name, between(rig, 2, 1000));
  });
}

function move(count: number, isRestarted: boolean): FaultRow["inject"] {
  return async (rig) => {
    const moved = names(0, count);
    await keepOutputsOf(rig, moved);
    const position = rig.position;
    await pauseAll(rig, moved);
    await rig.logs(/is paused: what comes of it stays/, position);
    if (isRestarted) {
      // What it knew is on the outputs by now.
      await rig.untilQuiet();
      await rig.kill();
    }
    await deleteAll(rig, moved);
    if (isRestarted) {
      rig.start();
      await rig.logs(/selected/, 0);
    }
    await pause(3000);
    const writes = (await rig.writes()).filter(({ verb }) => verb.startsWith("delete"));
    rig.notes.push(`outputs kept: ${rig.world.kept.size}, deletes: ${writes.length}`);
    // All others go on; and another start knows it, too.
    await rig.world.addCluster("late");
    const others = await rig.converge();
    rig.notes.push(`a new cluster waited ${(others / 1000).toFixed(1)} s`);
    // Each output of what is paused is marked, a hundred a second: the row's own wait.
    rig.expect(others < (isRestarted ? 5_000 : 65_000), `a new cluster waited ${others} ms`);
    await rig.kill();
    rig.start();
    await rig.logs(/selected/, 0);
    await pause(2000);
    const difference = await rig.difference();
    rig.expect(difference.length === 0, `after one more start: ${difference.slice(0, 3).join("; ")}`);
    await moveBack(rig, moved);
  };
}

export const MANY_ROWS: readonly FaultRow[] = [
  {
    id: "F24",
    title: "clusterctl move: 300 Clusters paused, then deleted",
    wait: 60_000,
    size: { clusters: 300, consumers: teams(3) },
    inject: move(300, false),
  },
  {
    id: "F24/restart",
    title: "clusterctl move of two Clusters of twelve, restarted meanwhile",
    wait: 5_000,
    isShort: true,
    size: { clusters: 12, consumers: teams(3) },
    inject: move(2, true),
  },
  ...[[300, 20], [30, 5]].map(([clusters, consumers]): FaultRow => ({
    id: clusters === 300 ? "F27" : `F27/${clusters}`,
    title: `${clusters} × ${consumers}, one Cluster with outputs that cannot be, one namespace Terminating`,
    wait: 30_000,
    // It is compared with what it did itself before.
    isLoad: true,
    size: { clusters: clusters!, consumers: teams(consumers!) },
    async inject(rig) {
      // The same without the fault: a consumer leaves, some are rotated and revoked; then all is as it was before.
      const { result: usual, footprint: usualFootprint } = await rig.footprintOf(() =>
        leaveAndRotate(rig, clusters!, () => rig.world.labelConsumer("team-00", false))
      );
      await rig.world.labelConsumer("team-00", true);
      await inLanes(names(clusters! - ROUNDS, clusters!), (name) => rig.world.addCluster(name));
      await rig.converge();
      await rig.untilQuiet();

      const { result: under, footprint } = await rig.footprintOf(() =>
        leaveAndRotate(rig, clusters!, async () => {
          // A name that no Secret can have, and a consumer that is going.
          await rig.world.keep((output) => output.endsWith("/default-c0-kubeconfig") && !output.startsWith("team-00/"));
          await rig.api.merge(`${CLUSTERS}/c0`, { metadata: { labels: { "clusterprofile-name": "Not_a_Name" } } });
          rig.world.unpublishable.add("Not_a_Name");
          await rig.api.delete("/api/v1/namespaces/team-00");
        })
      );
      rig.notes.push(`without the fault: ${textOf(usual)}`, `with it: ${textOf(under)}`);
      const { leftBehind, rotated, revoked } = under;
      rig.expect(leftBehind === 0, `${leftBehind} outputs were neither rotated nor revoked within 5 s`);
      rig.expect(rotated.length > 0 && revoked.length > 0, "nothing was rotated or revoked");
      rig.expectRate(under.leaving, usual.leaving);
      rig.expectRate(under.rotating, usual.rotating);
      rig.expect(
        requestsOf(under) <= 2 * requestsOf(usual),
        `${requestsOf(under).toFixed(2)} requests an output; without a fault ${requestsOf(usual).toFixed(2)}`,
        "I8",
      );
      rig.expectFootprint(footprint, usualFootprint);
      Object.assign(rig.figures, {
        usualRssMostMiB: usualFootprint.rss,
        underRssMostMiB: footprint.rss,
        usualRequestsPerOutput: requestsOf(usual),
        requestsPerOutput: requestsOf(under),
        leftBehind,
      });
      rig.world.kept.clear();
      rig.world.unpublishable.clear();
      await rig.api.merge(`${CLUSTERS}/c0`, { metadata: { labels: { "clusterprofile-name": "c0" } } });
    },
  })),
];

/** How often one cluster is rotated while another one is revoked. */
const ROUNDS = 10;
/** How long that may take, in milliseconds: of a processor that the program gets when it wants it. */
const ROUND = 5_000;

/** What came of it. */
interface Rotations {
  /** Milliseconds from the change to each output that followed. */
  readonly rotated: readonly number[];
  readonly revoked: readonly number[];
  readonly leftBehind: number;
  /** When the program asked something: while a consumer left, and while clusters were rotated and revoked. */
  readonly leaving: readonly number[];
  readonly rotating: readonly number[];
}

/** Requests for each output that was rotated or revoked. */
function requestsOf({ rotating, rotated, revoked }: Rotations): number {
  return rotating.length / (rotated.length + revoked.length);
}

function textOf(rotations: Rotations): string {
  const show = (times: readonly number[]) =>
    `p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${quantile(times, 0.99).toFixed(0)} ms of ${times.length}`;
  const { rotated, revoked, leftBehind, leaving, rotating } = rotations;
  return `rotated ${show(rotated)}; revoked ${show(revoked)}; left behind after ${
    ROUND / 1000
  } s: ${leftBehind}; at most ` +
    `${busiest(leaving)} and ${busiest(rotating)} requests within 5 s, ${requestsOf(rotations).toFixed(2)} an output`;
}

/**
 * A consumer leaves; then, again and again, one cluster is rotated and another one revoked, at most {@link ROUND} each time, and
 * as long again where one of its threads waited so long for a processor.
 */
async function leaveAndRotate(rig: Rig, clusters: number, leave: () => Promise<void>): Promise<Rotations> {
  const began = Date.now();
  await leave();
  await rig.permitWithdrawals();
  await rig.converge();
  const rounds = Date.now();

  const watch = await OutputWatch.open(rig.api);
  const rotated: number[] = [], revoked: number[] = [];
  let leftBehind = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const name = `c${between(rig, 1, clusters - ROUNDS - 1)}`, going = `c${clusters - 1 - round}`;
    const targets = [...await rig.world.wanted()].map(([output]) => output);
    const of = (cluster: string) => targets.filter((output) => output.endsWith(`/default-${cluster}-kubeconfig`));
    for (const output of of(going)) rig.mayGo.add(output);
    const waitsBefore = await processorWaitsOf(rig.pid!);
    let waited = 0;
    const from = performance.now();
    await Promise.all([rig.world.rotate(name, between(rig, 1001, 9_000_000)), rig.world.unpublish(going)]);
    const { value } = (await rig.api.get(`/api/v1/namespaces/mgmt/secrets/${name}-kubeconfig`)).data;
    const followed = () => watch.firstAfter(from, (event) => event.value === value && event.type !== "DELETED");
    const withdrawn = () => watch.firstAfter(from, ({ type }) => type === "DELETED");
    const isDone = () => followed().size >= of(name).length && withdrawn().size >= of(going).length;
    let allowed = ROUND;
    while (!isDone()) {
      if (performance.now() - from >= allowed) {
        // While others have the processor, nobody can say that the program is late.
        waited = mostWaited(waitsBefore, await processorWaitsOf(rig.pid!));
        const longer = ROUND + Math.min(ROUND, waited);
        if (longer <= allowed) break;
        allowed = longer;
      }
      await pause(20);
    }
    if (allowed > ROUND) rig.notes.push(`a thread waited ${waited.toFixed(0)} ms for a processor in one round`);
    rotated.push(...followed().values());
    revoked.push(...withdrawn().values());
    leftBehind += Math.max(0, of(name).length - followed().size) + Math.max(0, of(going).length - withdrawn().size);
  }
  await watch.close();
  const times = await rig.requestsSince(began);
  return {
    rotated,
    revoked,
    leftBehind,
    leaving: times.filter((at) => at < rounds),
    rotating: times.filter((at) => at >= rounds),
  };
}
