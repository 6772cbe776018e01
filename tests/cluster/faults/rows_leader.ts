/**
 * Faults of the leader, F8 to F10 of reliability §3: two replicas and one Lease, each replica with an identity of its own, so
 * that the API server's record says who wrote. What is late counts from the signal: takeover is part of it.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { judge } from "../../support/audit.ts";
import { eventually } from "../../support/eventually.ts";
import { LeaderSwaps, pause } from "../../support/leader_swaps.ts";
import { Replicas, SLOTS } from "../../support/replicas.ts";
import { writesOf } from "./audit.ts";
import { Api } from "./api.ts";
import type { Chance } from "./chance.ts";
import { findLeaks, metricsOf, toldOn } from "./leaks.ts";
import type { ReplicaRow } from "./rows.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import { WatchedReplicas } from "./watched_replicas.ts";
import { CANARY } from "./world.ts";

/** Changes of the leader in one run. */
const SWAPS = 5;
/** Longer than a lease that its holder no longer renews is kept, several times over. */
const STOPPED_FOR = 30_000;
/** How long replicas with different clocks are watched. */
const WATCHED_FOR = 20_000;

export const LEADER_ROWS: readonly ReplicaRow[] = [
  {
    id: "F8",
    title: `two replicas, the leader killed ${SWAPS} times a run`,
    wait: 5_000,
    judgeRuns: (runs, chance) =>
      onReplicas(runs, chance, async (replicas, swaps, run, watched) => {
        const seen: number[] = [];
        for (let i = 0; i < SWAPS; i++) {
          seen.push((await watched.judge(() => swaps.swap("SIGKILL", `${run}-${i}`))).delivered);
        }
        const notes = [`outputs right after ${seen.map((ms) => (ms / 1000).toFixed(2)).join(", ")} s`];
        return { recovery: Math.max(...seen), findings: await findOutOfTurn(replicas), notes };
      }),
  },
  {
    id: "F9",
    title: `the leader stopped for ${STOPPED_FOR / 1000} s in the middle of its writes, then woken up`,
    wait: 5_000,
    judgeRuns: (runs, chance) =>
      onReplicas(runs, chance, async (replicas, swaps, run, watched) => {
        const { delivered, code } = await watched.judge(() =>
          swaps.swap("SIGSTOP, later SIGCONT", String(run), STOPPED_FOR)
        );
        const findings = await findOutOfTurn(replicas);
        if (code !== 1) findings.push(`own: woken up, it ended with ${code}, not with 1`);
        return { recovery: delivered, findings, notes: [] };
      }),
  },
  {
    id: "F11/lease",
    title: "the leader's right to its Lease is taken away",
    wait: 5_000,
    judgeRuns: (runs, chance) =>
      onReplicas(runs, chance, (replicas, _, run, watched) => watched.judge(() => forbidLease(replicas, run, watched))),
  },
  clockRow("F10/ahead", "the clock of one replica 1 h ahead", "skew=3600000"),
  clockRow("F10/behind", "the clock of one replica 1 h behind", "skew=-3600000"),
  clockRow("F10/fast", "the clock of one replica twice as fast", "rate=2"),
];

/** The leader may not touch the Lease any more: it ends at its deadline, and the other one delivers. */
async function forbidLease(replicas: Replicas, run: number, watched: WatchedReplicas): Promise<Outcome> {
  const leader = await replicas.leader();
  if (!leader) throw new Error("there is no leader");
  const old = replicas.running.get(leader)!, proxy = watched.proxies.get(leader)!;
  const at = Date.now();
  proxy.set({ matches: ({ path }) => path.includes("/leases"), answer: { status: 403, reason: "Forbidden" } });
  // Still its own to deliver, as long as its lease is.
  await replicas.tick(`${CANARY} ${run} before`);
  const code = await old.ended();
  const ended = Date.now() - at;
  proxy.set();
  await replicas.tick(`${CANARY} ${run} after`);
  await eventually(async () => assert.ok(await replicas.haveAll(`${CANARY} ${run} after`), "a value never arrived"));
  const recovery = Date.now() - at;
  const findings = await findOutOfTurn(replicas);
  if (code !== 1) findings.push(`own: without the Lease it ended with ${code}, not with 1`);
  const { duration } = replicas.timing;
  if (ended > duration) {
    findings.push(`own: it ended ${ended} ms after its last renewal could be, ${duration} ms are its own`);
  }
  if (!/leases[^\n]*403|forbidden[^\n]*lease/i.test(old.log)) {
    findings.push("own: its last words do not name the right");
  }
  await replicas.launch(leader).logs(/standing by|leading/, 0);
  return { recovery, findings, notes: [`it ended ${(ended / 1000).toFixed(2)} s after it was forbidden`] };
}

/** Every other run the leader's clock, else that of the one who stands by. */
function clockRow(id: string, title: string, clock: string): ReplicaRow {
  const module = fileURLToPath(new URL("../../support/other_clock.ts", import.meta.url));
  const flags = ["--preload", `file://${module}?${clock}`];
  return {
    id,
    title,
    wait: 0,
    async *judgeRuns(runs, chance) {
      for (let run = 0; run < runs; run++) {
        chance.begin(run);
        const replicas = await Replicas.start();
        try {
          await replicas.launch(SLOTS[0], run % 2 === 0 ? flags : []).logs(/leading/, 0);
          await replicas.launch(SLOTS[1], run % 2 === 0 ? [] : flags).logs(/standing by/, 0);
          let recovery = 0;
          const end = Date.now() + WATCHED_FOR;
          for (let tick = 0; Date.now() < end; tick++) {
            recovery = Math.max(recovery, await delivery(replicas, `${CANARY} ${tick}`));
            await pause(500);
          }
          const findings = await findOutOfTurn(replicas);
          const { transitions } = judge(await replicas.audit(), replicas.timing.duration);
          if (transitions > 0) findings.push(`own: the lease changed hands ${transitions} times`);
          yield verdictOf(recovery, [...findings, ...await findBesides(replicas)], []);
        } finally {
          await replicas.stop();
        }
      }
    },
  };
}

interface Outcome {
  readonly recovery: number;
  readonly findings: readonly string[];
  readonly notes: readonly string[];
}

/** Runs that share two replicas, the first of which leads in the beginning. */
async function* onReplicas(
  runs: number,
  chance: Chance,
  inject: (replicas: Replicas, swaps: LeaderSwaps, run: number, watched: WatchedReplicas) => Promise<Outcome>,
): AsyncGenerator<Verdict, void, void> {
  const replicas = await Replicas.start();
  let watched: WatchedReplicas | undefined;
  try {
    watched = await WatchedReplicas.of(replicas);
    await replicas.launch(SLOTS[0]).logs(/leading/, 0);
    await replicas.launch(SLOTS[1]).logs(/standing by/, 0);
    await watched.measureUsual(chance);
    const swaps = new LeaderSwaps(replicas, chance.next, `${CANARY} `);
    for (let run = 0; run < runs; run++) {
      chance.begin(run);
      let verdict: Verdict;
      try {
        const { recovery, findings, notes } = await inject(replicas, swaps, run, watched);
        const { judged, ...taken } = watched.take();
        const all = [...findings, ...taken.findings, ...await findBesides(replicas)];
        verdict = verdictOf(recovery, all, judged, notes, taken.figures);
      } catch (error) {
        verdict = verdictOf(Infinity, [`I3: ${error instanceof Error ? error.message : error}`], []);
      }
      yield verdict;
    }
  } finally {
    await replicas.stop();
    await watched?.stop();
  }
}

/** I4 by the Lease as the server stored it: nobody writes without it, and no output gets one value from two. */
async function findOutOfTurn(replicas: Replicas): Promise<string[]> {
  const { outOfTurn, writtenTwice } = judge(await replicas.audit(), replicas.timing.duration);
  return [
    ...outOfTurn.map(({ user, verb, resource, name }) => `I4: ${user} wrote out of turn: ${verb} ${resource} ${name}`),
    ...writtenTwice.map((output) => `I4: two replicas gave ${output}`),
  ];
}

/** I1, I2 and I7, of the whole time so far. */
async function findBesides(replicas: Replicas): Promise<string[]> {
  const writes = (await writesOf(`${replicas.folder}/audit.log`, 0)).filter(({ resource }) => resource === "secrets");
  return [
    ...writes.filter(({ namespace }) => namespace !== "out").map(({ namespace, name }) => `I1: ${namespace}/${name}`),
    ...writes.filter(({ verb }) => verb.startsWith("delete")).map(({ name }) => `I2: deleted ${name}`),
    ...await findLeaksOf(replicas),
  ];
}

/** I7 in all logs of all that were launched, in what the leader has told, and in the metrics of those that run. */
async function findLeaksOf(replicas: Replicas): Promise<string[]> {
  const api = await Api.open(replicas.server);
  try {
    const told = await toldOn(api);
    const findings = told["the reports"]!.includes('"data"') ? [] : ["own: the leader has written no report"];
    told["the logs"] = replicas.launched.map(({ log }) => log).join("\n");
    for (const [slot, { hasEnded, log }] of replicas.running) {
      if (!hasEnded) told[`the metrics of ${slot}`] = await metricsOf(log);
    }
    return [...findings, ...findLeaks(told)];
  } finally {
    api.close();
  }
}

/** Milliseconds until all outputs have the new value. */
async function delivery(replicas: Replicas, value: string): Promise<number> {
  const started = performance.now();
  await replicas.tick(value);
  while (!await replicas.haveAll(value)) {
    if (performance.now() - started > 60_000) throw new Error("a value never arrived");
    await pause(25);
  }
  return performance.now() - started;
}
