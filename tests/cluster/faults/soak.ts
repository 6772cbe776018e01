/**
 * `deno task soak [--minutes 120] [--clusters 500] [--seed S]`: the loop under steady changes and random faults for hours, in one
 * process. It prints how memory and open connections went (slopes by least squares, after a warm-up) and what was violated.
 * Exit code 1 where an invariant is violated or the program ended by itself.
 */
import { parseArgs } from "node:util";
import type { FaultRule } from "../../support/fault_proxy.ts";
import { Rig } from "./rig.ts";
import { randomFrom } from "./run.ts";

const CONSUMERS = ["team-a", "team-b"];
/** Milliseconds between two changes of the world. */
const CHANGE_EVERY = 200;
const SAMPLE_EVERY = 5_000;
/** The first share of the run, which fills caches and says nothing of leaks. */
const WARM_UP = 0.25;

interface Sample {
  readonly minutes: number;
  /** Resident memory in MiB. */
  readonly rss: number;
  readonly sockets: number;
}

async function sampleOf(pid: number, minutes: number): Promise<Sample> {
  const kib = Number(/VmRSS:\s+(\d+) kB/.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1] ?? NaN);
  let sockets = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    if (target.startsWith("socket:")) sockets++;
  }
  return { minutes, rss: kib / 1024, sockets };
}

/** By how much the values grow in an hour. */
function slopeOf(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const n = samples.length;
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, sample) => sum + of(sample), 0) / n;
  const x = mean(({ minutes }) => minutes), y = mean(value);
  let above = 0, below = 0;
  for (const sample of samples) {
    above += (sample.minutes - x) * (value(sample) - y);
    below += (sample.minutes - x) ** 2;
  }
  return 60 * above / below;
}

const refuse = (status: number, reason: string, share: number): FaultRule => ({
  matches: ({ isWatch }) => !isWatch,
  share,
  answer: { status, reason },
});
const FAULTS: Readonly<Record<string, FaultRule>> = {
  "watches end every second": { matches: ({ isWatch }) => isWatch, endAfter: 1000 },
  "answers cut": { share: 0.3, body: "cut" },
  "answers in small pieces": { body: "split" },
  "one byte a second": { share: 0.3, body: "drip" },
  "silence": { matches: ({ isWatch }) => isWatch, body: "silent" },
  "429": refuse(429, "TooManyRequests", 0.5),
  "500": refuse(500, "InternalError", 0.3),
  "503": refuse(503, "ServiceUnavailable", 1),
  "409 for writes": {
    matches: ({ method }) => method !== "GET",
    share: 0.5,
    answer: { status: 409, reason: "Conflict" },
  },
  "slow": { delay: 300 },
};

/** One change: mostly a new kubeconfig; sometimes a cluster comes or goes. */
async function change(rig: Rig, clusters: number, hidden: Set<string>, generation: number): Promise<void> {
  const name = `c${Math.floor(rig.random() * clusters)}`;
  if (rig.random() < 0.85) return await rig.world.rotate(name, generation);
  const [back] = hidden;
  if (back !== undefined && hidden.size > clusters / 20) {
    hidden.delete(back);
    return await rig.world.addCluster(back);
  }
  if (hidden.has(name)) return;
  hidden.add(name);
  for (const consumer of CONSUMERS) rig.mayGo.add(`${consumer}/default-${name}-kubeconfig`);
  await rig.world.unpublish(name);
}

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "120" },
    clusters: { type: "string", default: "500" },
    seed: { type: "string" },
  },
});
const minutes = Number(values.minutes), clusters = Number(values.clusters);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
console.log(`seed ${seed}, ${minutes} min, ${clusters} clusters for ${CONSUMERS.length} consumers`);

const rig = await Rig.open(randomFrom(seed));
const samples: Sample[] = [], faults = new Map<string, number>();
let isGood = false;
try {
  await rig.begin(false, clusters, CONSUMERS);
  const pid = rig.pid!;
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 60_000;
  const hidden = new Set<string>();
  let changes = 0, nextFault = 10_000, endOfFault = Infinity, nextSample = 0, nextLine = 1;
  while (elapsed() < minutes) {
    const now = performance.now() - started;
    if (rig.pid !== pid) throw new Error(`the program ended:\n${rig.log.slice(-4000)}`);
    await change(rig, clusters, hidden, ++changes + 1);
    if (now > endOfFault) {
      rig.proxy.set();
      [endOfFault, nextFault] = [Infinity, now + 10_000 + rig.random() * 30_000];
    } else if (now > nextFault) {
      const names = Object.keys(FAULTS);
      const name = names[Math.floor(rig.random() * names.length)]!;
      faults.set(name, (faults.get(name) ?? 0) + 1);
      rig.proxy.set(FAULTS[name]!);
      [nextFault, endOfFault] = [Infinity, now + 2_000 + rig.random() * 13_000];
    }
    if (now > nextSample) {
      samples.push(await sampleOf(pid, elapsed()));
      nextSample = now + SAMPLE_EVERY;
    }
    if (elapsed() > nextLine) {
      const { rss, sockets } = samples.at(-1)!;
      console.log(`${nextLine++} min: ${changes} changes, RSS ${rss.toFixed(0)} MiB, ${sockets} sockets`);
    }
    const rest = changes * CHANGE_EVERY - (performance.now() - started);
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  }
  rig.proxy.set();
  const recovery = await rig.converge();
  const { violations, findings } = await rig.judge(recovery);
  for (const finding of findings) console.log(finding);
  const steady = samples.filter((sample) => sample.minutes >= minutes * WARM_UP);
  const rss = slopeOf(steady, (sample) => sample.rss), sockets = slopeOf(steady, (sample) => sample.sockets);
  const most = (value: (sample: Sample) => number) => Math.max(...steady.map(value)).toFixed(0);
  console.log(`
| what | value |
| --- | --- |
| objects | ${clusters} Clusters, ${clusters} kubeconfigs, up to ${clusters * CONSUMERS.length} outputs |
| changes | ${changes}, ${(changes / elapsed() / 60).toFixed(1)} a second |
| faults | ${[...faults].map(([name, count]) => `${name} ${count}`).join(", ")} |
| violations | ${Object.entries(violations).map(([id, count]) => `${id} ${count}`).join(", ")} |
| recovery after the last fault | ${(recovery / 1000).toFixed(1)} s |
| RSS | ${samples[0]!.rss.toFixed(0)} MiB at first, at most ${most((sample) => sample.rss)} MiB, slope ${
    rss.toFixed(1)
  } MiB an hour |
| open sockets | at most ${most((sample) => sample.sockets)}, slope ${sockets.toFixed(2)} an hour |`);
  isGood = Object.values(violations).every((count) => count === 0);
} finally {
  await rig.close();
}
Deno.exit(isGood ? 0 : 1);
