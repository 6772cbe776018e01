/**
 * Swaps the leader again and again, in three ways, while inputs change, and asks the API server's audit log what came of it:
 * `deno task faults:leader --kills 100` (`--default-lease` for the times that the program has by itself). Prints a table; ends
 * with 1 where anybody wrote out of turn or something was lost.
 */
import { parseArgs } from "node:util";
import { DEFAULT_TIMING } from "../../src/controller/lease.ts";
import { judge } from "../support/audit.ts";
import { otherThan, Replicas, SHORT_LEASE, type Slot, SLOTS } from "../support/replicas.ts";

/** How a leader is lost. */
type Fault = "SIGKILL" | "SIGTERM" | "SIGSTOP, later SIGCONT";

interface Round {
  readonly fault: Fault;
  /** From the signal to the moment when the other holds the lease, and when all outputs have what was asked for since. */
  readonly takeover: number;
  readonly delivered: number;
  /** Exit code of the old leader; undefined for one that was killed. */
  readonly code?: number;
}

const ROUND_LIMIT_MILLISECONDS = 60_000;

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
const faults: Fault[] = shuffled([
  ...Array<Fault>(Number(values.kills)).fill("SIGKILL"),
  ...Array<Fault>(Number(values.terms)).fill("SIGTERM"),
  ...Array<Fault>(Number(values.stops)).fill("SIGSTOP, later SIGCONT"),
]);

/** The last words of leaders that ended without being told to. */
const gaveUp: string[] = [];
const replicas = await Replicas.start(timing);
try {
  await replicas.launch(SLOTS[0]).logs(/leading/, 0);
  await replicas.launch(SLOTS[1]).logs(/standing by/, 0);
  const rounds: Round[] = [];
  for (const [index, fault] of faults.entries()) {
    let round: Round | undefined;
    while (!round) round = await swap(fault, index);
    rounds.push(round);
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

/**
 * One fault at a moment of chance, while the leader has something to write; throws where something is lost. Undefined where
 * the leader has ended by itself first, as one does that a busy machine keeps from renewing its lease.
 */
async function swap(fault: Fault, index: number): Promise<Round | undefined> {
  await restartEnded();
  let leader: Slot | undefined;
  await until(async () => (leader = await replicas.leader()) !== undefined, "a leader");
  if (!leader) throw new Error("there is no leader");
  const old = replicas.running.get(leader)!;
  await replicas.tick(`${index} before`);
  await pause(random() * 300);
  if (old.hasEnded) return undefined;
  const at = Date.now();
  old.kill(fault === "SIGSTOP, later SIGCONT" ? "SIGSTOP" : fault);
  const value = `${index} after`;
  await replicas.tick(value);
  await until(async () => await replicas.haveAll(value), `all outputs at "${value}" after ${fault}`);
  const delivered = Date.now() - at;
  const takeover = await takenAt(otherThan(leader), at) - at;
  let code: number | undefined;
  if (fault === "SIGSTOP, later SIGCONT") {
    await replicas.tick(`${index} awake`);
    old.kill("SIGCONT");
  }
  const ended = await old.ended();
  if (fault !== "SIGKILL") code = ended;
  await replicas.launch(leader).logs(/standing by|leading/, 0);
  return { fault, takeover, delivered, ...(code === undefined ? {} : { code }) };
}

/** Starts again what has ended without being told to, and keeps its last words. */
async function restartEnded(): Promise<void> {
  for (const [slot, replica] of replicas.running) {
    if (!replica.hasEnded) continue;
    gaveUp.push(replica.log.trim().split("\n").at(-1)!);
    await replicas.launch(slot).logs(/standing by|leading/, 0);
  }
}

/** When the replica got the lease, after `since`. */
async function takenAt(slot: Slot, since: number): Promise<number> {
  let taken: number | undefined;
  await until(async () => {
    const entries = await replicas.audit();
    taken = entries.find(({ user, holder, done }) => done >= since && user === slot && !!holder)?.done;
    return taken !== undefined;
  }, `the lease to ${slot}`);
  return taken!;
}

async function until(check: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + ROUND_LIMIT_MILLISECONDS;
  while (!await check()) {
    if (Date.now() > end) throw new Error(`LOST: never came: ${what} (seed ${values.seed})`);
    await pause(25);
  }
}

function table(rounds: readonly Round[]): string {
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
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
