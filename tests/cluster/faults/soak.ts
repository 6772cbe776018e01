/**
 * `deno task soak [--minutes 120] [--clusters 500] [--seed S]`: the loop under steady changes and random faults for hours, in one
 * process. It prints how memory and open connections went and what was violated: I1, I2, I3 and I7 as in the fault table, and
 * I6: over the second half, memory grows by less than 1 MiB a minute and open sockets by less than one. Exit code 1 where an
 * invariant is violated or the program ended by itself.
 */
import { parseArgs } from "node:util";
import { randomFrom } from "./chance.ts";
import { inOwnFolder } from "./own_folder.ts";
import { type Sample, sampleOf, slopeOf } from "./process_samples.ts";
import { Rig } from "./rig.ts";
import { type LastingFault, SOAK_FAULTS } from "./soak_faults.ts";

const CONSUMERS = ["team-a", "team-b"];
/** Milliseconds between two changes of the world. */
const CHANGE_EVERY = 200;
const SAMPLE_EVERY = 5_000;
/** Invariant I6: growth in a minute. */
const MOST_GROWTH = 1;
/** The faults themselves use the first two for a collision. */
const FIRST = 2;

/** When a cluster was not to be published, in milliseconds since 1970: the only times when its outputs may go. */
class Hidden {
  readonly #spans = new Map<string, { from: number; to: number }[]>();
  readonly #now = new Set<string>();

  get count(): number {
    return this.#now.size;
  }

  get oldest(): string | undefined {
    return this.#now.values().next().value;
  }

  has(name: string): boolean {
    return this.#now.has(name);
  }

  hide(name: string): void {
    this.#now.add(name);
    const spans = this.#spans.get(name) ?? [];
    this.#spans.set(name, spans);
    spans.push({ from: Date.now(), to: Infinity });
  }

  show(name: string): void {
    this.#now.delete(name);
    this.#spans.get(name)!.at(-1)!.to = Date.now();
  }

  /** A withdrawal that was sent may arrive a moment after the cluster is back, which a precondition can't see. */
  allows(name: string, at: number): boolean {
    return this.#spans.get(name)?.some(({ from, to }) => at >= from - 1_000 && at <= to + 2_000) ?? false;
  }
}

/** One change: mostly a new kubeconfig; sometimes a cluster comes or goes. */
async function change(rig: Rig, clusters: number, hidden: Hidden, generation: number): Promise<void> {
  const name = `c${FIRST + Math.floor(rig.random() * (clusters - FIRST))}`;
  if (rig.random() < 0.85) return await rig.world.rotate(name, generation);
  if (hidden.count > clusters / 20) {
    const back = hidden.oldest!;
    await rig.world.addCluster(back);
    return hidden.show(back);
  }
  if (hidden.has(name)) return;
  hidden.hide(name);
  for (const consumer of CONSUMERS) rig.mayGo.add(`${consumer}/default-${name}-kubeconfig`);
  await rig.world.unpublish(name);
}

/** Deletes of outputs whose cluster was to be published at that time. */
async function untimelyDeletes(rig: Rig, hidden: Hidden): Promise<string[]> {
  const deletes = (await rig.writes()).filter(({ verb, resource }) => verb === "delete" && resource === "secrets");
  return deletes
    .filter(({ name, at }) => !hidden.allows(/^default-(.*)-kubeconfig$/.exec(name)?.[1] ?? "", at))
    .map(({ namespace, name, at }) => `I2: delete of ${namespace}/${name} at ${new Date(at).toISOString()}`);
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

const isGood = await inOwnFolder(async () => {
  const rig = await Rig.open(randomFrom(seed));
  const samples: Sample[] = [], faults = new Map<string, number>();
  let isGood = false;
  try {
    await rig.begin(false, clusters, CONSUMERS);
    const pid = rig.pid!;
    const started = performance.now();
    const elapsed = () => (performance.now() - started) / 60_000;
    const hidden = new Hidden();
    let changes = 0, nextFault = 10_000, endOfFault = Infinity, nextSample = 0, nextLine = 1;
    let fault: LastingFault | undefined, changing: Promise<void> = Promise.resolve();
    while (elapsed() < minutes) {
      const now = performance.now() - started;
      if (rig.pid !== pid) throw new Error(`the program ended:\n${rig.log.slice(-4000)}`);
      // In order, but not waited for: while the API server is away, faults and samples go on, and the changes follow.
      const generation = ++changes + 1;
      changing = changing.then(() => change(rig, clusters, hidden, generation));
      if (now > endOfFault) {
        await fault!.end?.(rig);
        fault = undefined;
        [endOfFault, nextFault] = [Infinity, now + 10_000 + rig.random() * 30_000];
      } else if (now > nextFault) {
        fault = SOAK_FAULTS[Math.floor(rig.random() * SOAK_FAULTS.length)]!;
        faults.set(fault.name, (faults.get(fault.name) ?? 0) + 1);
        await fault.begin(rig, clusters);
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
    await fault?.end?.(rig);
    await changing;
    const recovery = await rig.converge();
    const { violations, findings } = await rig.judge(recovery);
    const untimely = await untimelyDeletes(rig, hidden);
    for (const finding of [...findings, ...untimely]) console.log(finding);
    const half = samples.filter((sample) => sample.minutes >= minutes / 2);
    const rss = slopeOf(half, (sample) => sample.rss), sockets = slopeOf(half, (sample) => sample.sockets);
    const most = (value: (sample: Sample) => number) => Math.max(...samples.map(value)).toFixed(0);
    const counts = {
      ...violations,
      I2: violations.I2 + untimely.length,
      I6: Number(!(rss < MOST_GROWTH && sockets < MOST_GROWTH)),
    };
    console.log(`
  | what | value |
  | --- | --- |
  | objects | ${clusters} Clusters, ${clusters} kubeconfigs, up to ${clusters * CONSUMERS.length} outputs |
  | changes | ${changes}, ${(changes / elapsed() / 60).toFixed(1)} a second |
  | faults | ${[...faults].sort().map(([name, count]) => `${name} ${count}`).join(", ")} |
  | violations | ${Object.entries(counts).map(([id, count]) => `${id} ${count}`).join(", ")} |
  | recovery after the last fault | ${(recovery / 1000).toFixed(1)} s |
  | RSS | ${samples[0]!.rss.toFixed(0)} MiB at first, at most ${
      most((sample) => sample.rss)
    } MiB, slope of the second half ${rss.toFixed(2)} MiB a minute |
  | open sockets | at most ${most((sample) => sample.sockets)}, slope of the second half ${
      sockets.toFixed(2)
    } a minute |

  | minute | RSS | sockets |
  | --- | --- | --- |
  ${
      samples.filter((_, index) => index % Math.ceil(samples.length / 13) === 0)
        .map(({ minutes, rss, sockets }) => `| ${minutes.toFixed(0)} | ${rss.toFixed(0)} MiB | ${sockets} |`).join("\n")
    }`);
    isGood = Object.values(counts).every((count) => count === 0);
  } finally {
    await rig.close();
  }
  return isGood;
});
Deno.exit(isGood ? 0 : 1);
