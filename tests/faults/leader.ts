/**
 * Swaps the leader again and again, in three ways, while inputs change, and asks the API server's audit log what came of it:
 * `deno task faults:leader --kills 100` (`--default-lease` for the times that the program has by itself). Prints a table; ends
 * with 1 where anybody wrote out of turn or something was lost.
 */
import { parseArgs } from "node:util";
import { DEFAULT_TIMING } from "../../src/controller/lease.ts";
import { judge } from "../support/audit.ts";
import { type LeaderFault, LeaderSwaps, type Swap } from "../support/leader_swaps.ts";
import { Replicas, SHORT_LEASE, SLOTS } from "../support/replicas.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    terms: { type: "string", default: "20" },
    stops: { type: "string", default: "20" },
    "default-lease": { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const timing = values["default-lease"] ? DEFAULT_TIMING : SHORT_LEASE;
const random = randomFrom(Number(values.seed));
const faults: LeaderFault[] = shuffled([
  ...Array<LeaderFault>(Number(values.kills)).fill("SIGKILL"),
  ...Array<LeaderFault>(Number(values.terms)).fill("SIGTERM"),
  ...Array<LeaderFault>(Number(values.stops)).fill("SIGSTOP, later SIGCONT"),
]);

const replicas = await Replicas.start(timing);
try {
  await replicas.launch(SLOTS[0]).logs(/leading/, 0);
  await replicas.launch(SLOTS[1]).logs(/standing by/, 0);
  const swaps = new LeaderSwaps(replicas, random);
  const { gaveUp } = swaps;
  const rounds: Swap[] = [];
  for (const [index, fault] of faults.entries()) {
    rounds.push(await swaps.swap(fault, String(index)));
    console.error(`${index + 1}/${faults.length} ${fault}: ${Math.round(rounds.at(-1)!.takeover)} ms`);
  }
  const verdict = judge(await replicas.audit(), timing.duration);
  const { outOfTurn, writtenTwice, writes, transitions } = verdict;
  console.log(table(rounds));
  console.log(
    `\nSeed ${values.seed}; lease ${seconds(timing.duration)}, renew deadline ${
      seconds(timing.renewDeadline)
    }, retry period ${seconds(timing.retryPeriod)}.`,
  );
  console.log(
    `Writes ${writes}, out of turn ${outOfTurn.length}, outputs written twice ${writtenTwice.length}, lost 0, ` +
      `changes of the leader ${transitions} (faults ${faults.length}, and ${gaveUp.length} times a leader ended by itself).`,
  );
  for (const line of gaveUp) console.log(`ended by itself: ${line}`);
  for (const { user, verb, resource, name } of outOfTurn) {
    console.log(`out of turn: ${user} ${verb} ${resource} ${name}`);
  }
  for (const key of writtenTwice) console.log(`written twice: ${key}`);
  const wrongCodes = rounds.filter(({ fault, code }) => code !== undefined && code !== (fault === "SIGTERM" ? 0 : 1));
  console.log(`Wrong exit codes ${wrongCodes.length} (wanted: 0 after SIGTERM, 1 after SIGCONT).`);
  if (outOfTurn.length + writtenTwice.length + wrongCodes.length > 0 || transitions < faults.length) {
    Deno.exitCode = 1;
  }
} finally {
  await replicas.stop();
}

function table(rounds: readonly Swap[]): string {
  const lines = [
    "| leader lost by | times | takeover p50 | p99 | max | outputs right p50 | p99 | max |",
    "| --- | --: | --: | --: | --: | --: | --: | --: |",
  ];
  for (const [fault, same] of Map.groupBy(rounds, ({ fault }) => fault)) {
    const cells = (["takeover", "delivered"] as const).flatMap((name) => {
      const sorted = same.map((round) => round[name]).sort((a, b) => a - b);
      return [0.5, 0.99, 1].map((part) => seconds(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!));
    });
    lines.push(`| ${[fault, same.length, ...cells].join(" | ")} |`);
  }
  return lines.join("\n");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds % 1000 === 0 ? 0 : 2)} s`;
}

/** Numbers in [0, 1) that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item) => ({ item, key: random() })).sort((a, b) => a.key - b.key).map(({ item }) => item);
}
